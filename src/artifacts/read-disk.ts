import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { isFolder, readText } from '../system/files.ts';
import type { OnDisk } from './propose.ts';
import type { Artifact } from './render.ts';
import { RIVALS } from './rivals.ts';

/** Our folder in the repository: mode 0700; only `base/` is committed. */
export const OWN_FOLDER = '.trading-setup';

/** Where the text is that we wrote last time. */
export function basePath(dir: string, path: string): string {
  return join(dir, OWN_FOLDER, 'base', path);
}

/** Every file that we wrote once, whether the stack still has it or not. */
async function written(dir: string): Promise<readonly string[]> {
  const base = basePath(dir, '');
  if (!(await isFolder(base))) return [];
  const entries = await readdir(base, { recursive: true, withFileTypes: true });
  return (
    entries
      // What a crash left beside a file is not one.
      .filter((entry) => entry.isFile() && !/\.\d+\.new$/.test(entry.name))
      .map((entry) => relative(base, join(entry.parentPath, entry.name)))
      .sort()
  );
}

/** Reads what is there for each artefact, for what we wrote once, and for Compose files beside ours. */
export async function readDisk(
  dir: string,
  artifacts: readonly Pick<Artifact, 'path'>[],
): Promise<ReadonlyMap<string, OnDisk>> {
  const paths = new Set([...artifacts.map(({ path }) => path), ...RIVALS, ...(await written(dir))]);
  const entries = [...paths].map(async (path) => {
    const [current, base] = await Promise.all([readText(join(dir, path)), readText(basePath(dir, path))]);
    return [path, { current, base }] as const;
  });
  return new Map(await Promise.all(entries));
}
