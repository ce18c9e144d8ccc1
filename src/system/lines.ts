import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** Longer lines are cut: nobody reads them and memory is bounded. BuildKit's longest are some 300 KB. */
const MAX_LINE = 4 * 1024 * 1024;
/**
 * Lines that wait for the reader before the pipes are paused; two chunks of 64 KB are about as many. What is handed over
 * at once has to be small: while it is worked off no key is heard.
 */
const MAX_WAITING = 500;

/** A line of one of two pipes. */
interface PipeLine {
  readonly from: 'stdout' | 'stderr';
  readonly text: string;
}

/**
 * The lines of two pipes in the order in which they arrive, all that are there at a time; a slow reader pauses the writer.
 */
export async function* mergeLines(stdout: Readable, stderr: Readable): AsyncGenerator<readonly PipeLine[], void> {
  let waiting: PipeLine[] = [];
  let open = 2;
  let wake: () => void = () => undefined;
  const pipes = [stdout, stderr];
  const take = (pipe: Readable, from: PipeLine['from']) => {
    const cut = lineCutter((text) => waiting.push({ from, text }));
    pipe.on('data', (chunk: Buffer) => {
      cut.feed(chunk);
      if (waiting.length > MAX_WAITING) for (const each of pipes) each.pause();
      wake();
    });
    // 'close' also follows an error, and a program that could not be started.
    void once(pipe, 'close')
      .catch(() => undefined)
      .then(() => {
        cut.end();
        open -= 1;
        wake();
      });
  };
  take(stdout, 'stdout');
  take(stderr, 'stderr');
  while (open > 0 || waiting.length > 0) {
    if (waiting.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    const batch = waiting;
    waiting = [];
    yield batch;
    for (const each of pipes) each.resume();
  }
}

/** Cuts chunks into lines; multi-byte characters may be split between chunks. */
function lineCutter(emit: (line: string) => void) {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const cut = (text: string) => {
    const parts = text.split('\n');
    parts[0] = rest + (parts[0] ?? '');
    rest = (parts.pop() ?? '').slice(0, MAX_LINE);
    for (const part of parts) emit(part.endsWith('\r') ? part.slice(0, -1) : part);
  };
  return {
    feed: (chunk: Buffer) => cut(decoder.write(chunk)),
    end: () => {
      cut(decoder.end());
      if (rest !== '') emit(rest);
      rest = '';
    },
  };
}
