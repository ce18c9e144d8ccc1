import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SetupError } from '../../src/errors.ts';
import { planDeploy, planDown } from '../../src/operations/plan.ts';
import { startOperation } from '../../src/operations/run.ts';
import { takeSnapshot } from '../../src/operations/snapshot.ts';
import type { Stack } from '../../src/stack/schema.ts';
import { smallStack } from '../stack/stacks.ts';
import type { Answer, Table } from '../support/fake-runner.ts';
import { eventsOf, fakeEngine, memoryStore, workbench } from './engine.ts';

const SUCCESS = { truth: 'All is well.', next: ['look'] };

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'operate-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function deployOn(
  engine: ReturnType<typeof fakeEngine>,
  { stack = smallStack() as Stack, dir = folder(), over = {} as Parameters<typeof workbench>[3] } = {},
) {
  const bench = workbench(stack, dir, engine.runner, over);
  const plan = async () => planDeploy(stack, await takeSnapshot(engine.runner, stack, dir));
  return startOperation('deploy', bench, plan, SUCCESS);
}

async function failed(over: Table, setUp?: (engine: ReturnType<typeof fakeEngine>) => void, bench = {}) {
  const engine = fakeEngine(smallStack(), over);
  setUp?.(engine);
  const operation = await deployOn(engine, { over: bench });
  const result = await eventsOf(operation);
  return { ...result, engine, failure: operation.failure() };
}

function abortAnd(stop: AbortController): Answer {
  stop.abort();
  return {};
}

const ERROR: Answer = { stderr: '{"error":true,"message":"it broke"}', exitCode: 1 };

describe('a deploy', () => {
  it('carries out each step in order, says what is true, and gives the lock back', async () => {
    const engine = fakeEngine(smallStack());
    const dir = folder();
    const operation = await deployOn(engine, { dir });
    expect(engine.state.locked).toBe(true);
    const { steps, end } = await eventsOf(operation);
    expect(steps.filter((step) => step !== 'step-progress start')).toEqual([
      'planned',
      ...['step-started build', 'step-done build'],
      ...['step-started volume:app-data', 'step-done volume:app-data'],
      ...['step-started volume:app-secrets', 'step-done volume:app-secrets'],
      ...['step-started deliver', 'step-done deliver'],
      ...['step-started start', 'step-done start'],
      ...['step-started ready', 'board', 'step-done ready'],
      'ended',
    ]);
    expect(end).toEqual({ type: 'ended', outcome: 'done', ...SUCCESS });
    expect(operation.failure()).toBeUndefined();
    expect(engine.state.locked).toBe(false);
    expect(readFileSync(join(dir, '.trading-setup/volumes'), 'utf8')).toBe('known app-data\n');
    expect(readFileSync(join(dir, '.env'), 'utf8')).toContain('SECRETS_APP=1\n');
  });

  it('shows no secret in any command, event or file of the repository', async () => {
    const engine = fakeEngine(smallStack());
    const dir = folder();
    const { events } = await eventsOf(await deployOn(engine, { dir }));
    const seen = JSON.stringify([engine.runner.calls.map(({ argv, env }) => [argv, env]), events]);
    expect(seen).not.toContain('hunter2');
    expect(readFileSync(join(dir, '.env'), 'utf8')).not.toContain('hunter2');
    expect(engine.volumes.get('toy-5a3b1e_app-secrets')?.join('')).toContain('hunter2-hunter2');
  });

  it('does the same again without making volumes or filling them', async () => {
    const engine = fakeEngine(smallStack());
    const dir = folder();
    const store = memoryStore({ TOY_TOKEN: 'hunter2-hunter2' });
    const over = { openStore: async () => store };
    await eventsOf(await deployOn(engine, { dir, over }));
    const before = engine.runner.calls.length;
    const { steps } = await eventsOf(await deployOn(engine, { dir, over }));
    expect(steps.some((step) => step.includes('volume:'))).toBe(false);
    const later = engine.runner.printed().slice(before);
    expect(later.filter((command) => command.startsWith('docker cp -'))).toEqual([]);
    expect(readFileSync(join(dir, '.env'), 'utf8')).toContain('SECRETS_APP=1\n');
  });
});

describe('a deploy that fails', () => {
  const alreadyRuns = (engine: ReturnType<typeof fakeEngine>) =>
    engine.state.services.set('app', { status: 'running', health: 'healthy' });

  it.each<[string, string, Table, string]>([
    ['build', 'build', { 'docker compose --progress=json build': ERROR }, 'Running now: app.'],
    [
      'volume:app-data',
      'a volume',
      { 'docker volume create': { stderr: 'no space left on device', exitCode: 1 } },
      'Running now: app.',
    ],
    ['start', 'the start', { 'docker compose --progress=json up -d --no-build': ERROR }, 'Running now: app.'],
  ])('at %s says what still runs and stops there', async (id, _, over, truth) => {
    const { steps, end, engine, failure } = await failed(over, alreadyRuns);
    expect(steps.slice(-2)).toEqual([`step-failed ${id}`, 'ended']);
    expect(end).toMatchObject({ outcome: 'failed', truth });
    expect(end.next.length).toBeGreaterThan(0);
    expect(failure?.exitCode).toBeGreaterThan(0);
    expect(engine.state.locked).toBe(false);
  });

  it('at a build has touched nothing that runs', async () => {
    const { engine } = await failed({ 'docker compose --progress=json build': ERROR }, alreadyRuns);
    const touching = engine.runner.printed().filter((command) => /volume create|cp -|up -d|down/.test(command));
    expect(touching).toEqual([]);
  });

  it('at the secrets, because the store does not open, says so', async () => {
    const { steps, end, failure, engine } = await failed({}, undefined, {
      openStore: async () => {
        throw new SetupError('needs-you', 'The vault needs its passphrase.', {
          code: 'passphrase-needed',
          next: ['x'],
        });
      },
    });
    expect(steps.at(-2)).toBe('step-failed deliver');
    expect(end).toMatchObject({ outcome: 'failed', truth: 'Nothing of this stack runs now.', next: ['x'] });
    expect(failure).toMatchObject({ exitCode: 4 });
    expect(engine.state.locked).toBe(false);
  });

  it('at the end, because a service is ill, names it and why, with exit 3', async () => {
    const { end, failure, engine } = await failed(
      {
        'docker compose --progress=json up -d --no-build': {},
      },
      ({ state }) => state.services.set('app', { status: 'running', health: 'unhealthy' }),
    );
    expect(end).toMatchObject({ outcome: 'failed', truth: 'Running now: app; not healthy: app.' });
    expect(failure).toMatchObject({ code: 'not-healthy', exitCode: 3 });
    expect(engine.state.locked).toBe(false);
  });

  it('with an engine that went away admits that it does not know', async () => {
    const gone = {
      stderr: 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?',
      exitCode: 1,
    };
    const { end, failure } = await failed({
      'docker compose --progress=json up -d --no-build': gone,
      'docker container ls': gone,
      'docker container rm': (command) => (command.argv.at(-1) === 'lock' ? gone : {}),
    });
    expect(end).toMatchObject({ outcome: 'failed', truth: 'What runs now is not known: the engine does not answer.' });
    expect(failure).toMatchObject({ code: 'engine-not-running', exitCode: 4 });
  });

  it('remembers a data volume that it had only begun, and finishes it the next time', async () => {
    let broken = true;
    const engine = fakeEngine(smallStack());
    const dir = folder();
    const real = engine.runner;
    const runner: typeof real = {
      ...real,
      run: (command) =>
        broken && command.argv[1] === 'cp' && command.argv[2] === '-'
          ? Promise.resolve({ stdout: '', stderr: 'no space left on device', exitCode: 1, missing: false })
          : real.run(command),
    };
    const first = await eventsOf(await deployOn({ ...engine, runner }, { dir }));
    expect(first.steps.at(-2)).toBe('step-failed volume:app-data');
    expect(readFileSync(join(dir, '.trading-setup/volumes'), 'utf8')).toBe('begun app-data\n');
    broken = false;
    const second = await eventsOf(await deployOn({ ...engine, runner }, { dir }));
    expect(second.steps).toContain('step-done volume:app-data');
    expect(second.end.outcome).toBe('done');
    expect(readFileSync(join(dir, '.trading-setup/volumes'), 'utf8')).toBe('known app-data\n');
  });
});

describe('a deploy that is cancelled', () => {
  it.each([
    ['during the build', 'docker compose --progress=json build', 'step-failed build'],
    ['during the start', 'docker compose --progress=json up -d --no-build', 'step-failed start'],
  ])('%s ends as cancelled, with what is true', async (_, prefix, last) => {
    const stop = new AbortController();
    const { steps, end, failure, engine } = await failed({ [prefix]: () => abortAnd(stop) }, undefined, {
      signal: stop.signal,
    });
    expect(steps.at(-2)).toBe(last);
    expect(end).toMatchObject({ outcome: 'cancelled', truth: 'Nothing of this stack runs now.' });
    expect(failure).toMatchObject({ exitCode: 130 });
    expect(engine.state.locked).toBe(false);
  });

  it('while it waits until healthy ends at once', async () => {
    const stop = new AbortController();
    const engine = fakeEngine(smallStack(), { 'docker compose --progress=json up -d --no-build': {} });
    engine.state.services.set('app', { status: 'running', health: 'starting' });
    const operation = await deployOn(engine, { over: { signal: stop.signal } });
    const outcomes: string[] = [];
    for await (const event of operation.events) {
      if (event.type === 'board') stop.abort();
      if (event.type === 'ended') outcomes.push(event.outcome);
    }
    expect(outcomes).toEqual(['cancelled']);
    expect(engine.state.locked).toBe(false);
  });

  it('by a reader that goes away gives the lock back', async () => {
    const engine = fakeEngine(smallStack());
    for await (const event of (await deployOn(engine)).events) if (event.type === 'step-started') break;
    expect(engine.state.locked).toBe(false);
  });
});

describe('an operation', () => {
  it('that cannot be planned gives the lock back and throws', async () => {
    const engine = fakeEngine(smallStack());
    const plan = async () => {
      throw new SetupError('needs-you', 'No.', { code: 'data-volume-lost', next: ['x'] });
    };
    const bench = workbench(smallStack(), folder(), engine.runner);
    await expect(startOperation('deploy', bench, plan, SUCCESS)).rejects.toMatchObject({ code: 'data-volume-lost' });
    expect(engine.state.locked).toBe(false);
  });

  it('that meets a bug of ours throws it, and gives the lock back', async () => {
    const engine = fakeEngine(smallStack());
    const openStore = async () => {
      throw new TypeError('x is undefined');
    };
    await expect(eventsOf(await deployOn(engine, { over: { openStore } }))).rejects.toThrow(TypeError);
    expect(engine.state.locked).toBe(false);
  });

  it('stops the services and keeps every volume', async () => {
    const engine = fakeEngine(smallStack());
    engine.state.services.set('app', { status: 'running', health: 'healthy' });
    const bench = workbench(smallStack(), folder(), engine.runner);
    const { end } = await eventsOf(await startOperation('down', bench, async () => planDown(), SUCCESS));
    expect(end.outcome).toBe('done');
    expect(engine.runner.printed().filter((command) => /^docker compose|volume rm/.test(command))).toEqual([
      'docker compose --progress=json down --remove-orphans',
    ]);
  });
});
