import { expect, it } from 'vitest';
import { waitUntilReady } from '../../src/operations/ready.ts';
import { smallStack } from '../stack/stacks.ts';
import { fakeRunner } from '../support/fake-runner.ts';

it('does not count the time in which this process was stopped: the services get all of theirs', async () => {
  const runner = fakeRunner({ 'docker container ls': {}, 'docker events': { open: true } });
  const { signal } = new AbortController();
  const events = waitUntilReady(runner, smallStack(), { seconds: 0.4, signal });
  expect((await events.next()).value).toMatchObject({ type: 'board' });
  // As a process that is stopped: nothing of it runs, and then everything is due at once.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
  const woken = performance.now();
  const wait = async (): Promise<void> => {
    for await (const _ of events);
  };
  await expect(wait()).rejects.toMatchObject({ code: 'not-healthy', message: expect.stringContaining('within 0.4 s') });
  expect(performance.now() - woken).toBeGreaterThan(300);
});
