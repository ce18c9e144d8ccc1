import { describe, expect, it } from 'vitest';
import { runOnce } from '../../src/engine/once.ts';
import { Secret } from '../../src/secret.ts';
import { fakeRunner } from '../support/fake-runner.ts';

const SCRATCH = {
  ...{ name: 'trading-setup-gate-toy', image: 'x', script: 'cat', args: [], user: '1:1', labels: {} },
  ...{ volumes: [], tmpfs: [], capabilities: [], stdin: new Secret('a question of two people\n') },
};

describe('a question in a container of its own', () => {
  it('does not end the container of somebody who asks the same at the same time', async () => {
    const fake = fakeRunner({ 'docker container run': { stdout: 'said\n' } });
    await Promise.all([runOnce(fake, SCRATCH), runOnce(fake, SCRATCH)]);
    const names = fake.printed().map((typed) => /--name (\S+)/.exec(typed)?.[1]);
    expect(names).toEqual([
      expect.stringMatching(/^trading-setup-gate-toy-[0-9a-f]{8}$/),
      expect.stringMatching(/^trading-setup-gate-toy-[0-9a-f]{8}$/),
    ]);
    expect(new Set(names).size).toBe(2);
    expect(fake.printed().join()).not.toContain('container rm');
  });
});
