import { checkEngine } from '../engine/check.ts';
import { ReportedError, SetupError } from '../errors.ts';
import type { OperationName } from '../events/operation.ts';
import { publishedPorts } from '../host/containers.ts';
import { openersOf } from '../host/openers.ts';
import { portHolders } from '../host/ports.ts';
import { thisMachine } from '../host/system.ts';
import { runningTraders } from '../host/words.ts';
import { cancelledByPerson, type Workbench } from '../operations/execute.ts';
import { type Success, startOperation } from '../operations/run.ts';
import type { Step } from '../operations/step.ts';
import type { Stack } from '../stack/schema.ts';
import { stateFile } from '../system/folders.ts';
import { environment } from '../system/process.ts';
import { onInterrupt } from '../system/terminal.ts';
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
  const { runner, dir, face } = context;
  // Before the lock: a machine that lacks something is told so, whoever is at work.
  const { remote } = await checkEngine(runner);
  const abort = new AbortController();
  let store: ReturnType<Context['openStore']> | undefined;
  const bench: Workbench = {
    runner,
    stack,
    dir,
    buildTimes: stateFile('builds', dir, environment()),
    signal: abort.signal,
    openStore: () => {
      store ??= context.openStore(stack);
      return store;
    },
    whoHolds: async (port) => {
      const container = (await publishedPorts(runner)).find((holder) => holder.port === port);
      if (container) return { who: container.who, ...(container.stack ? { stack: container.stack } : {}) };
      const who = remote ? undefined : (await portHolders([port])).get(port);
      return who === undefined ? undefined : { who };
    },
    whoHasOpen: (path) => openersOf(path, runner, thisMachine().self),
    whoTrades: async () => {
      if (otherAccount) return [];
      // Loaded for the commands that ask.
      const { observeBelongings } = await import('./belongings.ts');
      return runningTraders(await observeBelongings(runner, dir, stack), stack.id);
    },
  };
  // Before the lock is taken: from then on an interrupt has to give it back.
  const forget = onInterrupt(() => abort.abort());
  let failure: SetupError | undefined;
  try {
    const operation = await startOperation(name, bench, () => planned(bench, plan), success);
    await face.operation(operation.events, () => abort.abort());
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
