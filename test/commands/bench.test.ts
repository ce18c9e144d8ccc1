import { describe, expect, it } from 'vitest';
import { benchOf } from '../../src/commands/bench.ts';
import type { Context } from '../../src/commands/context.ts';
import { checkTraders } from '../../src/operations/traders.ts';
import { smallStack } from '../stack/stacks.ts';
import { fakeRunner } from '../support/fake-runner.ts';

const STACK = { ...smallStack(), mode: 'live' as const };

/** The bench of a stack beside which these containers run: `NAME SERVICE`. */
function beside(...lines: readonly string[]) {
  const runner = fakeRunner({ 'docker container ls': { stdout: lines } });
  const context = { runner, dir: '/nowhere' } as unknown as Context; // what the answer needs
  const signal = new AbortController().signal;
  return { bench: benchOf(context, STACK, { signal, remote: false, otherAccount: true }), runner };
}

describe('what may trade beside a stack', () => {
  it('is a program that a person runs with the secrets of a service, whatever the account', async () => {
    const { bench, runner } = beside(`${STACK.id}-app-run-1 app`);
    await expect(checkTraders(bench)).rejects.toMatchObject({
      code: 'trader-running',
      message: expect.stringContaining(`${STACK.id}-app-run-1`),
      next: expect.arrayContaining([`Stop it: docker container rm --force ${STACK.id}-app-run-1`]),
    });
    expect(runner.printed()[0]).toContain(`label=com.docker.compose.project=${STACK.id}`);
    expect(runner.printed()[0]).toContain('label=com.docker.compose.oneoff=True');
  });

  it('is neither what encrypts its data anew, nor a container of ours without its programs', async () => {
    const { bench } = beside(`trading-setup-reencrypt-${STACK.id} app`, `${STACK.id}-migrate-run-1 migrate`);
    await expect(checkTraders(bench)).resolves.toBeUndefined();
  });
});
