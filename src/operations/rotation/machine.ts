import { SetupError } from '../../errors.ts';
import type { OperationEvent } from '../../events/operation.ts';
import { plannedStep, runTasks, type Success, stepFailed, type Task, type Work, whatIsTrue } from '../run.ts';
import { perform } from './do/perform.ts';
import { stop } from './do/stop.ts';
import { hasPassedNoReturn, mayHaveEnded, passesNoReturn, replaceable } from './no-return.ts';
import { provable, undoSteps } from './plan.ts';
import type { Session } from './session.ts';
import type { RotationStep } from './steps.ts';
import { truthOrWhyNot } from './truth.ts';
import { describeStep, listed } from './words.ts';

const RESUME = 'trading-setup rotate --resume';
const NOTHING_CHANGED = 'Nothing was changed: the old values are in force.';

/**
 * The one machine for going forward, going back and going on: a list of steps, each written into the journal before it
 * begins and after it has ended. Whatever ends it in the middle, the same list is gone through again.
 * @param before what is done first and is no step of the rotation.
 */
export function conductor(session: Session, steps: readonly RotationStep[], before: readonly Task[] = []): Work {
  session.notes.waited = session.journal.now.direction === 'waiting';
  return {
    tasks: [...before, ...tasksOf(session, steps)],
    success: () => succeeded(session),
    failed: (error) => failed(session, error),
    close: async () => session.notes.downtime?.stop(),
  };
}

/** The steps that are not done yet. */
function tasksOf(session: Session, steps: readonly RotationStep[]): readonly Task[] {
  const { journal, notes } = session;
  return steps
    .filter(({ id }) => !journal.now.done.includes(id))
    .map((step) => ({
      ...describeStep(step),
      skip: () => isSkipped(step, notes),
      run: async function* () {
        await journal.begin(step, { noReturn: passesNoReturn(journal.now, step) });
        yield* perform(step, session);
        if (hasPassedNoReturn(journal.now, step)) await journal.change({ noReturn: true });
        // From here on whoever delivers the store delivers what is in force.
        if (step.kind === 'promote') await journal.change({ direction: 'waiting' });
        // What a person left for later, or nobody has seen to work yet, is asked again.
        if (!isAskedAgain(step) || notes.left.length === 0) await journal.finish(step);
      },
    }));
}

/** A step that is not written down. */
function bareTask(step: RotationStep, session: Session): Task {
  return { ...describeStep(step), run: () => perform(step, session) };
}

function isSkipped(step: RotationStep, { left }: Session['notes']): boolean {
  // There is nobody to wait for where everything was seen to work.
  if (step.id === 'seen') return left.length === 0;
  return step.kind === 'confirm' && left.length > 0;
}

function isAskedAgain({ id }: RotationStep): boolean {
  return id === 'prove' || id === 'seen' || id === 'after';
}

/** Nothing of it left the store. */
function isUntouched({ journal }: Session): boolean {
  return !journal.now.begun.includes('deliver') && !journal.now.touched;
}

function namesOf({ journal }: Session): string {
  return listed(journal.now.secrets.map(({ name }) => name));
}

async function succeeded(session: Session): Promise<Success> {
  const { journal, notes } = session;
  if (notes.left.length > 0) return left(session);
  await journal.end();
  const { direction, secrets } = journal.now;
  if (direction !== 'undo') {
    // What a person has to end is a step; what is over with the rotation leaves advice.
    const advice = secrets.flatMap(({ comesBack, after }) => (comesBack === 'always' ? after : []));
    return { truth: inForce(session, 'the old ones are forgotten'), next: [...new Set(advice)] };
  }
  const truth = isUntouched(session)
    ? NOTHING_CHANGED
    : `The old values of ${namesOf(session)} are in force again; the new ones are forgotten.`;
  return { truth, next: again(session) };
}

/** The new values are the current ones, and something is left for a person. */
function left(session: Session): Success {
  const { left: items } = session.notes;
  if (items.length === 0)
    return {
      truth: inForce(session, 'the old ones are not forgotten yet'),
      next: [`When the cause is mended: ${RESUME}`],
    };
  const truth = inForce(session, 'what a person does is left');
  return { truth, next: [...items, `Then run: ${RESUME} --manual-done`] };
}

/** What is known of the new values when they are the current ones: only what was seen is said to be proven. */
function inForce({ bench, journal }: Session, rest: string): string {
  const { secrets, unproven = [] } = journal.now;
  const readable = provable(bench.stack, journal.now);
  const proven = readable.filter((name) => !unproven.includes(name));
  const unread = secrets.flatMap(({ name }) => (readable.includes(name) ? [] : [name]));
  return [
    ...(proven.length === 0 ? [] : [`The new values of ${listed(proven)} are in force and proven; ${rest}.`]),
    ...(unproven.length === 0
      ? []
      : [`The new values of ${listed(unproven)} are kept for the next start of what reads them, not proven.`]),
    ...(unread.length === 0 ? [] : [`The new values of ${listed(unread)} are kept; no program reads them.`]),
  ].join(' ');
}

function again({ journal }: Session): readonly string[] {
  return [`New values all the same: trading-setup rotate ${journal.now.secrets.map(({ name }) => name).join(' ')}`];
}

/** A step has failed: back where that is possible, else nothing runs on with a value that is not proven. */
async function* failed(session: Session, error: SetupError): AsyncGenerator<OperationEvent, Success> {
  const { journal, bench } = session;
  const { direction, noReturn, begun } = journal.now;
  // The person may have stopped us; what follows has to be done all the same.
  const calm = { ...session, bench: { ...bench, signal: new AbortController().signal } };
  if (error.code === 'manual-left') return { truth: waiting(session), next: error.next };
  if (direction === 'waiting') return left(session);
  if (direction === 'undo') return unfinished(calm, 'Going back is not finished.');
  if (begun.includes('promote')) return unfinished(calm, 'The new values are in force; the end is left.');
  // A person may have ended the old value meanwhile: going back is for them to say.
  if (!noReturn && mayHaveEnded(journal.now).length > 0)
    return unfinished(calm, 'Whether the old values still work is not known.');
  if (!noReturn) return yield* goBack(calm, error);
  if (error.kind === 'cancelled') return unfinished(calm, 'It cannot go back any more, and has not reached its end.');
  return yield* halt(calm);
}

function waiting({ journal }: Session): string {
  return journal.now.touched
    ? 'What uses the old values is stopped, and stays so until it goes on.'
    : 'Nothing has changed yet: the old values are in force.';
}

async function* goBack(session: Session, cause: SetupError): AsyncGenerator<OperationEvent, Success> {
  const { journal } = session;
  const steps = undoSteps(session.bench.stack, journal.now);
  // Only the store has anything of it: that is forgotten without the journal, which a full disk would not take.
  const isKeptOnly = steps.every(({ kind }) => kind === 'discard');
  let at: string | undefined;
  try {
    if (!isKeptOnly) await journal.change({ direction: 'undo' });
    const tasks = isKeptOnly ? steps.map((step) => bareTask(step, session)) : tasksOf(session, steps);
    if (tasks.length > 0) yield { type: 'undoing', why: cause.message, steps: tasks.map(plannedStep) };
    yield* runTasks(tasks, ({ id }) => {
      at = id;
    });
    if (isKeptOnly) {
      await journal.end();
      return { truth: NOTHING_CHANGED, next: cause.next };
    }
    const { truth } = await succeeded(session);
    return { truth, next: cause.next };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    if (at !== undefined) yield stepFailed(at, error);
    return unfinished(session, `Going back failed as well: ${error.message}`);
  }
}

/** The old values are over and the new ones do not work: nobody trades with either. */
async function* halt(session: Session): AsyncGenerator<OperationEvent, Success> {
  const { journal, bench } = session;
  const { ran, done } = journal.now;
  try {
    // The next run starts them again before it looks at them.
    await journal.change({ touched: true, done: done.filter((id) => id !== 'recreate' && id !== 'ready') });
    if (ran.length > 0) yield* stop({ id: 'halt', services: ran }, session);
    const stopped = ran.length === 0 ? '' : ` ${listed(ran)} stopped and ${ran.length === 1 ? 'stays' : 'stay'} so.`;
    return unfinished(session, `The old values do not come back.${stopped}`);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    const said = `The old values do not come back, and ${listed(ran)} could not be stopped: ${error.message}`;
    return { truth: `${said} ${await whatIsTrue(bench)}`, next: nextOf(session) };
  }
}

async function unfinished(session: Session, sentence: string): Promise<Success> {
  return { truth: [sentence, ...(await truthOrWhyNot(session))].join(' '), next: nextOf(session) };
}

function nextOf({ journal }: Session): readonly string[] {
  const { noReturn, direction } = journal.now;
  const [first] = replaceable(journal.now);
  const other =
    noReturn && direction === 'forward' && first
      ? [`Or, with another new value: ${RESUME} --from-file ${first.name}=FILE`]
      : [];
  return [`When the cause is mended: ${RESUME}`, ...other];
}
