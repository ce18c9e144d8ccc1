import * as z from 'zod';
import type { Runner } from '../system/run.ts';
import { LABELS, watchEvents } from './commands.ts';
import { dockerMissing, engineError } from './errors.ts';
import { mapLines } from './map-lines.ts';

/** Something happened to a container of the stack. */
export interface EngineEvent {
  /** e.g. `start`, `die`, `health_status`. */
  readonly action: string;
  /** What a `health_status` says. */
  readonly health?: string;
  readonly container: string;
  readonly service: string;
  readonly exitCode?: number;
  /** Milliseconds since the epoch, by the engine's clock. */
  readonly at: number;
}

const Raw = z.object({
  Action: z.string(),
  Actor: z.object({ ID: z.string(), Attributes: z.record(z.string(), z.string()).default({}) }),
  timeNano: z.number(),
});

/**
 * The events of a project's containers until the signal aborts. Throws when the engine goes away, and may
 * end without an error; reconnecting, and listing anew, is for the caller: the engine replays only its last 256.
 * `since`: Unix seconds from which on events are replayed.
 */
export async function* watchContainers(
  runner: Pick<Runner, 'stream'>,
  project: string,
  signal: AbortSignal,
  since?: number,
): AsyncGenerator<EngineEvent, void> {
  const other: string[] = [];
  const exitCode = yield* mapLines(runner.stream(watchEvents(project, since), { signal }), ({ text }) => {
    const event = decode(text);
    if (event) return [event];
    other.push(text);
    other.splice(0, other.length - 20);
    return [];
  });
  if (signal.aborted || exitCode === 0) return;
  throw exitCode === -1 ? dockerMissing() : engineError(other.join('\n'), 'watching the containers');
}

/** An engine whose clock is behind ours would wait until its own is there. */
const TIMEOUT_MS = 3_000;

/** What happened to a project's containers between two times (Unix seconds), as far as the engine remembers. */
export async function pastEvents(
  runner: Pick<Runner, 'run'>,
  project: string,
  since: number,
  until: number,
): Promise<readonly EngineEvent[]> {
  const { stdout } = await runner.run(watchEvents(project, since, until), { timeoutMs: TIMEOUT_MS });
  return stdout.split('\n').flatMap((line) => decode(line) ?? []);
}

function decode(line: string): EngineEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  try {
    const { Action, Actor, timeNano } = Raw.parse(JSON.parse(line));
    // `health_status: healthy`
    const [action = '', health] = Action.split(': ');
    const exitCode = Actor.Attributes.exitCode;
    return {
      action,
      ...(health === undefined ? {} : { health }),
      container: Actor.ID,
      service: Actor.Attributes[LABELS.service] ?? '',
      ...(exitCode === undefined ? {} : { exitCode: Number(exitCode) }),
      at: Math.floor(timeNano / 1e6),
    };
  } catch {
    return undefined;
  }
}
