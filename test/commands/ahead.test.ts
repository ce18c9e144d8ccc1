import { describe, expect, it } from 'vitest';
import { readRepository, willRead } from '../../src/commands/ahead.ts';

describe('what is begun ahead', () => {
  it.each([
    ['', true],
    ['--plain', true],
    ['--dir x', true],
    ['init', true],
    ['init --yes --dry-run', true],
    ['try ./sample', true],
    ['--help', false],
    ['-V', false],
    ['init --help', false],
    ['inspect', false],
    ['status --once', false],
    ['halt', false],
  ])('is right for "%s"', (args, expected) => {
    expect(willRead(args.split(' ').filter(Boolean))).toBe(expected);
  });

  it('is read once, however often it is asked for', async () => {
    const first = readRepository('/there/is/nothing');
    expect(readRepository('/there/is/nothing')).toBe(first);
    expect((await first).binaries).toEqual([]);
    expect(readRepository('/there/is/nothing/else')).not.toBe(first);
  });
});
