import { describe, expect, it } from 'vitest';
// What the bundle has in the place of Intl.Segmenter.
import { LateSegmenter, type Segments, SIMPLE } from '../../bin/segmenter.mts';

const real = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const late = new LateSegmenter(undefined, { granularity: 'grapheme' });

const simple = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter((sign) =>
  SIMPLE.test(sign),
);

function parts(segmenter: { segment(text: string): Segments }, text: string) {
  return Array.from(segmenter.segment(text), ({ segment, index }) => [segment, index]);
}

describe('the segmenter of the bundle', () => {
  it('takes for graphemes by themselves only what is one, whatever stands beside it', () => {
    expect(simple.length).toBeGreaterThan(500);
    // A text in which each of them stands beside each: no pair may be joined.
    for (const sign of simple) {
      const text = simple.map((other) => sign + other).join('');
      expect(Array.from(real.segment(text)).length).toBe(text.length);
    }
  });

  it.each([
    '',
    'plain',
    '\u001B[2m│\u001B[22m ✓ Ports ─── ▸',
    'é',
    'e\u0301',
    '👩‍👩‍👧',
    'ok 👍🏽 ─',
    '한국',
    '\r\n',
    '🇩🇪',
  ])('gives for %j what Intl.Segmenter gives', (text) => {
    expect(parts(late, text)).toEqual(parts(real, text));
    for (let at = 0; at <= text.length; at += 1) {
      expect(late.segment(text).containing(at)).toEqual(real.segment(text).containing(at));
    }
  });

  it('leaves words to the real one', () => {
    const words = { granularity: 'word' } as const;
    const found = parts(new LateSegmenter('en', words), 'two words');
    expect(found).toEqual(parts(new Intl.Segmenter('en', words), 'two words'));
  });
});

describe('what the bundle leaves out of string-width', () => {
  it('changes the width of no single code unit: an emoji among them is wide by East Asian Width too', async () => {
    const { eastAsianWidth } = await import('get-east-asian-width');
    // The compiler's target has no such literals yet, Node 20 has.
    const sets = 'v';
    const emoji = new RegExp('^\\p{RGI_Emoji}$', sets);
    const units = Array.from({ length: 0x10000 }, (_, code) => code);
    const found = units.filter((code) => emoji.test(String.fromCharCode(code)));
    expect(found.length).toBeGreaterThan(50);
    expect(found.filter((code) => eastAsianWidth(code) !== 2)).toEqual([]);
  });
});
