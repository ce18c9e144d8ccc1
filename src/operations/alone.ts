import { checkEngine } from '../engine/check.ts';
import { acquireLock, releaseLock } from '../engine/lock.ts';
import { SetupError } from '../errors.ts';
import type { Stack } from '../stack/schema.ts';
import { now } from '../system/clock.ts';
import type { Runner } from '../system/run.ts';

/**
 * Does something that needs no engine, and that no operation may overlap: under the lock of operations where an engine
 * answers. Without one there is no operation either.
 * @param what it is, for whoever finds the lock taken.
 * @throws SetupError `operation-running` where one is at work.
 */
export async function alone<T>(runner: Runner, stack: Stack, what: string, work: () => Promise<T>): Promise<T> {
  if (!(await answers(runner))) return work();
  const lock = await acquireLock(runner, { stack: stack.id, operation: what, now: now() });
  try {
    return await work();
  } finally {
    // What the work came to is the news; a lock whose holder has ended is taken over.
    await releaseLock(runner, lock).catch(() => undefined);
  }
}

async function answers(runner: Runner): Promise<boolean> {
  try {
    await checkEngine(runner);
    return true;
  } catch (error) {
    if (error instanceof SetupError) return false;
    throw error;
  }
}
