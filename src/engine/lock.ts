import * as z from 'zod';
import { SetupError } from '../errors.ts';
import { isAlive, ownIdentity, type ProcessIdentity } from '../system/process.ts';
import type { Runner } from '../system/run.ts';
import { createContainer, inspectContainers, removeContainer } from './commands.ts';
import { ensureEmptyImage } from './empty-image.ts';
import { commandError } from './errors.ts';

/** A lock that we hold. */
export interface Lock {
  readonly stack: string;
  /** The container that stands for it. */
  readonly container: string;
}

/** Who holds a lock. */
export interface LockHolder extends ProcessIdentity {
  readonly container: string;
  readonly operation: string;
  /** ISO time. */
  readonly since: string;
}

const LABEL = 'trading-setup.lock';
/** Two starters may both take over a stale lock; the loser tries again. */
const ATTEMPTS = 5;

const Found = z
  .array(z.object({ Id: z.string(), Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }) }))
  .min(1);

/** The name that every client of the engine and every clone of the repository agree on. */
export function lockName(stack: string): string {
  return `trading-setup-lock-${stack}`;
}

/**
 * Takes the lock of a stack on its engine: the unique name of a container that is never started. A lock whose
 * holder ran on this host and boot and has ended is taken over; any other is an error with code `operation-running`.
 */
export async function acquireLock(
  runner: Runner,
  { stack, operation, now }: { readonly stack: string; readonly operation: string; readonly now: number },
): Promise<Lock> {
  const image = await ensureEmptyImage(runner);
  const own = await ownIdentity(runner);
  const labels = toLabels(own, stack, operation, now);
  const create = createContainer(image, { name: lockName(stack), labels });
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const result = await runner.run(create);
    if (result.exitCode === 0) return { stack, container: result.stdout.trim() };
    if (!/is already in use by container/.test(result.stderr)) throw commandError(create, result);
    const holder = await readLock(runner, stack);
    if (holder === undefined) continue;
    if ((await isAlive(runner, holder)) !== false) throw held(stack, holder);
    // By id, not by name: another starter may have taken over between our two calls.
    await runner.run(removeContainer(holder.container));
  }
  throw held(stack, await readLock(runner, stack));
}

/** Before anything is shown of a stack that somebody is at work on. @throws SetupError `operation-running`. */
export async function refuseHeld(runner: Runner, stack: string): Promise<void> {
  const holder = await readLock(runner, stack);
  if (holder && (await isAlive(runner, holder)) !== false) throw held(stack, holder);
}

/** Gives the lock back; one that is gone already is no error. */
export async function releaseLock(runner: Pick<Runner, 'run'>, { container }: Lock): Promise<void> {
  const command = removeContainer(container);
  const result = await runner.run(command);
  if (result.exitCode !== 0 && !/no such container/i.test(result.stderr)) throw commandError(command, result);
}

/** Who holds the lock of a stack; undefined when it is free. */
export async function readLock(runner: Pick<Runner, 'run'>, stack: string): Promise<LockHolder | undefined> {
  const command = inspectContainers([lockName(stack)]);
  const result = await runner.run(command);
  if (result.exitCode !== 0) {
    if (/no such container/i.test(result.stderr)) return undefined;
    throw commandError(command, result);
  }
  const [found] = Found.parse(JSON.parse(result.stdout));
  return found && toHolder(found.Id, found.Config.Labels ?? {});
}

function toLabels(
  own: ProcessIdentity,
  stack: string,
  operation: string,
  now: number,
): Readonly<Record<string, string>> {
  return {
    [LABEL]: stack,
    [`${LABEL}.operation`]: operation,
    [`${LABEL}.host`]: own.host,
    [`${LABEL}.boot`]: own.boot,
    [`${LABEL}.pid`]: String(own.pid),
    [`${LABEL}.process-start`]: own.startedAt,
    [`${LABEL}.since`]: new Date(now).toISOString(),
  };
}

function toHolder(container: string, labels: Readonly<Record<string, string>>): LockHolder {
  const label = (name: string) => labels[`${LABEL}.${name}`] ?? 'unknown';
  return {
    container,
    operation: label('operation'),
    host: label('host'),
    boot: label('boot'),
    pid: Number(label('pid')),
    startedAt: label('process-start'),
    since: label('since'),
  };
}

function held(stack: string, holder: LockHolder | undefined): SetupError {
  const who = holder
    ? `${holder.operation} is at work on ${holder.host} (process ${holder.pid}) since ${holder.since}`
    : 'Another operation is at work';
  return new SetupError('locked', `${who}.`, {
    code: 'operation-running',
    next: [
      'Wait until it has ended, then run the command again.',
      `Only if that machine or process is gone: docker container rm ${lockName(stack)}`,
    ],
  });
}
