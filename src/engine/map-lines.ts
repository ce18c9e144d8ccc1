import type { Line } from '../system/run.ts';

/** Turns each line of a running program into events and returns its exit code; leaving early ends the program. */
export async function* mapLines<T>(
  lines: AsyncGenerator<readonly Line[], number>,
  map: (line: Line) => Iterable<T>,
): AsyncGenerator<T, number> {
  try {
    for (;;) {
      const next = await lines.next();
      if (next.done) return next.value;
      for (const line of next.value) yield* map(line);
    }
  } finally {
    await lines.return(-1);
  }
}
