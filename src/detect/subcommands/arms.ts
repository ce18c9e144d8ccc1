import type { Program } from '../rust/program.ts';
import { closeOf, type RustSource } from '../rust/source.ts';
import type { ClapVariant } from './clap.ts';

/** The code that a `match` runs for a variant. */
export interface Arm {
  readonly source: RustSource;
  readonly code: string;
}

/** After the pattern: more patterns, a guard, then the arrow. */
const ARROW = /[\s)]*(?:\|[^=;{}]{0,400})?(?:\bif\b[^;{}]{0,200}?)?=>\s*/y;

/** Every arm that handles a variant, e.g. `Command::Run(args) => …`. */
export function armsOf(program: Program, { enumName, variant }: ClapVariant): Arm[] {
  const pattern = new RegExp(`\\b(?:${enumName}|Self)\\s*::\\s*${variant}\\b\\s*`, 'g');
  return program.sources.flatMap((source) =>
    [...source.code.matchAll(pattern)].flatMap((match) => {
      // `Self::Run` means this enum only where the enum is.
      if (match[0].startsWith('Self') && !new RegExp(`\\bimpl\\b[^{]{0,200}\\b${enumName}\\b`).test(source.code))
        return [];
      const body = armBody(source, match.index + match[0].length);
      return body === undefined ? [] : [{ source, code: body }];
    }),
  );
}

function armBody(source: RustSource, afterName: number): string | undefined {
  const { code } = source;
  const hasPayload = code[afterName] === '(' || code[afterName] === '{';
  ARROW.lastIndex = hasPayload ? closeOf(source, afterName) + 1 : afterName;
  if (!ARROW.test(code)) return undefined;
  const start = ARROW.lastIndex;
  if (code[start] === '{') return code.slice(start, closeOf(source, start));
  for (let at = start; at < code.length; at++) {
    const char = code[at];
    if (char === ',' || char === '}') return code.slice(start, at);
    if (char === '(' || char === '[' || char === '{') at = closeOf(source, at);
  }
  return code.slice(start);
}
