import { dirname, join, resolve } from 'node:path';
import { SetupError } from '../errors.ts';
import type { Stack } from '../stack/schema.ts';
import { isFolder, readText } from '../system/files.ts';
import { version } from '../version.ts';

/** The file that holds every decision. */
export const STACK_FILE = 'trading-setup.yaml';

function* upwards(from: string): Generator<string> {
  let folder = from;
  while (true) {
    yield folder;
    const parent = dirname(folder);
    if (parent === folder) return;
    folder = parent;
  }
}

async function firstUpwards(from: string, fits: (folder: string) => Promise<boolean>): Promise<string | undefined> {
  for (const folder of upwards(from)) if (await fits(folder)) return folder;
  return undefined;
}

/**
 * The repository that is meant: `--dir`, else the nearest folder upwards with a stack, else the nearest workspace
 * root, else the nearest package, else the current folder.
 */
export async function findRepository(flag: string | undefined, current: string): Promise<string> {
  if (flag !== undefined) {
    const folder = resolve(current, flag);
    if (await isFolder(folder)) return folder;
    throw new SetupError('usage', `${folder} is not a folder.`, {
      code: 'no-folder',
      next: ['Name an existing folder: --dir DIR'],
    });
  }
  const manifest = (folder: string) => readText(join(folder, 'Cargo.toml'));
  return (
    (await firstUpwards(current, async (folder) => (await readText(join(folder, STACK_FILE))) !== undefined)) ??
    (await firstUpwards(current, async (folder) => /^\s*\[workspace/m.test((await manifest(folder)) ?? ''))) ??
    (await firstUpwards(current, async (folder) => (await manifest(folder)) !== undefined)) ??
    current
  );
}

/** The saved stack of a repository; undefined before the first `init`. @throws SetupError when it is not valid, or of a later version. */
export async function readStack(dir: string): Promise<Stack | undefined> {
  const text = await readText(join(dir, STACK_FILE));
  // Loaded when there is something to read: the first screen of a first setup does not wait for it.
  if (text === undefined) return undefined;
  const [{ parseStack }, { refuseSavedSecrets }] = await Promise.all([
    import('../stack/parse.ts'),
    import('./saved-secrets.ts'),
  ]);
  const stack = parseStack(text, version);
  refuseSavedSecrets(stack);
  return stack;
}

/** @throws SetupError exit 4 where the repository was not set up yet. */
export async function requireStack(dir: string): Promise<Stack> {
  const stack = await readStack(dir);
  if (stack) return stack;
  throw new SetupError('needs-you', `${dir} is not set up yet: it has no ${STACK_FILE}.`, {
    code: 'not-set-up',
    next: ['Set it up: trading-setup init', 'Or name another folder: --dir DIR'],
  });
}
