import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { render } from '../../src/artifacts/render.ts';
import { writeArtifacts } from '../../src/artifacts/write.ts';
import { composeUp } from '../../src/engine/commands.ts';
import { deliver } from '../../src/operations/deliver.ts';
import { startsLiveTrading } from '../../src/operations/live.ts';
import { planDeploy } from '../../src/operations/plan.ts';
import { checkArtifacts, portTaken, unlockSecrets, unreadPort } from '../../src/operations/preflight.ts';
import { engineVolume, volumesOf } from '../../src/stack/names.ts';
import type { Stack } from '../../src/stack/schema.ts';
import { smallStack, stackOfCase } from '../stack/stacks.ts';
import { fakeEngine, memoryStore, workbench } from './engine.ts';

function folder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'preflight-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

describe('the project of every Compose call', () => {
  it('is the stack id, whatever the shell or .env say', () => {
    const { env } = composeUp({ dir: '/repo', project: 'toy-5a3b1e' });
    expect(env).toEqual({ COMPOSE_PROJECT_NAME: 'toy-5a3b1e' });
  });
});

describe('what is built and started', () => {
  async function written(stack: Stack) {
    const dir = folder();
    await writeArtifacts(dir, render(stack));
    return { dir, bench: workbench(stack, dir, fakeEngine(stack).runner) };
  }

  it('is what trading-setup.yaml says', async () => {
    const { bench } = await written(smallStack());
    await expect(checkArtifacts(bench)).resolves.toBeUndefined();
  });

  it('is refused where the stack was changed and the files were not', async () => {
    const { bench } = await written(smallStack());
    const stack = smallStack({ services: { app: { args: ['other'] } } });
    await expect(checkArtifacts({ ...bench, stack })).rejects.toMatchObject({ code: 'artifacts-stale', exitCode: 4 });
  });

  it('may carry the edits of a person', async () => {
    const { dir, bench } = await written(smallStack());
    writeFileSync(join(dir, 'Dockerfile'), '# mine\n');
    await expect(checkArtifacts(bench)).resolves.toBeUndefined();
  });

  it.each(['compose.yaml', 'compose.yml'])('is not a %s that Compose would prefer', async (name) => {
    const { dir, bench } = await written(smallStack());
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), 'services: {}\n');
    await expect(checkArtifacts(bench)).rejects.toMatchObject({ code: 'compose-file-rival', exitCode: 4 });
  });
});

describe('a port that something else has', () => {
  it('is the decision about the instance that wants it', async () => {
    expect(portTaken(await stackOfCase('instances'), 8081, 'nginx')).toMatchObject({
      code: 'port-taken',
      next: [expect.any(String), expect.stringContaining('--set ports.api.instances.alpaca=8082')],
    });
  });
});

describe('a port in .env', () => {
  it('is said to publish nothing where it is that of no instance', async () => {
    const dir = folder();
    const stack = await stackOfCase('instances');
    expect(await unreadPort({ dir, stack })).toEqual([]);
    writeFileSync(join(dir, '.env'), 'API_PORT_SCHWAB=9000\n');
    expect(await unreadPort({ dir, stack })).toEqual([]);
    writeFileSync(join(dir, '.env'), 'API_PORT=9000\n');
    expect(await unreadPort({ dir, stack })).toEqual([expect.stringContaining('API_PORT_SCHWAB')]);
    const { instances: _, ...single } = stack;
    expect(await unreadPort({ dir, stack: single })).toEqual([]);
  });
});

describe('a store that the engine did not get its secrets from', () => {
  const stack = smallStack({
    services: { app: { secrets: { MADE: '${MADE}' } } },
    secrets: { entries: { MADE: { kind: 'generated', required: true, format: 'any', about: 'x' } } },
  });

  async function delivered() {
    const engine = fakeEngine(stack);
    for (const { volume } of volumesOf(stack)) engine.volumes.set(engineVolume(stack, volume), []);
    const store = memoryStore();
    await deliver(engine.runner, stack, store);
    return { engine, store };
  }

  it('is refused before a new password is made', async () => {
    const { engine } = await delivered();
    const other = memoryStore();
    const bench = workbench(stack, folder(), engine.runner, { openStore: async () => other });
    await expect(unlockSecrets(bench, [])).rejects.toMatchObject({ code: 'secrets-elsewhere', exitCode: 4 });
    expect(other.values.size).toBe(0);
  });

  it('is taken once it has every value', async () => {
    const { engine, store } = await delivered();
    const copied = memoryStore({ MADE: store.values.get('MADE')?.reveal() ?? '' });
    const bench = workbench(stack, folder(), engine.runner, { openStore: async () => copied });
    await expect(unlockSecrets(bench, [])).resolves.toEqual([]);
  });

  it('is not suspected before anything was delivered', async () => {
    const bench = workbench(stack, folder(), fakeEngine(stack).runner, { openStore: async () => memoryStore() });
    await expect(unlockSecrets(bench, [])).resolves.toEqual([]);
  });
});

describe('the start of something that trades with real money', () => {
  const live = smallStack({ mode: 'live' });

  async function asks(
    stack: Stack,
    values: Readonly<Record<string, string>>,
    run?: { mode: string; given: boolean; revision?: string },
  ) {
    const labels = {
      'com.docker.compose.service': 'app',
      'trading-setup.mode': run?.mode,
      'trading-setup.secrets': run?.revision ?? '1',
    };
    const engine = fakeEngine(stack, {
      ...(run && {
        'docker container ls': { stdout: 'c-app\n' },
        'docker container inspect': {
          stdout: JSON.stringify([
            {
              ...{ Id: 'c-app', Name: '/app', Created: '2026-01-01T00:00:00Z', Image: 'i', HostConfig: {} },
              State: { Status: 'running', ExitCode: 0, StartedAt: '2026-01-01T00:00:00Z', FinishedAt: '' },
              Config: { Image: 'app', Labels: labels },
            },
          ]),
        },
      }),
    });
    for (const { volume } of volumesOf(stack)) engine.volumes.set(engineVolume(stack, volume), []);
    if (run?.given) await deliver(engine.runner, stack, memoryStore(values));
    const bench = workbench(stack, folder(), engine.runner, { openStore: async () => memoryStore(values) });
    return startsLiveTrading(bench);
  }

  const KEY = { TOY_TOKEN: 'hunter2-hunter2' };
  it.each([
    ['nothing runs', live, KEY, undefined, true],
    ['it has no key', live, {}, undefined, false],
    ['it trades on paper', smallStack(), KEY, undefined, false],
    ['it runs like that already', live, KEY, { mode: 'live', given: true }, false],
    ['it runs without the key', live, KEY, { mode: 'live', given: false }, true],
    [
      'the key was pushed and the program not started since',
      live,
      KEY,
      { mode: 'live', given: true, revision: '0' },
      true,
    ],
    ['it ran as paper', live, KEY, { mode: 'paper', given: true }, true],
  ])('is confirmed by a person: %s', async (_, stack, values, run, expected) => {
    expect(await asks(stack, values, run)).toBe(expected);
  });
});

describe('a clone without a record of volumes', () => {
  it('does not make an empty volume for a stack that is on the engine already', () => {
    const stack = smallStack();
    const snapshot = { volumes: new Set(['app-secrets']), known: new Set<string>(), begun: new Set<string>() };
    expect(() => planDeploy(stack, snapshot)).toThrow(expect.objectContaining({ code: 'data-volume-lost' }));
  });
});
