import { chmod, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { withoutSecrets } from '../catalog/secret-names.ts';
import { SetupError } from '../errors.ts';
import type { FileAction } from '../flow/types.ts';
import { redact } from '../secret.ts';
import { ensureDir, ensurePrivateDir, explainWriteError, readText, writeAtomic } from '../system/files.ts';
import { type Decide, type FileWrite, planWrites } from './plan.ts';
import type { OnDisk } from './propose.ts';
import { basePath, OWN_FOLDER, readDisk } from './read-disk.ts';
import type { Artifact } from './render.ts';

function conflictsError(conflicts: readonly FileAction[]): SetupError {
  const isForeign = conflicts.some(({ choices = [] }) => choices.some(({ means }) => means.includes('beside')));
  return new SetupError(
    'needs-you',
    `${conflicts.map(({ path }) => path).join(', ')}: there already, and not as trading-setup would write it.`,
    {
      code: 'file-conflict',
      output: conflicts.map(({ path, note, choices = [] }) =>
        [path, note === undefined ? '' : ` (${note})`, ': ', choices.map(({ value }) => value).join(' or ')].join(''),
      ),
      next: [
        'Look at the differences: trading-setup init --dry-run',
        `Then decide for all: --on-conflict keep leaves these files alone${isForeign ? ' and puts ours beside them' : ''}, --on-conflict replace keeps a copy under .trading-setup/replaced/.`,
        `Or for each: ${conflicts.map(({ path, choices }) => `--on-conflict ${path}=${choices?.[0]?.value ?? 'keep'}`).join(' ')}`,
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

async function writeText(dir: string, { path, executable }: FileWrite, text: string): Promise<void> {
  const target = join(dir, path);
  await ensureDir(dirname(target));
  await writeAtomic(target, text, executable ? { mode: 0o755 } : {});
  if (executable) await chmod(target, 0o755);
}

async function rememberBase(dir: string, path: string, base: string | null): Promise<void> {
  const target = basePath(dir, path);
  if (base === null) return remove(target);
  await ensureDir(dirname(target));
  await writeAtomic(target, base);
}

async function remove(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw explainWriteError(error, dirname(path));
  }
}

/** Text that is not UTF-8 would come back with other bytes than it had, far away from what changes. */
async function refuseOtherBytes(
  dir: string,
  writes: readonly FileWrite[],
  disk: ReadonlyMap<string, OnDisk>,
): Promise<void> {
  for (const { path, text } of writes) {
    const { current } = disk.get(path) ?? {};
    if (text === undefined || !current?.includes('\uFFFD')) continue;
    if (Buffer.from(current).equals(await readFile(join(dir, path)))) continue;
    throw new SetupError('needs-you', `${path} is not UTF-8: writing it would change bytes that are not ours.`, {
      code: 'not-utf8',
      next: [`Save ${path} as UTF-8, then run the command again.`],
    });
  }
}

/**
 * The copy first and our last version at the end: wherever a crash falls, the next run sees what was not done yet, and
 * merges what was into itself.
 */
async function carryOut(dir: string, write: FileWrite): Promise<void> {
  if (write.replaced !== undefined) await keepReplaced(dir, write.path, write.replaced);
  if (write.text !== undefined) await writeText(dir, write, write.text);
  if (write.remove) await remove(join(dir, write.path));
  if (write.base !== undefined) await rememberBase(dir, write.path, write.base);
}

/**
 * Writes the artefacts, each file whole or not at all, and returns what was done. A second call changes nothing.
 * @param decide what a person decided about each conflict.
 * @throws SetupError `file-conflict` before anything is written, where a conflict is not decided.
 */
export async function writeArtifacts(
  dir: string,
  artifacts: readonly Artifact[],
  decide: Decide = () => undefined,
): Promise<readonly FileAction[]> {
  const disk = await readDisk(dir, artifacts);
  const { changes, writes } = planWrites(artifacts, disk, decide);
  const files = new Set(artifacts.map(({ path }) => path));
  const open = changes.filter(({ path, action }) => action === 'conflict' && !(files.has(path) && decide(path)));
  if (open.length > 0) throw conflictsError(open);
  await refuseOtherBytes(dir, writes, disk);
  await ensurePrivateDir(join(dir, OWN_FOLDER));
  for (const write of writes) await carryOut(dir, write);
  return changes;
}
