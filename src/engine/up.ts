import * as z from 'zod';
import { redact } from '../secret.ts';
import type { Command, Runner } from '../system/run.ts';
import { composeDown, composeRecreate, composeStop, composeUp, type Place } from './commands.ts';
import { cancelled, dockerMissing, engineError } from './errors.ts';
import { mapLines } from './map-lines.ts';

/** One word of Compose about one thing, e.g. `Container x-app-1` `Started`. */
export interface UpEvent {
  readonly id: string;
  readonly status: string;
}

/** Other lines that are kept for the error. */
const KEPT_LINES = 100;

/** `status` is absent in pull messages, which carry a `text`. */
const Progress = z.object({ id: z.string(), status: z.string().optional(), text: z.string().optional() });

/** Creates and starts the containers of the stack in `dir`; builds nothing. Throws a SetupError when that fails. */
export function up(
  runner: Pick<Runner, 'stream'>,
  { services, signal, ...place }: Place & { readonly services?: readonly string[]; readonly signal?: AbortSignal },
): AsyncGenerator<UpEvent, void> {
  return progress(runner, composeUp(place, services), 'the start', signal);
}

/** Stops and removes the containers of the stack in `dir`; volumes stay. */
export function down(
  runner: Pick<Runner, 'stream'>,
  { signal, ...place }: Place & { readonly signal?: AbortSignal },
): AsyncGenerator<UpEvent, void> {
  return progress(runner, composeDown(place), 'the stop', signal);
}

interface Some extends Place {
  readonly services: readonly string[];
  readonly signal?: AbortSignal;
}

/** Recreates those of these services that are not as the Compose file and `.env` say, and starts those that do not run. */
export function recreate(
  runner: Pick<Runner, 'stream'>,
  { services, force, signal, ...place }: Some & { readonly force: boolean },
): AsyncGenerator<UpEvent, void> {
  return progress(runner, composeRecreate(place, services, force), 'the recreation', signal);
}

/** Stops these services and nothing else. */
export function stopServices(
  runner: Pick<Runner, 'stream'>,
  { services, signal, ...place }: Some,
): AsyncGenerator<UpEvent, void> {
  return progress(runner, composeStop(place, services), 'the stop', signal);
}

async function* progress(
  runner: Pick<Runner, 'stream'>,
  command: Command,
  doing: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<UpEvent, void> {
  const other: string[] = [];
  const exitCode = yield* mapLines(runner.stream(command, signal ? { signal } : {}), ({ text }) => {
    const event = decode(text);
    if (event) return [event];
    other.push(text);
    if (other.length > KEPT_LINES) other.shift();
    return [];
  });
  if (signal?.aborted) throw cancelled(doing);
  if (exitCode === -1) throw dockerMissing();
  if (exitCode !== 0) throw engineError(other.join('\n'), `${doing} ended with ${exitCode}`);
}

function decode(line: string): UpEvent | undefined {
  if (!line.startsWith('{"id"')) return undefined;
  try {
    const { id, status, text } = Progress.parse(JSON.parse(line));
    return { id, status: redact([text, status].filter(Boolean).join(': ')) };
  } catch {
    return undefined;
  }
}
