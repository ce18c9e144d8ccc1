import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { buildDecoder } from '../../src/engine/build-stream.ts';
import type { BuildEvent } from '../../src/events/build.ts';
import { foldBuildAll, NO_BUILD } from '../../src/events/build-fold.ts';
import { mergeLines } from '../../src/system/lines.ts';
import { randomFrom } from '../artifacts/random.ts';

const SAMPLES = ['rawjson-ok.jsonl', 'rawjson-fail.jsonl'] as const;

/** What is decoded from bytes that arrive in these pieces. */
async function decoded(pieces: readonly Buffer[]) {
  const decoder = buildDecoder();
  const events: BuildEvent[] = [];
  for await (const lines of mergeLines(Readable.from(pieces), Readable.from([]))) {
    for (const { text } of lines) events.push(...decoder.feed(text));
  }
  return { events: [...events, ...decoder.end()], trailer: decoder.trailer() };
}

/** The bytes in pieces of any size. */
function cut(bytes: Buffer, below: (limit: number) => number, most: number): readonly Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + below(most);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

describe('a stream in any pieces', () => {
  it.each(SAMPLES)('gives the same events: %s', async (name) => {
    const bytes = readFileSync(new URL(`samples/${name}`, import.meta.url));
    const whole = await decoded([bytes]);
    expect(whole.events.length).toBeGreaterThan(10);
    for (let seed = 1; seed <= 20; seed += 1) {
      const { below } = randomFrom(seed);
      expect(await decoded(cut(bytes, below, seed % 2 === 0 ? 7 : 3_000)), `seed ${seed}`).toEqual(whole);
    }
  });

  it('gives the same lines however the log of a step is cut, in the short way of reading a line and in the long one', () => {
    const text =
      'first\r\n\u001B[31mréd\u001B[0m line\n    Building [=>  ] 3/9: a, b\r    Building [==> ] 4/9: c\r\u001B[K   Compiling c v1\n' +
      'Reading 10%\rReading 100%\n\n日本語 🦀\nno end';
    const whole = logsOf([Buffer.from(text)], false);
    expect(whole.filter(({ type }) => type === 'units')).toHaveLength(2);
    for (let seed = 1; seed <= 60; seed += 1) {
      const pieces = cut(Buffer.from(text), randomFrom(seed).below, 1 + (seed % 9));
      for (const long of [false, true]) expect(logsOf(pieces, long), `seed ${seed}`).toEqual(whole);
    }
  });

  it('gives the same state event by event and in any portions', async () => {
    const { events } = await decoded([readFileSync(new URL('samples/rawjson-fail.jsonl', import.meta.url))]);
    const whole = foldBuildAll(NO_BUILD, events);
    for (let seed = 1; seed <= 20; seed += 1) {
      const { below } = randomFrom(seed);
      let state = NO_BUILD;
      for (let at = 0; at < events.length; ) {
        const size = 1 + below(9);
        state = foldBuildAll(state, events.slice(at, at + size));
        at += size;
      }
      expect({ ...state, log: state.log.last(1_000) }).toEqual({ ...whole, log: whole.log.last(1_000) });
    }
  });
});

function logsOf(pieces: readonly Buffer[], long: boolean): readonly BuildEvent[] {
  const decoder = buildDecoder();
  const events = pieces.flatMap((piece) => {
    const log = { vertex: 'd', stream: 2, data: piece.toString('base64'), timestamp: '2026-11-21T23:20:00Z' };
    return decoder.feed(JSON.stringify(long ? { vertexes: [], logs: [log] } : { logs: [log] }));
  });
  return [...events, ...decoder.end()];
}
