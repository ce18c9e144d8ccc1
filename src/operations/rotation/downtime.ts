import { type EngineEvent, watchContainers } from '../../engine/events.ts';
import { now, sleep } from '../../system/clock.ts';
import type { Runner } from '../../system/run.ts';

/** How long a service was away, in milliseconds of the engine's clock. */
export interface Downtime {
  readonly service: string;
  /** From the end of its old process to the start of the new one. */
  readonly downMs: number;
  /** From the end of its old process until it was healthy. */
  readonly wellMs: number;
}

/** Follows the ends and starts of containers from now on. */
export interface DowntimeWatch {
  /** What was seen of these services; waits a moment for words of the engine that are still on their way. */
  of(services: readonly string[]): Promise<readonly Downtime[]>;
  stop(): Promise<void>;
}

interface Seen {
  readonly died?: number;
  readonly started?: number;
  readonly well?: number;
}

/** The engine says `healthy` to those who ask a little before it says so to those who listen. */
const LATE_MS = 1_500;
const EVERY_MS = 50;

/** The engine remembers only its last 256 events, and health checks make three each: one has to listen. */
export function watchDowntime(runner: Pick<Runner, 'stream'>, project: string): DowntimeWatch {
  const stop = new AbortController();
  const seen = new Map<string, Seen>();
  const listening = listen(runner, project, stop.signal, (event) => {
    seen.set(event.service, fold(seen.get(event.service) ?? {}, event));
  });
  return {
    of: async (services) => {
      for (
        let waited = 0;
        waited < LATE_MS && !services.every((name) => isComplete(seen.get(name)));
        waited += EVERY_MS
      )
        await sleep(EVERY_MS);
      return services.flatMap((service) => toDowntime(service, seen.get(service)) ?? []);
    },
    stop: async () => {
      stop.abort();
      await listening;
    },
  };
}

async function listen(
  runner: Pick<Runner, 'stream'>,
  project: string,
  signal: AbortSignal,
  tell: (event: EngineEvent) => void,
): Promise<void> {
  try {
    for await (const event of watchContainers(runner, project, signal, now() / 1000)) tell(event);
  } catch {
    // Not measured then; that the engine went away is noticed by those who need it.
  }
}

function fold(seen: Seen, { action, health, at }: EngineEvent): Seen {
  // The first end and the start that follows it: what happens later is no part of the exchange.
  if (action === 'die' && seen.died === undefined) return { died: at };
  if (action === 'start' && seen.died !== undefined && seen.started === undefined) return { ...seen, started: at };
  if (health === 'healthy' && seen.started !== undefined && seen.well === undefined) return { ...seen, well: at };
  return seen;
}

function isComplete({ died, started, well }: Seen = {}): boolean {
  // One that was not seen to end was not recreated, or by an earlier run: there is nothing to measure.
  return died === undefined || (started !== undefined && well !== undefined);
}

function toDowntime(service: string, { died, started, well }: Seen = {}): Downtime | undefined {
  if (died === undefined || started === undefined) return undefined;
  return { service, downMs: started - died, wellMs: (well ?? started) - died };
}
