import { setImmediate as breathe } from 'node:timers/promises';

/** A value that changes often and is shown now and then. */
export interface Live<T> {
  /** The value as it was last published: the same until listeners are called again. */
  get(): T;
  subscribe(listener: () => void): () => void;
}

export interface LiveSource<T> extends Live<T> {
  set(value: T): void;
  /** The newest value, published or not. */
  latest(): T;
}

/** More often nobody can read it. */
const PACE_MS = 80;

/** A value published at most once in `pace` milliseconds. */
export function createLive<T>(start: T, pace = PACE_MS): LiveSource<T> {
  let latest = start;
  let published = start;
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();
  const publish = (): void => {
    timer = undefined;
    published = latest;
    for (const listener of listeners) listener();
  };
  return {
    get: () => published,
    latest: () => latest,
    set(value) {
      latest = value;
      timer ??= setTimeout(publish, pace);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearTimeout(timer);
        timer = undefined;
      };
    },
  };
}

/** What is worked off between two breaths: a key that is pressed meanwhile waits this long. */
const BREATH_MS = 8;

/**
 * Calls `take` for every event, and waits for it where it says so. A source that always has the next event ready never
 * lets timers and keys through by itself (an awaited value that is there costs a microtask only), so a breath is taken
 * now and then.
 */
export async function follow<E>(
  events: AsyncIterable<E>,
  take: (event: E) => Promise<void> | undefined | void,
): Promise<void> {
  let last = performance.now();
  for await (const event of events) {
    const wait = take(event);
    if (wait !== undefined) await wait;
    if (performance.now() - last < BREATH_MS) continue;
    await breathe();
    last = performance.now();
  }
}
