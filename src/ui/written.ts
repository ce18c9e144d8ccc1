import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Lines on their way to a reader who may be slower than we are. */
export interface LineWriter {
  write(line: string): void;
  /** Resolves when the reader has caught up; undefined where there is nothing to wait for. */
  readonly caughtUp: () => Promise<void> | undefined;
}

/**
 * Writes lines in portions: thousands of writes a second cost more than the lines. Whoever waits for `caughtUp` after each
 * portion never holds more than that, however slow the reader is; one that went away is caught up with.
 */
export function lineWriter(output: Writable): LineWriter {
  let pending = '';
  return {
    write(line) {
      pending += `${line}\n`;
    },
    caughtUp() {
      if (pending === '') return undefined;
      const text = pending;
      pending = '';
      if (output.write(text) || output.destroyed || output.errored) return undefined;
      const gone = new AbortController();
      const { signal } = gone;
      const ends = ['drain', 'close', 'error'].map((event) => once(output, event, { signal }).catch(() => undefined));
      return Promise.race(ends).then(() => gone.abort());
    },
  };
}
