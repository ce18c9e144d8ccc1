import type { Stack } from '../stack/schema.ts';
import { BESIDE } from './compare.ts';
import { planWrites } from './plan.ts';
import { isForeign, type OnDisk } from './propose.ts';
import type { Artifact } from './render.ts';
import { RIVALS } from './rivals.ts';

type Files = Stack['files'];

const NOTHING: OnDisk = { current: undefined, base: undefined };

/**
 * What our files are called when a person keeps theirs: a Dockerfile, a Compose file and a .dockerignore that we never
 * wrote stay untouched, and ours goes beside them.
 * @param kept whether the person keeps the file at a path.
 */
export function filesBeside(
  stack: Stack,
  artifacts: readonly Artifact[],
  disk: ReadonlyMap<string, OnDisk>,
  kept: (path: string) => boolean,
): Files {
  const foreign = planWrites(artifacts, disk)
    .changes.filter(({ path, action }) => action === 'conflict' && isForeign(disk.get(path) ?? NOTHING) && kept(path))
    .map(({ path }) => path);
  const { files } = stack;
  const isComposeTheirs = [files.compose, ...RIVALS].some((path) => foreign.includes(path));
  const compose = isComposeTheirs ? BESIDE.compose : files.compose;
  if (foreign.includes(files.dockerfile) && files.dockerfile !== BESIDE.dockerfile) {
    const dockerfile = BESIDE.dockerfile;
    return { dockerfile, dockerignore: `${dockerfile}.dockerignore`, compose };
  }
  const isIgnoreTheirs = foreign.includes('.dockerignore') && files.dockerignore === '.dockerignore';
  // BuildKit prefers the one that is named after the Dockerfile.
  return { ...files, compose, ...(isIgnoreTheirs ? { dockerignore: `${files.dockerfile}.dockerignore` } : {}) };
}
