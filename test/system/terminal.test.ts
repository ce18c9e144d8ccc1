import { describe, expect, it } from 'vitest';
import { sleep } from '../../src/system/clock.ts';
import { runner } from '../../src/system/run.ts';
import { hasColour, hasUnicode, onExit, onSuspend } from '../../src/system/terminal.ts';

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

describe('the end of the process', () => {
  it('gives the terminal back and ends the children before anything else is done', () => {
    const slow = (): void => {};
    process.on('exit', slow);
    const restore = (): void => {};
    const forget = onExit(restore);
    runner();
    const listeners = process.listeners('exit');
    expect(listeners.indexOf(restore)).toBeLessThan(listeners.indexOf(slow));
    const endAll = listeners.findIndex(({ name }) => name === 'endAll');
    expect(endAll).toBeGreaterThanOrEqual(0);
    expect(endAll).toBeLessThan(listeners.indexOf(slow));
    forget();
    expect(process.listeners('exit')).not.toContain(restore);
    process.off('exit', slow);
  });
});

describe('a stop', () => {
  it('is left out where something stays, which is asked each time', async () => {
    const said: string[] = [];
    const { suspend, forget } = onSuspend(
      () => said.push('leave'),
      () => said.push('back'),
      () => said.push('stays') > 0,
    );
    suspend();
    process.kill(process.pid, 'SIGTSTP');
    await expect.poll(() => said).toEqual(['stays', 'stays']);
    forget();
  });
});

describe('sleep', () => {
  it('ends early on abort, without an exception', async () => {
    const stop = new AbortController();
    const slept = sleep(60_000, stop.signal);
    stop.abort();
    await expect(slept).resolves.toBeUndefined();
  });
});
