import { chmod } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withoutSecrets } from '../catalog/secret-names.ts';
import { SetupError } from '../errors.ts';
import type { FileChange } from '../flow/types.ts';
import { redact } from '../secret.ts';
import { ensureDir, ensurePrivateDir, readText, writeAtomic } from '../system/files.ts';
import { desiredText } from './blocks.ts';
import { compare, type OnDisk } from './compare.ts';
import type { Artifact } from './render.ts';

/** Our folder in the repository: mode 0700; only `base/` is committed. */
export const OWN_FOLDER = '.trading-setup';

/** What to do with a file of that name that is not ours, or that was edited while we have a new version. */
export type OnConflict = 'keep' | 'replace';

function basePath(dir: string, artifact: Artifact): string {
  return join(dir, OWN_FOLDER, 'base', artifact.path);
}

/** Reads what is there for each artefact. */
export async function readDisk(dir: string, artifacts: readonly Artifact[]): Promise<ReadonlyMap<string, OnDisk>> {
  const entries = artifacts.map(async (artifact) => {
    const [current, base] = await Promise.all([readText(join(dir, artifact.path)), readText(basePath(dir, artifact))]);
    return [artifact.path, { current, base }] as const;
  });
  return new Map(await Promise.all(entries));
}

/** Every change a write would make, in the order of the artefacts. */
export function compareAll(artifacts: readonly Artifact[], disk: ReadonlyMap<string, OnDisk>): readonly FileChange[] {
  return artifacts.map((artifact) =>
    compare(artifact, disk.get(artifact.path) ?? { current: undefined, base: undefined }),
  );
}

function refuseConflicts(changes: readonly FileChange[]): void {
  const conflicts = changes.filter(({ action }) => action === 'conflict').map(({ path }) => path);
  if (conflicts.length === 0) return;
  throw new SetupError(
    'needs-you',
    `${conflicts.join(', ')}: there already, and not as trading-setup would write it.`,
    {
      code: 'file-conflict',
      next: [
        'Look at the differences: trading-setup init --dry-run',
        'Then decide: --on-conflict keep leaves these files alone, --on-conflict replace keeps a copy under .trading-setup/replaced/.',
      ],
    },
  );
}

/** A copy without what looks secret: nobody expects a password in a folder of copies. */
async function keepReplaced(dir: string, path: string, text: string): Promise<void> {
  const folder = join(dir, OWN_FOLDER, 'replaced');
  await ensureDir(dirname(join(folder, path)), 0o700);
  let number = 1;
  while ((await readText(join(folder, `${path}.${number}`))) !== undefined) number += 1;
  await writeAtomic(join(folder, `${path}.${number}`), redact(withoutSecrets(text)), { mode: 0o600 });
}

async function writeFile(dir: string, artifact: Artifact, disk: OnDisk): Promise<void> {
  const path = join(dir, artifact.path);
  await ensureDir(dirname(path));
  await writeAtomic(path, desiredText(artifact, disk.current), artifact.executable ? { mode: 0o755 } : {});
  if (artifact.executable) await chmod(path, 0o755);
}

async function rememberBase(dir: string, artifact: Artifact, disk: OnDisk): Promise<void> {
  if (disk.base === artifact.text) return;
  await ensureDir(dirname(basePath(dir, artifact)));
  await writeAtomic(basePath(dir, artifact), artifact.text);
}

/**
 * Writes the artefacts, each file whole or not at all, and returns what was done. A second call changes nothing.
 * @throws SetupError `file-conflict` before anything is written, unless `onConflict` decides.
 */
export async function writeArtifacts(
  dir: string,
  artifacts: readonly Artifact[],
  onConflict?: OnConflict,
): Promise<readonly FileChange[]> {
  const disk = await readDisk(dir, artifacts);
  const changes = compareAll(artifacts, disk);
  if (onConflict === undefined) refuseConflicts(changes);
  await ensurePrivateDir(join(dir, OWN_FOLDER));
  for (const [index, artifact] of artifacts.entries()) {
    const there = disk.get(artifact.path) ?? { current: undefined, base: undefined };
    const action = changes[index]?.action;
    if (action === 'conflict' && onConflict === 'keep') continue;
    if (action === 'conflict' && there.current !== undefined) await keepReplaced(dir, artifact.path, there.current);
    if (action !== 'unchanged' && action !== 'kept') await writeFile(dir, artifact, there);
    await rememberBase(dir, artifact, there);
  }
  return changes;
}
