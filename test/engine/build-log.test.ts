import { describe, expect, it } from 'vitest';
import { stepLog } from '../../src/engine/build-log.ts';
import { Secret } from '../../src/secret.ts';

/** Feeds the text in chunks of every size and expects the same each time. */
function events(text: string | Buffer, size: number) {
  const log = stepLog('s');
  const bytes = Buffer.from(text);
  const seen = [];
  for (let at = 0; at < bytes.length; at += size) seen.push(...log.feed(bytes.subarray(at, at + size)));
  return [...seen, ...log.end()].map((event) =>
    event.type === 'log'
      ? event.line
      : event.type === 'units'
        ? `${event.done}/${event.total} ${event.current}`
        : event,
  );
}

const CARGO =
  '    Building [==>     ] 1/345: serde\r    Building [=====>  ] 2/345: syn(build.rs), quote\r\x1b[K   Compiling syn v2\n';

describe('stepLog', () => {
  it.each([
    ['lines', 'one\ntwo\n', ['one', 'two']],
    ['no end of line', 'no newline', ['no newline']],
    ['windows ends', 'a\r\nb\r\n', ['a', 'b']],
    ['empty lines', 'a\n\nb\n', ['a', '', 'b']],
    ['colours', '\x1b[31mred\x1b[0m café\n', ['red café']],
    ['what is overwritten', 'Reading 5%\rReading 80%\rReading done\n', ['Reading done']],
    ['the bar of cargo', CARGO, ['1/345 serde', '2/345 syn(build.rs), quote', '   Compiling syn v2']],
    ['a bar without names', '    Building [======>] 345/345\r\n', ['345/345 ']],
    ['a bar with a colour', '\x1b[1m\x1b[36m    Building\x1b[0m [=> ] 3/9: a\r', ['3/9 a']],
    ['a log line that only looks like a bar', 'Building [x86] image\n', ['Building [x86] image']],
  ])('keeps %s however the chunks are cut', (_, text, expected) => {
    for (const size of [1, 2, 3, 7, 1000]) expect(events(text, size)).toEqual(expected);
  });

  it('is not led astray by a bar that the engine clipped', () => {
    const clipped =
      '    Building [==>   ] 12/34\n[output clipped, log limit 200KiB/s reached]\nn, quote\r    Building [==>  ] 40/345: b\r';
    expect(events(clipped, 5)).toEqual(['[output clipped, log limit 200KiB/s reached]', '40/345 b']);
  });

  it('survives bytes that are no characters', () => {
    expect(events(Buffer.from([0x61, 0xff, 0x0a]), 1)).toEqual(['a\ufffd']);
  });

  it('bounds a line that never ends', () => {
    const lines = events('x'.repeat(300_000), 10_000);
    expect(lines.every((line) => typeof line === 'string' && line.length <= 4_097)).toBe(true);
    expect(lines.length).toBeLessThan(10);
  });

  it('shows no part of a value in a line that never ends, wherever that is cut', () => {
    const value = 'Zq9-value-of-a-long-line';
    new Secret(value);
    for (let before = 64 * 1024 - value.length - 2; before <= 64 * 1024 + 2; before += 1) {
      const log = stepLog('s');
      const seen = [...log.feed(Buffer.from(`${'x'.repeat(before)}${value}`)), ...log.feed(Buffer.from('yyy\n'))];
      const text = JSON.stringify(seen);
      for (let from = 0; from + 6 <= value.length; from += 1) expect(text).not.toContain(value.slice(from, from + 6));
    }
  });
});
