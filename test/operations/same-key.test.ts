import { describe, expect, it } from 'vitest';
import { checkSameKeys } from '../../src/operations/same-key.ts';
import type { Kept } from '../../src/secrets/store.ts';
import type { Overlay } from '../../src/stack/overlay.ts';
import { smallStack } from '../stack/stacks.ts';
import { memoryStore } from './engine.ts';

const entered = { kind: 'entered', required: true, format: 'any', about: 'x' };

/** Two services; the second reads the secrets under names of its own. */
function stackOf(mode: string, secret: string, second = `${secret}_BACKUP`) {
  const { secrets: _, ...rest } = { secrets: {}, ...smallStack().services.app };
  const entries: Overlay = { [secret]: entered, [second]: second === secret ? entered : { ...entered, as: secret } };
  return smallStack({
    mode,
    services: {
      app: { secrets: { [secret]: `\${${secret}}` } },
      backup: { ...rest, secrets: { [secret]: `\${${second}}` } },
    },
    secrets: { entries },
  });
}

function check(stack: ReturnType<typeof stackOf>, values: Readonly<Record<string, string>>) {
  return checkSameKeys({ stack, openStore: async () => memoryStore(values) });
}

const SAME = { ALPACA_API_KEY: 'hunter2-hunter2', ALPACA_API_KEY_BACKUP: 'hunter2-hunter2' };

describe('two services with one key for trading', () => {
  it('are not started LIVE: both secrets and both services are named, and no value', async () => {
    const error: unknown = await check(stackOf('live', 'ALPACA_API_KEY'), SAME).catch((each: unknown) => each);
    expect(error).toMatchObject({ code: 'same-key-twice', exitCode: 4 });
    const text = JSON.stringify([String(error), error]);
    for (const word of ['ALPACA_API_KEY (of app)', 'ALPACA_API_KEY_BACKUP (of backup)']) expect(text).toContain(word);
    expect(text).not.toContain('hunter2');
  });

  it('are named on PAPER', async () => {
    expect(await check(stackOf('paper', 'ALPACA_API_KEY'), SAME)).toEqual([
      expect.stringContaining('ALPACA_API_KEY (of app) and ALPACA_API_KEY_BACKUP (of backup) have the same value'),
    ]);
  });

  it.each([
    ['each has its own', stackOf('live', 'ALPACA_API_KEY'), { ...SAME, ALPACA_API_KEY_BACKUP: 'hunter3-hunter3' }],
    ['one has none', stackOf('live', 'ALPACA_API_KEY'), { ALPACA_API_KEY: 'hunter2-hunter2' }],
    ['they share one secret by its name', stackOf('live', 'ALPACA_API_KEY', 'ALPACA_API_KEY'), SAME],
  ])('start where %s', async (_, stack, values) => {
    expect(await check(stack, values)).toEqual([]);
  });

  it('are named LIVE where nobody knows whether the secret places orders', async () => {
    const values = { TOY_TOKEN: 'hunter2-hunter2', TOY_TOKEN_BACKUP: 'hunter2-hunter2' };
    expect(await check(stackOf('live', 'TOY_TOKEN'), values)).toHaveLength(1);
  });

  it('are not known where an earlier version kept no fingerprints', async () => {
    const kept: Kept[] = Object.keys(SAME).map((name) => ({ name, slot: 'current' }));
    const store = { ...memoryStore(), list: async () => kept };
    expect(await checkSameKeys({ stack: stackOf('live', 'ALPACA_API_KEY'), openStore: async () => store })).toEqual([]);
  });
});
