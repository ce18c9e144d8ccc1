import { describe, expect, it } from 'vitest';
import { afterDown } from '../../src/commands/down.ts';

const UNFINISHED = {
  ...{ names: ['TOY_TOKEN'], since: '2026-11-22T10:00:00Z', forwardOnly: false, manual: [], at: 'Recreate app' },
  direction: 'forward' as const,
};

describe('after down', () => {
  it('what comes next is a deploy, and before it the rotation that was not finished', () => {
    expect(afterDown(undefined)).toEqual(['Start again: trading-setup deploy']);
    expect(afterDown({ ...UNFINISHED, direction: 'waiting' })).toEqual(['Start again: trading-setup deploy']);
    expect(afterDown(UNFINISHED)).toEqual([
      'Finish the rotation of TOY_TOKEN: trading-setup rotate --resume',
      'Start again: trading-setup deploy',
    ]);
  });
});
