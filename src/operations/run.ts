import { acquireLock, type Lock, releaseLock } from '../engine/lock.ts';
import { observe } from '../engine/observe.ts';
import { SetupError } from '../errors.ts';
import { isWell } from '../events/board.ts';
import type { OperationEvent, OperationName } from '../events/operation.ts';
import { toBoard } from '../health/board.ts';
import { now } from '../system/clock.ts';
import { cancelledByPerson, execute, type Workbench } from './execute.ts';
import { describe, type Step, stepId } from './step.ts';
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

/**
 * Takes the lock, lets `plan` decide every step, and gives the events of carrying them out. The first failing step
 * ends it; the last event says what is true then. Errors before the first step are thrown here.
 */
export async function startOperation(
  name: OperationName,
  bench: Workbench,
  plan: () => Promise<readonly Step[]>,
  success: Success,
): Promise<Operation> {
  const lock = await acquireLock(bench.runner, { stack: bench.stack.id, operation: name, now: now() });
  try {
    const steps = await plan();
    const outcome: { failure?: SetupError } = {};
    return { events: carryOut(name, bench, { steps, lock, success, outcome }), failure: () => outcome.failure };
  } catch (error) {
    await releaseLock(bench.runner, lock);
    throw error;
  }
}

interface Work {
  readonly steps: readonly Step[];
  readonly lock: Lock;
  readonly success: Success;
  readonly outcome: { failure?: SetupError };
}

async function* carryOut(name: OperationName, bench: Workbench, work: Work): AsyncGenerator<OperationEvent, void> {
  let at: Step | undefined;
  try {
    yield {
      type: 'planned',
      operation: name,
      stack: { name: bench.stack.name, mode: bench.stack.mode },
      steps: work.steps.map(describe),
    };
    for (const step of work.steps) {
      at = step;
      yield { type: 'step-started', id: stepId(step) };
      yield* execute(step, bench);
      if (bench.signal.aborted) throw cancelledByPerson();
      yield { type: 'step-done', id: stepId(step) };
    }
    yield { type: 'ended', outcome: 'done', ...work.success };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    work.outcome.failure = error;
    const message = [error.message, ...error.output].join('\n');
    if (at) yield { type: 'step-failed', id: stepId(at), message };
    const outcome = error.kind === 'cancelled' ? 'cancelled' : 'failed';
    yield { type: 'ended', outcome, truth: await whatIsTrue(bench), next: error.next };
  } finally {
    await releaseLock(bench.runner, work.lock).catch((error: unknown) => {
      // What failed first is the news; a lock whose holder has ended is taken over.
      if (!work.outcome.failure) throw error;
    });
  }
}

/** One sentence on what runs now, asked of the engine and not guessed from the step that failed. */
async function whatIsTrue({ runner, stack }: Workbench): Promise<string> {
  try {
    const { services } = toBoard(summaryOf(stack), await observe(runner, stack.id), now());
    const running = services.filter(({ state }) => state === 'running' || state === 'restarting');
    if (running.length === 0) return 'Nothing of this stack runs now.';
    const ill = running.filter((service) => !isWell(service)).map((service) => service.name);
    const names = running.map((service) => service.name).join(', ');
    return `Running now: ${names}${ill.length === 0 ? '' : `; not healthy: ${ill.join(', ')}`}.`;
  } catch {
    return 'What runs now is not known: the engine does not answer.';
  }
}
