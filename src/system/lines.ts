import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { placeToCut } from '../secret.ts';

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
  let clipped = false;
  const add = (part: string) => {
    rest += part;
    if (rest.length <= MAX_LINE) return;
    rest = rest.slice(0, MAX_LINE);
    clipped = true;
  };
  const end = () => {
    // Half a value would not be known as one.
    const line = clipped ? rest.slice(0, placeToCut(rest)) : rest;
    emit(line.endsWith('\r') ? line.slice(0, -1) : line);
    rest = '';
    clipped = false;
  };
  const cut = (text: string) => {
    let from = 0;
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', from)) {
      add(text.slice(from, at));
      end();
      from = at + 1;
    }
    add(from === 0 ? text : text.slice(from));
  };
  return {
    feed: (chunk: Buffer) => cut(decoder.write(chunk)),
    end: () => {
      cut(decoder.end());
      if (rest !== '') end();
    },
  };
}
