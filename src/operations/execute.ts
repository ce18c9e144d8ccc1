import { build } from '../engine/build.ts';
import { takenPort } from '../engine/errors.ts';
import { down, up } from '../engine/up.ts';
import { ensureVolume, fillVolume, readFromVolume } from '../engine/volumes.ts';
import { SetupError } from '../errors.ts';
import type { OperationEvent } from '../events/operation.ts';
import type { RunningTrader } from '../host/words.ts';
import type { SecretStore } from '../secrets/store.ts';
import type { Stack } from '../stack/schema.ts';
import type { Runner } from '../system/run.ts';
import { adoptInto, endEarlier } from './adopt.ts';
import { checkCopy, takeIntoUse } from './adopted.ts';
import { withEstimates } from './build-history.ts';
import { deliver } from './deliver.ts';
import { readRevisions, writeRevisions } from './env-file.ts';
import { placeOf } from './place.ts';
import { portTaken } from './preflight.ts';
import { waitUntilReady } from './ready.ts';
import { bringToSchema } from './schema.ts';
import { rememberVolume } from './snapshot.ts';
import { type Step, stepId } from './step.ts';
import { checkTraders } from './traders.ts';
import { refuseBesideData } from './writers.ts';

/** What the steps of an operation work with. */
export interface Workbench {
  readonly runner: Runner;
  readonly stack: Stack;
  /** The repository. */
  readonly dir: string;
  /** The file, outside of the repository, that keeps how long its builds took. */
  readonly buildTimes: string;
  /** The file, outside of the repository, that keeps how far a rotation of secrets came; absolute. */
  readonly journal: string;
  readonly signal: AbortSignal;
  /** Opens the store; only steps that need a value do. */
  readonly openStore: () => Promise<SecretStore>;
  /** Who listens on a port of the engine's host; `stack`: the stack id, where it is a container of one. */
  readonly whoHolds: (port: number) => Promise<{ readonly who: string; readonly stack?: string } | undefined>;
  /** Programs of this machine that have an SQLite database open, in words. */
  readonly whoHasOpen: (path: string) => Promise<readonly string[]>;
  /** What runs beside this stack and may place orders, and how each is stopped. */
  readonly whoTrades: () => Promise<readonly RunningTrader[]>;
}

type Volume = Extract<Step, { kind: 'volume' }>;

/** The mark goes in with the volume: a volume without it is one that lost its content. */
async function* makeVolume(bench: Workbench, step: Volume): AsyncGenerator<OperationEvent, void> {
  const { runner, stack, dir } = bench;
  const { plan, name, mark, adopt } = step;
  // Again: a build of minutes lies between.
  if (step.filledFrom !== undefined) return checkCopy(bench, step);
  if (plan.kind === 'data') await rememberVolume(dir, plan.volume, 'begun');
  await ensureVolume(runner, {
    name,
    labels: { 'trading-setup.stack': stack.id, 'trading-setup.volume': plan.volume },
  });
  const owner = { uid: plan.uid, gid: plan.gid };
  const rootOwner = { ...owner, mode: plan.kind === 'data' ? 0o750 : 0o500 };
  // A marked one was in use already when its making was interrupted: nothing is written over what it holds.
  if (adopt) await endEarlier(bench, name);
  let from: string | undefined;
  if (adopt && (await readFromVolume(runner, name, '.trading-setup'))?.trim() !== mark) {
    await fillVolume(runner, { volume: name, rootOwner, files: [] });
    from = yield* adopted(step, adoptInto(bench, plan, { volume: name, mark, adopt }));
  }
  await fillVolume(runner, {
    volume: name,
    rootOwner,
    files: [{ path: '.trading-setup', content: `${mark}\n`, ...owner, mode: 0o444 }],
  });
  if (plan.kind === 'data') await rememberVolume(dir, plan.volume, from === undefined ? 'known' : 'filled', from);
}

async function* adopted<T>(step: Step, texts: AsyncGenerator<string, T>): AsyncGenerator<OperationEvent, T> {
  for (;;) {
    const next = await texts.next();
    if (next.done) return next.value;
    yield { type: 'step-progress', id: stepId(step), text: next.value };
  }
}

async function* compose(
  step: Step,
  events: AsyncGenerator<{ id: string; status: string }, void>,
): AsyncGenerator<OperationEvent, void> {
  for await (const { id, status } of events) yield { type: 'step-progress', id: stepId(step), text: `${id} ${status}` };
}

/** A port that was free before the build and is not any more: the same sentence as before the build. */
async function namedHolder({ stack, whoHolds }: Workbench, error: unknown): Promise<unknown> {
  const taken = error instanceof SetupError ? takenPort(error) : undefined;
  return taken === undefined ? error : portTaken(stack, taken.port, (await whoHolds(taken.port))?.who);
}

async function* start(step: Step, bench: Workbench): AsyncGenerator<OperationEvent, void> {
  const { runner, signal } = bench;
  // Again: a build of minutes lies between.
  await checkTraders(bench);
  await refuseBesideData(bench);
  const takeBack = await takeIntoUse(bench);
  try {
    return yield* compose(step, up(runner, { ...(await placeOf(bench)), signal }));
  } catch (error) {
    // What failed first is the news.
    await takeBack().catch(() => undefined);
    throw await namedHolder(bench, error);
  }
}

/** Carries out one step; it decides nothing. */
export async function* execute(step: Step, bench: Workbench): AsyncGenerator<OperationEvent, void> {
  const { runner, stack, dir, signal } = bench;
  switch (step.kind) {
    case 'build':
      return yield* withEstimates(build(runner, { ...(await placeOf(bench)), signal }), bench.buildTimes);
    case 'volume':
      return yield* makeVolume(bench, step);
    case 'deliver':
      return writeRevisions(
        dir,
        await deliver(runner, stack, await bench.openStore(), await readRevisions(dir, step.services)),
      );
    case 'schema':
      return yield* bringToSchema(bench, step);
    case 'start':
      return yield* start(step, bench);
    case 'ready':
      return yield* waitUntilReady(runner, stack, { seconds: step.seconds, signal });
    case 'stop':
      return yield* compose(step, down(runner, { ...(await placeOf(bench)), signal }));
  }
}

/** What a cancelled operation ends with. */
export function cancelledByPerson(): SetupError {
  return new SetupError('cancelled', 'Cancelled.', {
    code: 'cancelled',
    next: ['Run the same command again when you are ready.'],
  });
}
