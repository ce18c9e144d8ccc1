/** States that can be gone back and forth through. */
export interface History<T> {
  now(): T;
  /** A new state; what was taken back before is gone. */
  add(next: T): void;
  /** One state back; false at the start. */
  back(): boolean;
  /** Forth again; false where nothing was taken back. */
  forth(): boolean;
}

/** A history that starts with one state. */
export function createHistory<T>(start: T): History<T> {
  const states = [start];
  let at = 0;
  const move = (by: number): boolean => {
    if (!(at + by in states)) return false;
    at += by;
    return true;
  };
  return {
    now: () => states[at] ?? start,
    add(next) {
      at += 1;
      states.splice(at, Number.POSITIVE_INFINITY, next);
    },
    back: () => move(-1),
    forth: () => move(1),
  };
}
