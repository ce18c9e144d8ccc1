import type { Line } from '../system/run.ts';

/** Turns each line of a running program into events and returns its exit code; leaving early ends the program. */
export async function* mapLines<T>(
  lines: AsyncGenerator<Line, number>,
  map: (line: Line) => Iterable<T>,
): AsyncGenerator<T, number> {
  try {
    for (;;) {
      const next = await lines.next();
      if (next.done) return next.value;
      yield* map(next.value);
    }
  } finally {
    await lines.return(-1);
  }
}
