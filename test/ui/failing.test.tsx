import { afterEach, describe, expect, it, vi } from 'vitest';
import { SetupError } from '../../src/errors.ts';
import { reviewOnScreen } from '../../src/ui/ink/wizard/review.tsx';
import { FakeStore } from './demo/fake-store.ts';
import { FakeTerminal } from './support/terminal.ts';

const failure = new SetupError('usage', 'One system cannot trade in two worlds.', { code: 'x', next: ['Change one.'] });
const fail = (): never => {
  throw failure;
};

/** The wizard on the ports, and how it ends. */
async function wizard() {
  const fake = new FakeTerminal();
  const store = new FakeStore();
  const end = reviewOnScreen(fake.terminal, Promise.resolve(store)).then(
    (answer) => ({ answer }),
    (error: unknown) => ({ error }),
  );
  await fake.sees('algo-trade');
  fake.type('\t', '\t');
  await fake.sees('Web API');
  return { fake, store, end };
}

describe('what nobody expected ends the wizard as an error that is told, with the terminal given back', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('when a key leads to it', async () => {
    const { fake, store, end } = await wizard();
    vi.spyOn(store, 'change').mockImplementation(fail);
    fake.type('\r', '9', '\r');
    expect(await end).toEqual({ error: failure });
    await vi.waitFor(() => expect(fake.alternate).toBe(false));
    expect(fake.raw).toBe(false);
  });

  it('when a change of the store leads to it', async () => {
    const { fake, store, end } = await wizard();
    vi.spyOn(store, 'getState').mockImplementation(fail);
    expect(() => store.startAfresh()).not.toThrow();
    expect(await end).toEqual({ error: failure });
    await vi.waitFor(() => expect(fake.alternate).toBe(false));
  });

  it('when a look at what is typed leads to it', async () => {
    const { fake, store, end } = await wizard();
    vi.spyOn(store, 'check').mockRejectedValue(failure);
    fake.type('\r');
    fake.type('1');
    expect(await end).toEqual({ error: failure });
    expect(fake.raw).toBe(false);
  });
});
