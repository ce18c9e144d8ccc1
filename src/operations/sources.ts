import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SetupError } from '../errors.ts';
import type { Stack } from '../stack/schema.ts';
import { readText } from '../system/files.ts';
import { parseDockerignore } from './dockerignore.ts';

/** A folder that is absent or empty: git leaves an empty one where a submodule belongs. */
async function isEmpty(folder: string): Promise<boolean> {
  try {
    return (await readdir(folder)).length === 0;
  } catch {
    return true;
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function those(paths: readonly string[], wanted: (path: string) => Promise<boolean>): Promise<readonly string[]> {
  const found = await Promise.all(paths.map(wanted));
  return paths.filter((_, at) => found[at]);
}

/** For a shell: a name with anything unusual in it is quoted. */
function quoted(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path}'`;
}

/** The files that have to be there: with Nix its tasks run inside the build. */
function filesOf({
  build: { strategy, nix, needs },
}: Stack): readonly { readonly path: string; readonly make?: string }[] {
  const inside = new Set(strategy === 'nix' ? nix?.tasks.map((task) => `nix run .#${task}`) : []);
  return (needs?.files ?? []).flatMap(({ path, make }) =>
    make === undefined ? [{ path }] : inside.has(make) ? [] : [{ path, make }],
  );
}

/** What the build reads by name. */
function readByBuild(stack: Stack): readonly string[] {
  const { strategy, needs, checkedAgainst, assets } = stack.build;
  return [
    'docker/build.sh',
    'Cargo.toml',
    ...(strategy === 'nix' ? ['flake.nix', 'flake.lock'] : []),
    ...(needs?.submodules ?? []),
    ...filesOf(stack).map(({ path }) => path),
    ...(checkedAgainst === undefined ? [] : [checkedAgainst]),
    ...Object.values(stack.services).flatMap(({ migrations }) => migrations?.from ?? []),
    ...(stack.database.kind === 'timescaledb' ? stack.database.migrations : []),
    ...assets,
  ];
}

function sentence(paths: readonly string[], one: string, many: string): string {
  return `${paths.join(', ')} ${paths.length === 1 ? one : many}`;
}

/**
 * Before a build of minutes: what it needs is in the working tree, and our .dockerignore, or what a person made of it,
 * does not keep it out.
 * @throws SetupError `submodules-missing`, `build-input-missing`, `build-input-ignored`.
 */
export async function checkSources({ dir, stack }: { readonly dir: string; readonly stack: Stack }): Promise<void> {
  const again = 'Then run the same command again.';
  const empty = await those(stack.build.needs?.submodules ?? [], (path) => isEmpty(join(dir, path)));
  if (empty.length > 0) {
    throw new SetupError(
      'needs-you',
      `${sentence(empty, 'is a submodule', 'are submodules')} that git has not checked out.`,
      {
        code: 'submodules-missing',
        next: [`Check out: git submodule update --init --recursive -- ${empty.map(quoted).join(' ')}`, again],
      },
    );
  }
  const files = filesOf(stack);
  const absent = new Set(
    await those(
      files.map(({ path }) => path),
      async (path) => !(await isThere(join(dir, path))),
    ),
  );
  if (absent.size > 0)
    throw missing(
      files.filter(({ path }) => absent.has(path)),
      stack,
    );
  const text = await readText(join(dir, stack.files.dockerignore));
  const isIgnored = parseDockerignore(text ?? '');
  const out = readByBuild(stack).filter(isIgnored);
  if (out.length === 0) return;
  throw new SetupError(
    'needs-you',
    `${stack.files.dockerignore} keeps ${out.join(', ')} out of the build, which needs it.`,
    {
      code: 'build-input-ignored',
      next: [
        `Add to the end of ${stack.files.dockerignore}: ${out.map((path) => `!${path}`).join(' ')} (a line each)`,
        again,
      ],
    },
  );
}

function missing(files: readonly { readonly path: string; readonly make?: string }[], { build }: Stack): SetupError {
  const commands = [...new Set(files.flatMap(({ make }) => make ?? []))];
  const unknown = files.flatMap(({ path, make }) => (make === undefined ? [path] : []));
  const byNix = build.nix?.tasks.some((task) => commands.includes(`nix run .#${task}`));
  const paths = files.map(({ path }) => path);
  return new SetupError('needs-you', `The build needs ${paths.join(', ')}: not there.`, {
    code: 'build-input-missing',
    next: [
      ...commands.map((command) => `Make it: ${command}`),
      ...(unknown.length > 0 ? [`Put ${unknown.join(', ')} there.`] : []),
      ...(byNix ? ['Or have the build make it: trading-setup init --set build.strategy=nix --no-start'] : []),
      'Then run the same command again.',
    ],
  });
}
