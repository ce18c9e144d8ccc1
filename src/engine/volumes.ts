import type { Command, Runner } from '../system/run.ts';
import { ask } from './ask.ts';
import {
  copyFrom,
  copyInto,
  createContainer,
  createVolume,
  inspectVolume,
  listVolumes,
  removeContainer,
} from './commands.ts';
import { ensureEmptyImage } from './empty-image.ts';
import { commandError, engineError } from './errors.ts';
import { firstFile, type Ownership, type VolumeFile, volumeTar } from './volume-tar.ts';

type Run = Pick<Runner, 'run'>;

/** Where the volume is mounted in the helper container. */
const ROOT = 'volume';

/** Makes a volume where it is missing; true when it was made. */
export async function ensureVolume(
  runner: Run,
  { name, labels }: { readonly name: string; readonly labels: Readonly<Record<string, string>> },
): Promise<boolean> {
  if (await volumeExists(runner, name)) return false;
  await ask(runner, createVolume(name, labels));
  return true;
}

export async function volumeExists(runner: Run, name: string): Promise<boolean> {
  const command = inspectVolume(name);
  const result = await runner.run(command);
  if (result.exitCode === 0) return true;
  const error = commandError(command, result);
  if (error.code === 'volume-missing') return false;
  throw error;
}

/** Names of the volumes that carry all the labels (`key=value`). */
export async function volumesWith(runner: Run, labels: readonly string[]): Promise<readonly string[]> {
  return (await ask(runner, listVolumes(labels))).split('\n').filter(Boolean);
}

/**
 * Puts files into a volume, with owner and mode; files of the same name are replaced, others stay. Running
 * containers that mount it see them at once. The values pass standard input only.
 */
export async function fillVolume(
  runner: Run,
  {
    volume,
    files,
    rootOwner,
  }: { readonly volume: string; readonly files: readonly VolumeFile[]; readonly rootOwner: Ownership },
): Promise<void> {
  const tar = await volumeTar(ROOT, rootOwner, files);
  await withHelper(runner, volume, async (helper) => {
    await ask(runner, copyInto(helper, '/', tar));
  });
}

/** The content of a small text file in a volume; undefined where it has none. */
export async function readFromVolume(runner: Run, volume: string, path: string): Promise<string | undefined> {
  return withHelper(runner, volume, async (helper) => {
    const command = copyFrom(helper, `/${ROOT}/${path}`);
    const result = await runner.run(command);
    if (result.exitCode === 0) return firstFile(Buffer.from(result.stdout, 'utf8'));
    if (/could not find the file|no such file or directory/i.test(result.stderr)) return undefined;
    throw commandError(command, result);
  });
}

/** A container that is never started and mounts the volume. */
async function withHelper<T>(runner: Run, volume: string, work: (helper: string) => Promise<T>): Promise<T> {
  // `-v` would make a missing volume without its labels.
  if (!(await volumeExists(runner, volume)))
    throw engineError(`external volume "${volume}" not found`, 'open a volume');
  const image = await ensureEmptyImage(runner);
  const name = `trading-setup-volume-${volume}`;
  const helper = await createAnew(runner, name, createContainer(image, { name, volumes: [`${volume}:/${ROOT}`] }));
  try {
    return await work(helper);
  } finally {
    // A helper that stays would keep the volume from being removed; the next call replaces it.
    await runner.run(removeContainer(helper));
  }
}

/** Creates a container whose name a crash may have left behind. */
async function createAnew(runner: Run, name: string, create: Command): Promise<string> {
  const first = await runner.run(create);
  if (first.exitCode === 0) return first.stdout.trim();
  if (!/is already in use by container/.test(first.stderr)) throw commandError(create, first);
  await runner.run(removeContainer(name));
  return (await ask(runner, create)).trim();
}
