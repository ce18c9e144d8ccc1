import { describe, expect, it, vi } from 'vitest';
import { withDeadline } from '../../src/host/deadline.ts';
import { observeHost } from '../../src/host/observe.ts';
import type { Command, Result, Runner } from '../../src/system/run.ts';
import { fakeRunner } from '../support/fake-runner.ts';
import { sought } from './machine.ts';

const INFO = JSON.stringify({
  ServerVersion: '28.5.2',
  OSType: 'linux',
  Architecture: 'x86_64',
  NCPU: 64,
  MemTotal: 5e9,
});
const CONTEXT = JSON.stringify({ Name: 'default', Endpoints: { docker: { Host: 'unix:///x' } } });
const ANSWERS = {
  'docker info': { stdout: INFO },
  'docker context inspect': { stdout: CONTEXT },
  'docker ps': {},
  'docker volume ls': {},
};

/** An engine that accepts these calls and never answers, by a program that does not end when it is told to. */
function silentAbout(...calls: readonly string[]): Pick<Runner, 'run'> {
  const { run } = fakeRunner(ANSWERS);
  const isSilent = ({ argv }: Command) => calls.some((call) => argv.join(' ').startsWith(`docker ${call}`));
  return { run: (command) => (isSilent(command) ? new Promise<Result>(() => undefined) : run(command)) };
}

async function look(runner: Pick<Runner, 'run'>) {
  const tell = vi.fn();
  const host = await observeHost(
    runner,
    Promise.resolve({ ports: [], system: sought('/no/such/repository') }),
    async () => ({ available: false, why: 'none answers' }),
    { self: process.pid, home: '/no/such/home', proc: '/no/such/proc', units: [] },
    { patienceMs: 40, tell },
  );
  return { host, told: tell.mock.calls.map(([text]) => text) };
}

describe('a look at a machine whose engine accepts and never answers', () => {
  it.each<[string, readonly string[]]>([
    ['nothing at all', ['info', 'ps', 'volume']],
    ['what it runs', ['ps']],
    ['what it stores', ['volume']],
  ])('ends, as if there were none, and says so: %s', async (_, calls) => {
    const { host, told } = await look(silentAbout(...calls));
    expect(host.engineProblem).toBe('The Docker engine does not answer.');
    expect(host.holders).toEqual([]);
    expect(told).toEqual([
      'Waiting for the Docker engine to answer, 1 s at most.',
      'The Docker engine does not answer. Going on without it; what runs there is not known.',
    ]);
  });

  it('says nothing where it answers', async () => {
    const { host, told } = await look(fakeRunner(ANSWERS));
    expect(host).toMatchObject({ cpus: 64 });
    expect(host).not.toHaveProperty('engineProblem');
    expect(told).toEqual([]);
  });
});

describe('a call with a deadline', () => {
  it('is given the time that it may take, and fails as one without an answer', async () => {
    const given: unknown[] = [];
    const run: Runner['run'] = async (_, options) => {
      given.push(options);
      return { exitCode: 124, stdout: '', stderr: 'no answer within 40 ms\n', missing: false };
    };
    const { runner, problem } = withDeadline({ run }, 40);
    expect(problem()).toBeUndefined();
    expect(await runner.run({ argv: ['docker', 'ps'] })).toMatchObject({ exitCode: 124 });
    expect(given).toEqual([{ timeoutMs: 40 }]);
    expect(problem()).toMatchObject({ code: 'engine-not-running', kind: 'needs-you' });
  });

  it('that fails at once is no call without an answer', async () => {
    const { runner, problem } = withDeadline(fakeRunner({ 'docker ps': { exitCode: 1, stderr: 'no' } }), 40);
    await runner.run({ argv: ['docker', 'ps'] });
    expect(problem()).toBeUndefined();
  });
});
