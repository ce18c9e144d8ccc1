import { setTimeout as wait } from 'node:timers/promises';

/** The port for time; tests pass their own. */
export interface Clock {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** Milliseconds since the epoch. */
export function now(): number {
  return Date.now();
}

/** Waits; an abort ends the wait early, without an exception. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** After everything that is due now, e.g. after a screen was drawn. */
export async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** The real clock. */
export const clock: Clock = { now, sleep };
