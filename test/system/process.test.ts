import { describe, expect, it } from 'vitest';
import { isAlive, ownIdentity, startTicks } from '../../src/system/process.ts';
import { runner } from '../../src/system/run.ts';

describe('process identity', () => {
  it('finds itself alive', async () => {
    const own = await ownIdentity(runner());
    expect(await isAlive(runner(), own)).toBe(true);
  });

  it('takes another start time for another process', async () => {
    const own = await ownIdentity(runner());
    expect(await isAlive(runner(), { ...own, startedAt: '1' })).toBe(false);
  });

  it('does not judge a process of another host or boot', async () => {
    const own = await ownIdentity(runner());
    expect(await isAlive(runner(), { ...own, host: 'elsewhere' })).toBeUndefined();
    expect(await isAlive(runner(), { ...own, boot: 'earlier' })).toBeUndefined();
  });

  it('reads the start time behind a program name with brackets', () => {
    const fields = Array.from({ length: 30 }, (_, i) => String(i));
    expect(startTicks(`42 (a) b) S ${fields.join(' ')}`)).toBe('18');
    expect(startTicks(`42 (a) Z ${fields.join(' ')}`)).toBeUndefined();
  });
});
