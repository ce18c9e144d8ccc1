import { ask } from '../engine/ask.ts';
import { endContainer, startContainer } from '../engine/commands.ts';
import { type ObservedContainer, observe } from '../engine/observe.ts';
import { loginContainer } from '../engine/one-off.ts';
import { stopServices } from '../engine/up.ts';
import { SetupError } from '../errors.ts';
import type { OperationEvent } from '../events/operation.ts';
import type { Secret } from '../secret.ts';
import type { SecretCommand } from '../stack/schema.ts';
import { now } from '../system/clock.ts';
import type { Workbench } from './execute.ts';
import { type LoginNote, pausedByLogin, removeLoginNote, writeLoginNote } from './login-note.ts';
import { loginAgain, talk } from './login-talk.ts';
import { placeOf } from './place.ts';
import { READY_SECONDS } from './plan.ts';
import { waitUntilReady } from './ready.ts';
import { refuseHalfRotated } from './rotation/refuse.ts';
import { conduct, type Operation, plannedStep, runTasks, type Success, stepFailed, type Task } from './run.ts';
import { checkTraders, refuseOtherTrader } from './traders.ts';

/** What a login works with beside the tools of every operation. */
export interface LoginBench extends Workbench {
  readonly command: SecretCommand;
  /** Has a person open the address and gives the one that the browser was sent to; undefined: they gave up. */
  readonly paste: (url: string, lines: readonly string[]) => Promise<Secret | undefined>;
  /** How long the program may take to print the address, in milliseconds; then its input ends. */
  readonly addressMs: number;
  /** The login has worked: remembers it, and says how long it lasts. */
  readonly remember: () => Promise<string>;
}

/** How far a login came. */
interface Progress {
  isLoggedIn: boolean;
  /** How long it lasts, in words; empty: not remembered. */
  words: string;
  /** What was stopped for it could not be started again. */
  isDown: boolean;
}

/**
 * Has the program log in again at its broker, in a container of its own with the secrets and the data of its service. A
 * service that runs is stopped meanwhile where it keeps data: an SQLite file has one writer. That is written down first,
 * so that a run that is killed leaves a service that the board, and the next login, know to be stopped for this. It is
 * started again whatever comes of the login: the same container, as it was.
 */
export function startLogin(bench: LoginBench): Promise<Operation> {
  const { run } = bench.command;
  return conduct('login', bench, async () => {
    await refuseHalfRotated(bench);
    const pause = await pauseOf(bench);
    const progress: Progress = { isLoggedIn: false, words: '', isDown: false };
    const login = task('login', 'Log in', run.join(' '), async function* () {
      yield* talk(bench);
      progress.isLoggedIn = true;
    });
    const remembering = task('remember', 'Remember when it ends', 'the board counts down to it', async function* () {
      progress.words = await bench.remember();
      yield { type: 'step-progress', id: 'remember', text: progress.words };
    });
    return {
      tasks: [
        ...(pause ? [stopTask(bench, pause)] : []),
        ...[login, remembering],
        ...(pause ? startTasks(bench, pause, progress, 'the login is over') : []),
      ],
      success: async () => ({ truth: `Logged in; ${progress.words}`, next: [] }),
      failed: (error) => wentBack(bench, error, pause, progress),
    };
  });
}

function task(id: string, title: string, cause: string, run: Task['run']): Task {
  return { id, title, cause, run };
}

/** What is stopped for the login, or was by one that was cut off; undefined: nothing. */
async function pauseOf(bench: LoginBench): Promise<LoginNote | undefined> {
  const { runner, stack, command, journal } = bench;
  const left = await pausedByLogin(runner, stack, journal);
  if (left) {
    if (left.service !== command.service) throw elsewhere(left, command);
    // A run that was killed may have left its program at work. What it had stopped begins to trade again: so late,
    // something else may do that by now.
    await runner.run(endContainer(loginContainer(stack.id)));
    refuseOtherTrader(bench);
    await checkTraders(bench);
    return left;
  }
  await removeLoginNote(journal);
  if (stack.services[command.service]?.data === null) return undefined;
  const { containers } = await observe(runner, stack.id);
  const at = containers.find(({ service, state }) => service === command.service && writes(state));
  if (!at) return undefined;
  const since = new Date(now()).toISOString();
  return { version: 1, service: at.service, container: at.id, startedAt: at.startedAt ?? 0, since };
}

/** The stack names another service since an earlier login was cut off: that one comes first. */
function elsewhere({ service, since }: LoginNote, other: SecretCommand): SetupError {
  return new SetupError('needs-you', `${service} is stopped for a login since ${since}, and now another one logs in.`, {
    code: 'login-unfinished',
    next: [`Start ${service} again: trading-setup deploy`, `Then run: ${loginAgain(other)}`],
  });
}

/** One that crashes and comes back writes as well. */
function writes(state: ObservedContainer['state']): boolean {
  return state === 'running' || state === 'restarting' || state === 'paused';
}

function stopTask(bench: LoginBench, pause: LoginNote): Task {
  const { runner, signal, journal } = bench;
  const { service } = pause;
  return task('stop', `Stop ${service}`, 'it and the login would write the same files', async function* () {
    await writeLoginNote(journal, pause);
    const events = stopServices(runner, { ...(await placeOf(bench)), services: [service], signal });
    for await (const { id, status } of events) yield { type: 'step-progress', id: 'stop', text: `${id} ${status}` };
    await writeLoginNote(journal, { ...pause, startedAt: await startOf(bench, pause) });
  });
}

/** One that crashed and came back until it was stopped has started since it was looked at. */
async function startOf({ runner, stack }: LoginBench, { container, startedAt }: LoginNote): Promise<number> {
  const { containers } = await observe(runner, stack.id);
  return containers.find(({ id }) => id === container)?.startedAt ?? startedAt;
}

/**
 * Not to be cancelled: what ran before has to run again. The container is started as it was made: what was changed since
 * and not deployed is not put in force by a login.
 */
function startTasks(
  { runner, stack, journal }: LoginBench,
  { service, container }: LoginNote,
  progress: Progress,
  cause: string,
): readonly Task[] {
  const noted = (run: Task['run']): Task['run'] =>
    async function* () {
      progress.isDown = true;
      yield* run();
      progress.isDown = false;
    };
  const signal = new AbortController().signal;
  return [
    task(
      'start',
      `Start ${service}`,
      cause,
      noted(async function* () {
        await ask(runner, startContainer(container));
        await removeLoginNote(journal);
        yield { type: 'step-progress', id: 'start', text: 'the same container, as it was' };
      }),
    ),
    task(
      'ready',
      `Wait until ${service} is healthy`,
      'started is not yet healthy',
      noted(() => waitUntilReady(runner, stack, { seconds: READY_SECONDS, signal, services: [service] })),
    ),
  ];
}

/** What came of the login, in a sentence. */
function outcome({ isLoggedIn, words }: Progress): string {
  if (!isLoggedIn) return 'The program is not logged in anew; what it had before is what it has.';
  return words === '' ? 'Logged in; when that ends could not be remembered.' : `Logged in; ${words}`;
}

async function* wentBack(
  bench: LoginBench,
  error: SetupError,
  pause: LoginNote | undefined,
  progress: Progress,
): AsyncGenerator<OperationEvent, Success> {
  const said = outcome(progress);
  if (!pause) return { truth: said, next: error.next };
  const ill: Success = {
    truth: `${said} ${pause.service} does not run as it should.`,
    next: ['trading-setup status', ...error.next],
  };
  if (progress.isDown) return ill;
  const tasks = startTasks(bench, pause, progress, 'it ran before');
  yield { type: 'undoing', why: error.message, steps: tasks.map(plannedStep) };
  let at = 'start';
  try {
    yield* runTasks(tasks, ({ id }) => {
      at = id;
    });
    return { truth: `${said} ${pause.service} runs again.`, next: error.next };
  } catch (second) {
    if (!(second instanceof SetupError)) throw second;
    yield stepFailed(at, second);
    return ill;
  }
}
