import {
  chmod,
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  statfs,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SetupError } from '../errors.ts';

/**
 * Writes a file so that a reader, or a crash, sees the old content or the new, never a part of it. A link stays a link:
 * the file that it names is written. The folder has to exist.
 * @param options.hasty outlives a crash of this process, not a power cut: the disk is not waited for, which can take seconds.
 */
export async function writeAtomic(
  path: string,
  text: string,
  options: { readonly mode?: number; readonly hasty?: boolean } = {},
): Promise<void> {
  const target = (await orAbsent(realpath(path))) ?? path;
  const folder = dirname(target);
  // What is ignored as `.env.*` stays ignored while it is written.
  const temporary = `${target}.${process.pid}.new`;
  try {
    await clearLeftovers(target);
    await writeSynced(temporary, text, options.mode ?? (await fileMode(target)) ?? 0o644, options.hasty);
    await rename(temporary, target);
    if (!options.hasty) await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw explainWriteError(error, folder);
  }
}

/** Removes a file so that neither a crash nor a power cut brings it back; one that is gone already is no error. */
export async function removeFile(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
    await syncFolder(dirname(path));
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw explainWriteError(error, dirname(path));
  }
}

/** Removes what writers of the same file left when they were killed. */
export async function clearLeftovers(target: string): Promise<void> {
  const start = `${basename(target)}.`;
  for (const name of (await orAbsent(readdir(dirname(target)))) ?? []) {
    const pid = name.startsWith(start) ? /^(\d+)\.new$/.exec(name.slice(start.length))?.[1] : undefined;
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(dirname(target), name), { force: true });
  }
}

/** Whether a process of this machine runs, also one of another user. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** The content of a text file; undefined where there is none. @throws SetupError where a folder is in its place. */
export async function readText(path: string): Promise<string | undefined> {
  try {
    return await orAbsent(readFile(path, 'utf8'));
  } catch (error) {
    throw hasCode(error, 'EISDIR') ? wrongKind(path, 'a folder', 'a file') : error;
  }
}

/** Makes a folder (and its parents) that only its owner enters. */
export async function ensurePrivateDir(path: string): Promise<void> {
  try {
    await makeFolder(path, 0o700);
    // mkdir leaves the mode of a folder that was there already.
    await chmod(path, 0o700);
  } catch (error) {
    throw explainWriteError(error, dirname(path));
  }
}

/** Makes a folder and its parents; one that is there stays as it is. */
export async function ensureDir(path: string, mode = 0o777): Promise<void> {
  try {
    await makeFolder(path, mode);
  } catch (error) {
    throw explainWriteError(error, dirname(path));
  }
}

/** Not `recursive: true`: on a full disk that says ENOENT (Node 20), and the cause would be lost. */
async function makeFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode });
  } catch (error) {
    if (hasCode(error, 'EEXIST') && (await isFolder(path))) return;
    if (!hasCode(error, 'ENOENT') || dirname(path) === path) throw error;
    await makeFolder(dirname(path), mode);
    await makeFolder(path, mode);
  }
}

/** The permission bits of a file; undefined where there is none. */
export async function fileMode(path: string): Promise<number | undefined> {
  const found = await orAbsent(stat(path));
  return found && found.mode & 0o777;
}

async function writeSynced(path: string, text: string, mode: number, hasty = false): Promise<void> {
  await rm(path, { force: true });
  const file = await open(path, 'wx', mode);
  try {
    await file.writeFile(text);
    // The umask narrowed the mode of open().
    await file.chmod(mode);
    if (!hasty) await file.sync();
  } finally {
    await file.close();
  }
}

/** The new name itself has to reach the disk, or a power cut brings the old file back. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder, 'r');
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot sync a folder; the content itself is safe by then.
    if (!hasCode(error, 'EINVAL', 'ENOTSUP', 'EPERM', 'EACCES')) throw error;
  } finally {
    await handle?.close();
  }
}

async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

/** A failed write in words where a person can act on it; any other error as it is. */
export function explainWriteError(error: unknown, folder: string): unknown {
  if (hasCode(error, 'ENOSPC', 'EDQUOT')) {
    return new SetupError('tool-failed', `The disk of ${folder} is full.`, {
      code: 'disk-full',
      next: [`Free space for ${folder} (df -h ${folder}), then run the command again.`],
      cause: error,
    });
  }
  if (hasCode(error, 'EACCES', 'EPERM', 'EROFS')) {
    return new SetupError('tool-failed', `${folder} cannot be written.`, {
      code: 'folder-not-writable',
      next: [`Give yourself write permission for ${folder}, then run the command again.`],
      cause: error,
    });
  }
  return error;
}

/** A refusal of the operating system that nobody turned into words on its way up; undefined for any other error. */
export function explainSystemError(error: unknown): SetupError | undefined {
  if (!(error instanceof Error) || !('path' in error) || typeof error.path !== 'string') return undefined;
  if (hasCode(error, 'EEXIST')) return wrongKind(error.path, 'a file', 'a folder');
  const explained = hasCode(error, 'EACCES', 'EPERM')
    ? noAccess(error.path)
    : explainWriteError(error, dirname(error.path));
  return explained instanceof SetupError ? explained : undefined;
}

function wrongKind(path: string, is: string, wanted: string): SetupError {
  return new SetupError('needs-you', `${path} is ${is}, and ${wanted} is expected there.`, {
    code: 'wrong-kind-of-file',
    next: ['Move it away, then run the command again.'],
  });
}

function noAccess(path: string): SetupError {
  return new SetupError('tool-failed', `You may not open ${path}.`, {
    code: 'no-access',
    next: [`Give yourself permission (ls -ld ${path}), then run the command again.`],
  });
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}

/** Whether a path is a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return (await orAbsent(stat(path)))?.isDirectory() ?? false;
}

/** The number of the file system that a folder of this machine is on; undefined where it is not here to be asked. */
export async function fileSystemOf(folder: string): Promise<number | undefined> {
  return (await statfs(folder).catch(() => undefined))?.type;
}
