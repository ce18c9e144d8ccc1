import { PassThrough } from 'node:stream';
import { observe } from '../engine/observe.ts';
import { oneOff } from '../engine/one-off.ts';
import { recreate, stopServices } from '../engine/up.ts';
import { SetupError } from '../errors.ts';
import type { OperationEvent } from '../events/operation.ts';
import { redact, type Secret } from '../secret.ts';
import type { SecretCommand } from '../stack/schema.ts';
import { patience } from '../system/patience.ts';
import { cancelledByPerson, type Workbench } from './execute.ts';
import { placeOf } from './place.ts';
import { READY_SECONDS } from './plan.ts';
import { waitUntilReady } from './ready.ts';
import { conduct, type Operation, plannedStep, runTasks, type Success, stepFailed, type Task } from './run.ts';

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

/** Lines of the program that are kept for the person and for the error. */
const KEPT_LINES = 20;
const URL_IN = /https:\/\/[^\s"'<>]+/;

/**
 * Has the program log in again at its broker, in a container of its own with the secrets and the data of its service. A
 * service that runs is stopped meanwhile where it keeps data: an SQLite file has one writer. It is started again
 * whatever comes of the login.
 */
export function startLogin(bench: LoginBench): Promise<Operation> {
  const { service, run } = bench.command;
  return conduct('login', bench, async () => {
    const pauses = await hasToPause(bench);
    const stop = task('stop', `Stop ${service}`, 'it and the login would write the same files', () => stopped(bench));
    const login = task('login', 'Log in', run.join(' '), () => loggedIn(bench));
    const again = startTasks(bench, 'the login is over');
    let words = '';
    const remembering = task('remember', 'Remember when it ends', 'the board counts down to it', async function* () {
      words = await bench.remember();
      yield { type: 'step-progress', id: 'remember', text: words };
    });
    return {
      tasks: [...(pauses ? [stop] : []), login, ...(pauses ? again : []), remembering],
      success: async () => ({ truth: `Logged in; ${words}`, next: [] }),
      failed: (error) => wentBack(bench, error, pauses),
    };
  });
}

function task(id: string, title: string, cause: string, run: Task['run']): Task {
  return { id, title, cause, run };
}

async function hasToPause({ runner, stack, command: { service } }: LoginBench): Promise<boolean> {
  if (stack.services[service]?.data === null) return false;
  const { containers } = await observe(runner, stack.id);
  return containers.some((each) => each.service === service && each.state === 'running');
}

async function* stopped(bench: LoginBench): AsyncGenerator<OperationEvent, void> {
  const { runner, signal, command } = bench;
  const events = stopServices(runner, { ...(await placeOf(bench)), services: [command.service], signal });
  for await (const { id, status } of events) yield { type: 'step-progress', id: 'stop', text: `${id} ${status}` };
}

/** Not to be cancelled: what ran before has to run again. */
function startTasks(bench: LoginBench, cause: string): readonly Task[] {
  const { runner, stack, command } = bench;
  const services = [command.service];
  return [
    task('start', `Start ${command.service}`, cause, async function* () {
      const events = recreate(runner, { ...(await placeOf(bench)), services, force: false });
      for await (const { id, status } of events) yield { type: 'step-progress', id: 'start', text: `${id} ${status}` };
    }),
    task('ready', `Wait until ${command.service} is healthy`, 'started is not yet healthy', () =>
      waitUntilReady(runner, stack, { seconds: READY_SECONDS, signal: new AbortController().signal, services }),
    ),
  ];
}

/** The program prints an address, the person brings back another, and that goes to its standard input and nowhere else. */
async function* loggedIn(bench: LoginBench): AsyncGenerator<OperationEvent, void> {
  const { runner, signal, command } = bench;
  const stdin = new PassThrough();
  const call = oneOff(await placeOf(bench), command.service, command.run, { terminal: false });
  const lines = runner.stream({ ...call, stdin }, { signal });
  const said: string[] = [];
  let isAsked = false;
  // One that waits for input without having printed an address would wait for ever.
  const forget = patience(bench.addressMs, () => stdin.end());
  try {
    for (;;) {
      const next = await lines.next();
      if (signal.aborted) throw cancelledByPerson();
      if (next.done) {
        if (next.value === 0 && isAsked) return;
        throw loginFailed(next.value, isAsked, said);
      }
      const texts = next.value.map(({ text }) => redact(text));
      for (const text of texts) {
        said.push(text);
        if (said.length > KEPT_LINES) said.shift();
      }
      const url = isAsked ? undefined : said.flatMap((text) => URL_IN.exec(text)?.[0] ?? [])[0];
      if (url === undefined) {
        for (const text of texts) yield { type: 'step-progress', id: 'login', text };
        continue;
      }
      isAsked = true;
      forget();
      yield { type: 'step-progress', id: 'login', text: 'it has printed the address to open' };
      const pasted = await bench.paste(url, said);
      if (!pasted) throw cancelledByPerson();
      // Programs repeat what they read, and the code alone as well: both are blanked from now on.
      void pasted.map(codeIn);
      stdin.end(`${pasted.reveal()}\n`);
    }
  } finally {
    forget();
    stdin.end();
    await lines.return(0);
  }
}

function codeIn(address: string): string {
  return new URL(address.trim()).searchParams.get('code') ?? '';
}

function loginFailed(code: number, isAsked: boolean, output: readonly string[]): SetupError {
  const what = isAsked
    ? `The login did not work: it ended with exit code ${code}.`
    : `The login command printed no address to open, and ended with exit code ${code}.`;
  return new SetupError('tool-failed', what, {
    code: 'login-failed',
    output,
    next: [
      isAsked
        ? 'An address is good for seconds only and only once: log in again with trading-setup secrets login'
        : 'Correct secrets.commands.login in trading-setup.yaml: it has to print an https address and read the one that the browser was sent to.',
    ],
  });
}

async function* wentBack(
  bench: LoginBench,
  error: SetupError,
  pauses: boolean,
): AsyncGenerator<OperationEvent, Success> {
  const { service } = bench.command;
  const isOut = 'The program is not logged in anew; what it had before is what it has.';
  if (!pauses) return { truth: isOut, next: error.next };
  const tasks = startTasks(bench, 'it ran before');
  yield { type: 'undoing', why: error.message, steps: tasks.map(plannedStep) };
  let at = 'start';
  try {
    yield* runTasks(tasks, ({ id }) => {
      at = id;
    });
    return { truth: `${isOut} ${service} runs again.`, next: error.next };
  } catch (second) {
    if (!(second instanceof SetupError)) throw second;
    yield stepFailed(at, second);
    return { truth: `${isOut} ${service} does not run as it should.`, next: ['trading-setup status', ...error.next] };
  }
}
