import { checkEngine } from '../engine/check.ts';
import { ReportedError, SetupError } from '../errors.ts';
import type { OperationName } from '../events/operation.ts';
import type { Desk } from '../flow/rotation/desk.ts';
import { cancelledByPerson, type Workbench } from '../operations/execute.ts';
import { type Operation, type Success, startOperation } from '../operations/run.ts';
import type { Step } from '../operations/step.ts';
import type { Stack } from '../stack/schema.ts';
import { onInterrupt } from '../system/terminal.ts';
import { benchOf } from './bench.ts';
import type { Context } from './context.ts';

/** Runs an operation under the face of this run; a failure was shown when this throws. */
export async function operate(
  context: Context,
  stack: Stack,
  name: OperationName,
  plan: (bench: Workbench) => Promise<readonly Step[]>,
  success: Success,
  /** What else runs trades on another account. */
  otherAccount = false,
): Promise<void> {
  const { remote } = await checkEngine(context.runner);
  const abort = new AbortController();
  const bench = benchOf(context, stack, { signal: abort.signal, remote, otherAccount });
  await conducted(context, abort, () => startOperation(name, bench, () => planned(bench, plan), success));
}

/**
 * Starts an operation, whose plan may ask questions, and shows it to its end; Ctrl-C cancels it.
 * @param desk where a step of it waits for the person.
 */
export async function conducted(
  { face }: Pick<Context, 'face'>,
  abort: AbortController,
  start: () => Promise<Operation>,
  desk?: Desk,
): Promise<void> {
  // Before the lock is taken: from then on an interrupt has to give it back.
  let isShown = false;
  const forget = onInterrupt(() => {
    // From then on the face says so.
    if (!isShown && !abort.signal.aborted) face.say('Stopping as soon as this look has ended; nothing is changed.');
    abort.abort();
  });
  let failure: SetupError | undefined;
  try {
    const operation = await start();
    isShown = true;
    await face.operation(operation.events, () => abort.abort(), desk);
    failure = operation.failure();
  } finally {
    forget();
  }
  if (!failure) return;
  // Lines on stdout may go to a file or nowhere (cron): the cause has to arrive on stderr too.
  if (face.kind === 'silent')
    throw new SetupError(failure.kind, failure.message, { code: failure.code, next: failure.next });
  throw new ReportedError(failure);
}

/** The plan, unless somebody stops us before its first step, in a question of it too: an error here gives the lock back. */
async function planned(
  bench: Workbench,
  plan: (bench: Workbench) => Promise<readonly Step[]>,
): Promise<readonly Step[]> {
  const stopped = new Promise<never>((_, reject) => {
    bench.signal.addEventListener('abort', () => reject(cancelledByPerson()), { once: true });
  });
  if (bench.signal.aborted) throw cancelledByPerson();
  return Promise.race([plan(bench), stopped]);
}
