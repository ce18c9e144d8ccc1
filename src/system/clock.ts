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

/** After what was just made known is on the screen: React needs a turn to render it and one for its effects. */
export async function afterPaint(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
}

/** The real clock. */
export const clock: Clock = { now, sleep };
