import { endContainer } from '../engine/commands.ts';
import { cancelled, lastLines } from '../engine/errors.ts';
import { observe } from '../engine/observe.ts';
import { oneOff } from '../engine/one-off.ts';
import { stopServices } from '../engine/up.ts';
import { SetupError } from '../errors.ts';
import type { OperationEvent } from '../events/operation.ts';
import { redact } from '../secret.ts';
import { schemaService } from '../stack/names.ts';
import type { Workbench } from './execute.ts';
import { placeOf } from './place.ts';
import { type Step, stepId } from './step.ts';
import { checkTraders } from './traders.ts';

/** What `docker/migrate-sqlite.sh` ends with where it was only asked, and something is new. */
const PENDING = 10;
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

/**
 * Brings the SQLite database of a service to the schema of this version. The service goes on where nothing is new, and is
 * stopped before the first file is applied; after a failure it stays stopped.
 * @throws SetupError `schema-failed`.
 */
export async function* bringToSchema(
  bench: Workbench,
  step: Extract<Step, { kind: 'schema' }>,
): AsyncGenerator<OperationEvent, void> {
  const { runner, stack, dir, signal } = bench;
  const { service } = step;
  const tell = (text: string): OperationEvent => ({ type: 'step-progress', id: stepId(step), text });
  const running = (await observe(runner, stack.id)).containers.some(
    (container) => container.service === service && container.state !== 'exited' && container.state !== 'created',
  );
  const asked = yield* told(runScript(bench, service, 'ask'), tell);
  if (signal.aborted) throw cancelled('the migration');
  if (asked.code === 0) return;
  if (asked.code !== PENDING) {
    const untouched = running ? `${service} runs on as it was` : `${service} is not started`;
    throw failed(service, `${untouched}; its database was not brought to the schema of this version`, asked);
  }
  // Whoever else trades would keep it from starting again: better known while it runs.
  await checkTraders(bench);
  if (running) {
    yield tell(`stopping ${service}`);
    const place = await placeOf({ dir, stack });
    for await (const { id, status } of stopServices(runner, { ...place, services: [service], signal }))
      yield tell(`${id} ${status}`);
  }
  const done = yield* told(runScript(bench, service, 'apply'), tell);
  if (signal.aborted) throw cancelled('the migration');
  if (done.code !== 0)
    throw failed(
      service,
      `${service} is stopped and stays so; its database was not brought to the schema of this version`,
      done,
    );
}

async function* told<T>(
  lines: AsyncGenerator<string, T>,
  tell: (text: string) => OperationEvent,
): AsyncGenerator<OperationEvent, T> {
  for (;;) {
    const next = await lines.next();
    if (next.done) return next.value;
    yield tell(next.value);
  }
}
