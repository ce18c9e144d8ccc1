import { acquireLock, type Lock, releaseLock } from '../engine/lock.ts';
import { observe } from '../engine/observe.ts';
import { SetupError } from '../errors.ts';
import { isWell } from '../events/board.ts';
import type { OperationEvent, OperationName, PlannedStep } from '../events/operation.ts';
import { redactedEvents } from '../events/redacted.ts';
import { toBoard } from '../health/board.ts';
import { now } from '../system/clock.ts';
import { cancelledByPerson, execute, type Workbench } from './execute.ts';
import { describe, type Step } from './step.ts';
import { summaryOf } from './summary.ts';

/** A started operation: its events for a face, and afterwards why it failed, if it did. */
export interface Operation {
  readonly events: AsyncIterable<OperationEvent>;
  failure(): SetupError | undefined;
}

/** What to say at the end of one that went well. */
export interface Success {
  readonly truth: string;
  readonly next: readonly string[];
}

/** A step as it is shown, with what carries it out. */
export interface Task extends PlannedStep {
  /** True where it has nothing to do after all. */
  skip?(): boolean;
  run(): AsyncGenerator<OperationEvent, void>;
}

/** What an operation has decided to do. */
export interface Work {
  readonly tasks: readonly Task[];
  /** Asked when every task is done. */
  success(): Promise<Success>;
  /** What follows a failed task, in events, and what is true then; absent: nothing follows. */
  failed?(error: SetupError): AsyncGenerator<OperationEvent, Success>;
  /** Whatever way it ends. */
  close?(): Promise<void>;
}

/**
 * Takes the lock, lets `plan` decide every step, and gives the events of carrying them out. The first failing step
 * ends it; the last event says what is true then. Errors before the first step are thrown here.
 */
export function startOperation(
  name: OperationName,
  bench: Workbench,
  plan: () => Promise<readonly Step[]>,
  success: Success,
): Promise<Operation> {
  return conduct(name, bench, async () => ({
    tasks: (await plan()).map((step) => ({ ...describe(step), run: () => execute(step, bench) })),
    success: async () => success,
  }));
}

/** As `startOperation`, for tasks of any kind. */
export async function conduct(
  name: OperationName,
  bench: Pick<Workbench, 'runner' | 'stack' | 'signal'>,
  plan: () => Promise<Work>,
): Promise<Operation> {
  const lock = await acquireLock(bench.runner, { stack: bench.stack.id, operation: name, now: now() });
  try {
    const work = await plan();
    const outcome: { failure?: SetupError } = {};
    return { events: redactedEvents(carryOut(name, bench, { work, lock, outcome })), failure: () => outcome.failure };
  } catch (error) {
    await releaseLock(bench.runner, lock);
    throw error;
  }
}

/** What is shown of a task. */
export function plannedStep({ id, title, cause }: PlannedStep): PlannedStep {
  return { id, title, cause };
}

interface Shift {
  readonly work: Work;
  readonly lock: Lock;
  readonly outcome: { failure?: SetupError };
}

/** Carries tasks out, one after the other; `begun` is told of each. */
export async function* runTasks(
  tasks: readonly Task[],
  begun: (task: Task) => void,
  signal?: AbortSignal,
): AsyncGenerator<OperationEvent, void> {
  for (const task of tasks) {
    if (task.skip?.()) continue;
    begun(task);
    yield { type: 'step-started', id: task.id };
    yield* task.run();
    if (signal?.aborted) throw cancelledByPerson();
    yield { type: 'step-done', id: task.id };
  }
}

/** The event of a failed task. */
export function stepFailed(id: string, error: SetupError): OperationEvent {
  return { type: 'step-failed', id, message: [error.message, ...error.output].join('\n') };
}

async function* carryOut(
  name: OperationName,
  { runner, stack, signal }: Pick<Workbench, 'runner' | 'stack' | 'signal'>,
  { work, lock, outcome }: Shift,
): AsyncGenerator<OperationEvent, void> {
  let at: string | undefined;
  try {
    yield {
      type: 'planned',
      operation: name,
      stack: { name: stack.name, mode: stack.mode },
      steps: work.tasks.map(plannedStep),
    };
    yield* runTasks(
      work.tasks,
      ({ id }) => {
        at = id;
      },
      signal,
    );
    yield { type: 'ended', outcome: 'done', ...(await work.success()) };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    outcome.failure = error;
    if (at !== undefined) yield stepFailed(at, error);
    const end = work.failed
      ? yield* work.failed(error)
      : { truth: await whatIsTrue({ runner, stack }), next: error.next };
    yield { type: 'ended', outcome: error.kind === 'cancelled' ? 'cancelled' : 'failed', ...end };
  } finally {
    await work.close?.();
    await releaseLock(runner, lock).catch((error: unknown) => {
      // What failed first is the news; a lock whose holder has ended is taken over.
      if (!outcome.failure) throw error;
    });
  }
}

/** One sentence on what runs now, asked of the engine and not guessed from the step that failed. */
export async function whatIsTrue({ runner, stack }: Pick<Workbench, 'runner' | 'stack'>): Promise<string> {
  try {
    const { services } = toBoard(summaryOf(stack), await observe(runner, stack.id), now());
    const running = services.filter(({ state }) => state === 'running' || state === 'restarting');
    if (running.length === 0) return 'Nothing of this stack runs now.';
    const stopped = services.filter(({ state, oneShot }) => state === 'exited' && !oneShot).map(({ name }) => name);
    // A one-shot that runs is at work, and not ill.
    const ill = running.filter((service) => !service.oneShot && !isWell(service)).map((service) => service.name);
    const names = running.map((service) => service.name).join(', ');
    const others = [
      ...(ill.length === 0 ? [] : [`; not healthy: ${ill.join(', ')}`]),
      ...(stopped.length === 0 ? [] : [`; stopped: ${stopped.join(', ')}`]),
    ];
    return `Running now: ${names}${others.join('')}.`;
  } catch {
    return 'What runs now is not known: the engine does not answer.';
  }
}
