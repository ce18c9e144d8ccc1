import { ask } from '../engine/ask.ts';
import { endContainer, startContainer } from '../engine/commands.ts';
import { cancelled, lastLines } from '../engine/errors.ts';
import { type ObservedContainer, observe } from '../engine/observe.ts';
import { oneOff } from '../engine/one-off.ts';
import { stopServices } from '../engine/up.ts';
import { SetupError } from '../errors.ts';
import type { OperationEvent } from '../events/operation.ts';
import { redact } from '../secret.ts';
import { schemaService } from '../stack/names.ts';
import type { Workbench } from './execute.ts';
import { placeOf } from './place.ts';
import { READY_SECONDS } from './plan.ts';
import { waitUntilReady } from './ready.ts';
import { type Step, stepId } from './step.ts';
import { checkTraders } from './traders.ts';
import { refuseBesideData } from './writers.ts';

/** What `docker/migrate-sqlite.sh` ends with where it was only asked, and something is new. */
const PENDING = 10;
/** What it ends with where it was to apply something, could not, and has changed nothing. */
const UNCHANGED = 12;
const NOT_BROUGHT = 'its database was not brought to the schema of this version';
const SAID = /^migrate: (.*)$/;
const NEXT = /^next: (.*)$/;

interface Said {
  readonly code: number;
  /** What the script said to a person, in order. */
  readonly words: readonly string[];
  readonly next: readonly string[];
  readonly others: readonly string[];
}

/** The container of a run, so that one that a killed run has left is found and ended. */
function containerOf(stackId: string, service: string): string {
  return `trading-setup-schema-${stackId}-${service}`;
}

/** Runs the one-shot of a service in a container of its own; yields what it says. */
async function* runScript(
  { runner, stack, dir, signal }: Workbench,
  service: string,
  mode: 'ask' | 'apply',
): AsyncGenerator<string, Said> {
  const { from, file } = stack.services[service]?.migrations ?? { from: '', file: '' };
  const name = containerOf(stack.id, service);
  await runner.run(endContainer(name));
  const words = mode === 'ask' ? ['--pending', from, file] : [from, file];
  const place = await placeOf({ dir, stack });
  const command = oneOff(place, schemaService(service), words, { terminal: false, name });
  const [said, next, others]: [string[], string[], string[]] = [[], [], []];
  const lines = runner.stream({ ...command, stdin: '' }, { signal });
  for (;;) {
    const result = await lines.next();
    if (result.done) return { code: result.value, words: said, next, others };
    for (const { text: raw } of result.value) {
      const text = redact(raw);
      const [, word] = SAID.exec(text) ?? [];
      const [, command] = NEXT.exec(text) ?? [];
      if (word !== undefined) said.push(word);
      else if (command !== undefined) next.push(command);
      else others.push(text);
      if (word !== undefined) yield word;
    }
  }
}

function failed(service: string, what: string, { words, next, others }: Said): SetupError {
  const why = words.at(-1) ?? 'its one-shot did not run.';
  return new SetupError('tool-failed', `${what}: ${why}`, {
    code: 'schema-failed',
    output: lastLines(others.join('\n')),
    next: next.length > 0 ? next : [`See why: docker compose run --rm --no-deps ${schemaService(service)}`],
  });
}

/** A service with SQL files that are new to its database. */
interface Pending {
  readonly service: string;
  /** Its container, where it runs. */
  readonly container: string | undefined;
}

/** Why a database is not at its schema. */
interface Failure {
  readonly error: SetupError;
  readonly isUntouched: boolean;
}

type Tell = (text: string) => OperationEvent;

/**
 * Brings SQLite databases to the schema of this version. Every one is asked first, while all services run: a service is
 * stopped only where something is new for it and nothing is refused anywhere. After a failure that changed nothing its
 * container is started again as it was; else it stays stopped.
 * @throws SetupError `schema-failed`, which names what is stopped.
 */
export async function* bringToSchema(
  bench: Workbench,
  step: Extract<Step, { kind: 'schema' }>,
): AsyncGenerator<OperationEvent, void> {
  const { signal } = bench;
  const tellOf =
    (service: string): Tell =>
    (text) => ({
      type: 'step-progress',
      id: stepId(step),
      text: step.services.length === 1 ? text : `${service}: ${text}`,
    });
  const pending: Pending[] = [];
  for (const service of step.services) {
    const container = await runningContainer(bench, service);
    const asked = yield* told(runScript(bench, service, 'ask'), tellOf(service));
    if (signal.aborted) throw cancelled('the migration');
    if (asked.code === PENDING) pending.push({ service, container });
    else if (asked.code !== 0) {
      const untouched = container === undefined ? `${service} is not started` : `${service} runs on as it was`;
      throw failed(service, `${untouched}; ${NOT_BROUGHT}`, asked);
    }
  }
  if (pending.length === 0) return;
  // Whoever else trades would keep them from starting again: better known while they run.
  await checkTraders(bench);
  await refuseBesideData(bench);
  const stopped: string[] = [];
  for (const each of pending) {
    const failure = yield* migrate(bench, each, tellOf(each.service));
    if (failure) throw withStopped(failure, yield* whatBecame(bench, each, failure, tellOf(each.service)), stopped);
    if (each.container !== undefined) stopped.push(each.service);
  }
}

async function runningContainer({ runner, stack }: Workbench, service: string): Promise<string | undefined> {
  const { containers } = await observe(runner, stack.id);
  const runs = ({ state }: ObservedContainer) => state === 'running' || state === 'restarting' || state === 'paused';
  return containers.find((container) => container.service === service && runs(container))?.id;
}

async function* migrate(
  bench: Workbench,
  { service, container }: Pending,
  tell: Tell,
): AsyncGenerator<OperationEvent, Failure | undefined> {
  const { runner, signal } = bench;
  if (container !== undefined) {
    yield tell(`stopping ${service}`);
    try {
      const place = await placeOf(bench);
      for await (const { id, status } of stopServices(runner, { ...place, services: [service], signal }))
        yield tell(`${id} ${status}`);
    } catch (error) {
      if (error instanceof SetupError) return { error, isUntouched: true };
      throw error;
    }
  }
  const done = yield* told(runScript(bench, service, 'apply'), tell);
  const isUntouched = done.code === UNCHANGED;
  if (signal.aborted) return { error: cancelled('the migration'), isUntouched };
  if (done.code === 0) return undefined;
  return { error: failed(service, NOT_BROUGHT, done), isUntouched };
}

/** What became of a service whose database is not at its schema, in words; it runs again where nothing was changed. */
async function* whatBecame(
  bench: Workbench,
  { service, container }: Pending,
  { isUntouched }: Failure,
  tell: Tell,
): AsyncGenerator<OperationEvent, string> {
  if (container === undefined) return `${service} is not started`;
  if (!isUntouched) return `${service} is stopped and stays so`;
  yield tell(`starting ${service} again`);
  const { runner, stack, signal } = bench;
  try {
    await ask(runner, startContainer(container));
  } catch {
    return `nothing was changed, and ${service} is stopped: it could not be started again`;
  }
  const again = `nothing was changed, and ${service} was started again as it was`;
  // Who cancels does not wait.
  if (signal.aborted) return again;
  try {
    yield* waitUntilReady(runner, stack, { seconds: READY_SECONDS, signal, services: [service] });
  } catch {
    return `${again}, but is not healthy`;
  }
  return again;
}

/** The error with what is stopped now because of this operation. */
function withStopped({ error }: Failure, became: string, stopped: readonly string[]): SetupError {
  const are = stopped.length === 1 ? 'is' : 'are';
  const others =
    stopped.length === 0
      ? ''
      : `; ${stopped.join(', ')} ${are} stopped too, with the new schema, until a deploy succeeds`;
  const what = `${became}${others}`;
  const isCancelled = error.kind === 'cancelled';
  return new SetupError(error.kind, isCancelled ? `${error.message} Now ${what}.` : `${what}; ${error.message}`, {
    code: error.code,
    output: error.output,
    next: error.next,
  });
}

async function* told<T>(lines: AsyncGenerator<string, T>, tell: Tell): AsyncGenerator<OperationEvent, T> {
  for (;;) {
    const next = await lines.next();
    if (next.done) return next.value;
    yield tell(next.value);
  }
}
