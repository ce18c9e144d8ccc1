/** So often it is looked whether this process ran meanwhile. */
const TICK_MS = 250;

/**
 * Calls `over` after so much time in which this process could run; returns how to take that back. A process that was
 * stopped (Ctrl-Z, SIGSTOP, a laptop that slept) finds all its timers due when it goes on, before it hears what
 * happened meanwhile: that time does not count.
 */
export function patience(ms: number, over: () => void): () => void {
  let left = ms;
  let timer: NodeJS.Timeout | undefined;
  const tick = (): void => {
    const began = performance.now();
    const due = Math.min(left, TICK_MS);
    timer = setTimeout(() => {
      // Far later than it was due: stopped, or too busy to hear an answer.
      if (performance.now() - began < due + TICK_MS) left -= due;
      if (left > 0) tick();
      else over();
    }, due);
  };
  tick();
  return () => clearTimeout(timer);
}
