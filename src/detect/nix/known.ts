/** What shells of flakes of other people bring, which a flake here may take over: what they are made for, by kind of shell. */
const KNOWN: readonly (readonly [
  url: RegExp,
  kinds: readonly (readonly [name: RegExp, holds: readonly string[]])[],
])[] = [
  [
    /(?:^|[:/])rainix(?:$|[/?#.])/i,
    [
      [/^sol\b|\bsol-/, ['foundry']],
      [/^rust\b|\brust-/, ['cargo', 'rustc']],
      [/^node\b|\bnode-/, ['nodejs']],
      [/./, ['cargo', 'foundry', 'nodejs', 'rustc']],
    ],
  ],
];

/**
 * Programs that a part of a flake brings which is known by its address.
 * @param path what is selected of the flake, e.g. `devShells.default` or `sol-build-inputs`.
 */
export function heldByFlake(url: string | undefined, path: string): readonly string[] {
  const kinds = KNOWN.find(([pattern]) => url !== undefined && pattern.test(url))?.[1] ?? [];
  const isShell = /shells?\b|inputs\b/i.test(path);
  return (isShell ? kinds.find(([name]) => name.test(path))?.[1] : undefined) ?? [];
}
