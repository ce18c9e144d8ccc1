import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { LogRing } from '../../src/events/log-ring.ts';

const MUCH = { lines: 1_000_000, bytes: 1e9 };

function filled(ring: LogRing, from: number, to: number, portion = 1): LogRing {
  let next = ring;
  for (let at = from; at < to; at += portion) {
    const count = Math.min(portion, to - at);
    next = next.addAll(
      Array.from({ length: count }, (_, n) => ({ id: `s${Math.floor((at + n) / 700)}`, line: `line ${at + n}` })),
    );
  }
  return next;
}

const numbers = (ring: LogRing, from: number, to: number) =>
  ring.slice(from, to).map(({ line }) => Number(line.replace('line ', '')));
const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, n) => from + n);

describe('LogRing', () => {
  it.each([1, 3, 2047, 2048, 2049, 9000])(
    'gives every line by its number and its writer, filled %i at a time',
    (portion) => {
      const ring = filled(LogRing.empty(MUCH), 0, 6000, portion);
      expect([ring.first, ring.end, ring.size]).toEqual([0, 6000, 6000]);
      expect(numbers(ring, 0, 6000)).toEqual(range(0, 6000));
      for (const [from, to] of [
        [0, 1],
        [2047, 2049],
        [2048, 4096],
        [699, 701],
        [5990, 7000],
        [-5, 3],
        [6000, 3010],
        [7, 7],
      ] as const) {
        expect(numbers(ring, from, to)).toEqual(range(Math.max(0, from), Math.min(6000, to)));
      }
      expect(ring.slice(698, 702).map(({ id }) => id)).toEqual(['s0', 's0', 's1', 's1']);
      expect(ring.last(2).map(({ line }) => line)).toEqual(['line 5998', 'line 5999']);
    },
  );

  it('keeps the last lines, and numbers stay true', () => {
    const ring = filled(LogRing.empty({ lines: 2000, bytes: 1e9 }), 0, 100_000, 300);
    expect(ring.end).toBe(100_000);
    expect(ring.size).toBeGreaterThanOrEqual(2000);
    expect(ring.size).toBeLessThan(2000 + 2 * 512);
    expect(numbers(ring, 0, 99_999).at(0)).toBe(ring.first);
    expect(numbers(ring, 99_000, 99_002)).toEqual([99_000, 99_001]);
  });

  it('keeps no more bytes than it may, however long the lines are', () => {
    let ring = LogRing.empty({ lines: 200_000, bytes: 4_000_000 });
    for (let n = 0; n < 10_000; n += 1) ring = ring.add({ id: 's', line: randomBytes(2000).toString('hex') });
    // Hexadecimal digits are packed to half their size.
    const bytes = ring.slice(0, ring.end).reduce((sum, each) => sum + each.line.length, 0) / 2;
    expect(bytes).toBeLessThan(5_000_000);
    expect(bytes).toBeGreaterThan(3_000_000);
  });

  it('never changes an older version, also when two go on from it', () => {
    const base = filled(LogRing.empty(MUCH), 0, 510);
    const one = filled(base, 510, 1200);
    const two = base.add({ id: 's', line: 'line 7' });
    filled(one, 1200, 6000);
    expect(numbers(base, 0, 9999)).toEqual(range(0, 510));
    expect(numbers(one, 0, 9999)).toEqual(range(0, 1200));
    expect(numbers(two, 505, 9999)).toEqual([505, 506, 507, 508, 509, 7]);
  });

  it('finds lines backwards, block by block, each once', () => {
    const ring = filled(LogRing.empty({ lines: 6000, bytes: 1e9 }), 0, 12_000, 90);
    const found: number[] = [];
    for (let before = ring.end; before > ring.first; ) {
      const { hits, from } = ring.findBefore(before, (text) => /line 119\d\d/.test(text));
      expect(from).toBeLessThan(before);
      found.unshift(...hits);
      before = from;
    }
    expect(found).toEqual(range(11_900, 12_000));
    expect(ring.findBefore(11_950, (text) => text.includes('119')).hits.every((hit) => hit < 11_950)).toBe(true);
    expect(LogRing.empty(MUCH).findBefore(0, () => true).hits).toEqual([]);
  });
});
