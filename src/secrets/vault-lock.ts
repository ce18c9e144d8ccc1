import { randomUUID } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { SetupError } from '../errors.ts';
import { sleep } from '../system/clock.ts';
import { explainWriteError, isRunning } from '../system/files.ts';

const EVERY_MS = 25;
const TRIES = 1200;

/** Runs work while no other process does so for the same path; a lock left behind by a dead process is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = `${process.pid} ${hostname()} ${randomUUID()}`;
  for (let tries = 0; !(await taken(path, mine)); tries++) {
    if (tries === TRIES) throw busy(path);
    if (tries % 10 === 0) await clearDead(path);
    await sleep(EVERY_MS);
  }
  try {
    return await work();
  } finally {
    await unlink(path).catch(() => undefined);
  }
}

async function taken(path: string, owner: string): Promise<boolean> {
  try {
    return await take(path, owner);
  } catch (error) {
    throw explainWriteError(error, dirname(path));
  }
}

/** The lock appears together with its owner's name: written elsewhere first, then linked, which fails if it exists. */
async function take(path: string, owner: string): Promise<boolean> {
  const draft = `${path}.${owner.split(' ').at(-1)}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(owner);
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await file.close();
    await unlink(draft);
  }
}

/**
 * Removes the lock of a process that is gone. Two waiters may see the same dead owner at once; only the one that gets
 * the name `….dead.ID` may remove the lock, and only if it is still that owner's.
 */
async function clearDead(path: string): Promise<void> {
  const owner = await readOwner(path);
  if (owner === undefined || isAlive(owner)) return;
  const claim = `${path}.dead.${owner.split(' ').at(-1)}`;
  try {
    await link(path, claim);
  } catch (error) {
    if (hasCode(error, 'EEXIST', 'ENOENT')) return;
    throw error;
  }
  if ((await readOwner(claim)) === owner) await unlink(path);
  await unlink(claim);
}

async function readOwner(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isAlive(owner: string): boolean {
  const [pid, host] = owner.split(' ');
  // The folder may be shared with another machine, whose processes cannot be seen from here.
  return host !== hostname() || isRunning(Number(pid));
}

function busy(path: string): SetupError {
  return new SetupError(
    'locked',
    'The secrets of this stack are being written by another process for longer than 30 seconds.',
    {
      code: 'vault-locked',
      next: [`Wait for the other trading-setup to end; if there is none, delete ${path} and run the command again.`],
    },
  );
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && codes.includes(error.code);
}
