import { describe, expect, it } from 'vitest';
import { sleep } from '../../src/system/clock.ts';
import { hasColour, hasUnicode } from '../../src/system/terminal.ts';

describe('hasColour', () => {
  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '' }, true, true],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ TERM: 'dumb' }, true, false],
  ])('%j on a terminal=%s is %s', (env, tty, expected) => expect(hasColour(env, tty)).toBe(expected));
});

describe('hasUnicode', () => {
  it.each([
    [{ LANG: 'en_GB.UTF-8' }, true],
    [{ LANG: 'C' }, false],
    [{ LC_ALL: 'C', LANG: 'en_GB.UTF-8' }, false],
    [{ LC_CTYPE: 'C.utf8' }, true],
  ])('%j is %s', (env, expected) => expect(hasUnicode(env)).toBe(expected));
});

describe('sleep', () => {
  it('ends early on abort, without an exception', async () => {
    const stop = new AbortController();
    const slept = sleep(60_000, stop.signal);
    stop.abort();
    await expect(slept).resolves.toBeUndefined();
  });
});
