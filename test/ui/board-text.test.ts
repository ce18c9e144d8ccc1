import { describe, expect, it } from 'vitest';
import type { Board, ServiceStatus } from '../../src/events/board.ts';
import { reasonBeside } from '../../src/ui/board-text.ts';
import { besideLines } from '../../src/ui/credential-words.ts';

const SERVICE: ServiceStatus = {
  ...{ name: 'app', state: 'exited', health: 'none', reason: '', probe: '', restarts: 0, image: '', ports: [] },
  oneShot: false,
};

it.each([
  [{ state: 'created', reason: 'created, not started' }, 'not started'],
  [{ state: 'exited', exitCode: 143, reason: 'exited 143 17s ago' }, '17s ago'],
  [{ state: 'exited', exitCode: 137, reason: 'OOM killed 3m ago' }, 'OOM killed 3m ago'],
  [{ state: 'created', reason: 'waits for database' }, 'waits for database'],
] as const)('says a state once: %j', (over, expected) => {
  expect(reasonBeside({ ...SERVICE, ...over })).toBe(expected);
});

describe('an unfinished rotation', () => {
  const line = (over: Partial<NonNullable<Board['rotation']>>) => {
    const rotation = { names: ['A', 'B'], direction: 'forward', manual: [], ...over } as const;
    return besideLines(
      { version: 1, stack: 'x', name: 'x', mode: 'paper', overall: 'healthy', services: [], rotation },
      0,
    )[0]?.text;
  };

  it('says both ways where it can still go back', () => {
    expect(line({ forwardOnly: false })).toBe(
      'The rotation of A and B is not finished: trading-setup rotate --resume, or back: trading-setup rotate --undo',
    );
  });

  it('says one where it cannot, or that is not known', () => {
    expect(line({ forwardOnly: true })).not.toContain('--undo');
    expect(line({})).not.toContain('--undo');
    expect(line({ direction: 'undo' })).not.toContain('--undo');
  });
});
