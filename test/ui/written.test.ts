import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { OperationEvent } from '../../src/events/operation.ts';
import { jsonFace } from '../../src/ui/json.ts';
import { silentFace } from '../../src/ui/silent.ts';
import { lineWriter } from '../../src/ui/written.ts';
import { buildStep, HALFWAY } from './demo/fake-operation.ts';

const LOOKS = { unicode: true, colour: false };

/** A reader that takes a portion now and then, and tells how much ever waited for it. */
function slowReader() {
  const seen = { bytes: 0, most: 0 };
  const output = new Writable({
    highWaterMark: 16 * 1024,
    write(chunk: Buffer, _, done) {
      seen.most = Math.max(seen.most, output.writableLength);
      seen.bytes += chunk.length;
      setTimeout(done, 1);
    },
  });
  return { output, seen };
}

async function* chatty(): AsyncGenerator<OperationEvent> {
  yield* HALFWAY;
  for (let n = 0; n < 200; n += 1) {
    yield {
      type: 'build',
      events: Array.from({ length: 100 }, (_, at) => ({ type: 'log', id: '3', line: `line ${n} ${at} and so on` })),
    };
    yield buildStep(`step ${n}`, 'build', 'RUN one of many', 'done', 0, 1);
  }
  yield { type: 'ended', outcome: 'done', truth: 'It stopped talking.', next: [] };
}

describe('a slow reader', () => {
  it.each(['json', 'silent'] as const)('of the face %s gets everything and is never far behind', async (kind) => {
    const { output, seen } = slowReader();
    const terminal = { output, looks: LOOKS, now: () => 0, onInterrupt: () => () => {} };
    const face = kind === 'json' ? jsonFace(terminal) : silentFace(terminal);
    expect(await face.operation(chatty(), () => {})).toBe('done');
    await new Promise<void>((resolve) => output.end(resolve));
    expect(seen.bytes).toBeGreaterThan(kind === 'json' ? 1_000_000 : 7_000);
    expect(seen.most).toBeLessThan(64 * 1024);
  });

  it.each(['close', 'error'] as const)('who goes away (%s) is not waited for', async (how) => {
    const output = new PassThrough({ highWaterMark: 10 });
    output.on('error', () => {});
    const lines = lineWriter(output);
    lines.write('more than ten characters');
    const waiting = lines.caughtUp();
    output.destroy(how === 'error' ? new Error('EPIPE') : undefined);
    await waiting;
    lines.write('nobody reads this');
    expect(lines.caughtUp()).toBeUndefined();
  });
});
