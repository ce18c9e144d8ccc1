import { describe, expect, it } from 'vitest';
import { SetupError } from '../../src/errors.ts';
import { alone } from '../../src/operations/alone.ts';
import { smallStack } from '../stack/stacks.ts';
import { ENGINE } from '../support/engine-answers.ts';
import { fakeEngine } from './engine.ts';

describe('what no operation may overlap', () => {
  const stack = smallStack();

  it('is done under the lock, which is given back whatever comes of it', async () => {
    const { runner, state } = fakeEngine(stack, ENGINE);
    expect(await alone(runner, stack, 'secrets move', async () => state.locked)).toBe(true);
    expect(state.locked).toBe(false);
    const failing = alone(runner, stack, 'secrets move', () => Promise.reject(new Error('lost')));
    await expect(failing).rejects.toThrow('lost');
    expect(state.locked).toBe(false);
  });

  it('is not done while an operation is at work', async () => {
    const taken = { stderr: 'The container name is already in use by container "other".', exitCode: 1 };
    const labels = { 'trading-setup.lock.operation': 'rotate', 'trading-setup.lock.host': 'another' };
    const { runner } = fakeEngine(stack, {
      ...ENGINE,
      'docker container create': taken,
      'docker container inspect': { stdout: JSON.stringify([{ Id: 'other', Config: { Labels: labels } }]) },
    });
    let done = false;
    const tried = alone(runner, stack, 'secrets move', async () => {
      done = true;
    });
    await expect(tried).rejects.toMatchObject({ code: 'operation-running' });
    expect(done).toBe(false);
  });

  it('is done without a lock where no engine answers: no operation can begin there', async () => {
    const { runner, state } = fakeEngine(stack, {
      ...ENGINE,
      'docker version': { stderr: 'Cannot connect', exitCode: 1 },
    });
    expect(await alone(runner, stack, 'secrets move', async () => state.locked)).toBe(false);
    const refused = alone(runner, stack, 'secrets move', () =>
      Promise.reject(new SetupError('usage', 'no', { code: 'x', next: [] })),
    );
    await expect(refused).rejects.toMatchObject({ code: 'x' });
  });
});
