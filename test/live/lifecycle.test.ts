import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { containerOf, containersOf, healthy, logOf, SERVICES } from './support/engine.ts';
import { ask } from './support/http.ts';
import { unlessShared } from './support/lab.ts';
import { cli, docker, must, REPOSITORY } from './support/run.ts';
import { compose, deployed, type Stack } from './support/stack.ts';
import { waitFor } from './support/wait.ts';

const Status = z.object({
  version: z.literal(1),
  stack: z.string(),
  mode: z.enum(['paper', 'live']),
  services: z.array(
    z.object({
      name: z.string(),
      state: z.string(),
      health: z.string(),
      reason: z.string(),
      exitCode: z.int().optional(),
    }),
  ),
});

let stack: Stack;
beforeAll(async () => {
  stack = await deployed('sample');
});

async function status(env: Readonly<Record<string, string>> = {}) {
  const { code, stdout } = await cli(['status', '--once', '--json', '--dir', stack.dir], { env });
  return { code, stdout };
}

describe('status --once --json', () => {
  it('is one document that says what the engine says, with exit 0 while all is well', async () => {
    const { code, stdout } = await status();
    expect(code).toBe(0);
    const board = Status.parse(JSON.parse(stdout));
    expect(board).toMatchObject({ stack: stack.id, mode: 'paper' });
    expect(board.services.map(({ name }) => name).sort()).toEqual(SERVICES);
    const containers = await containersOf(stack.id);
    for (const { name, state, health, reason } of board.services) {
      const { State } = containers.get(name) ?? { State: undefined };
      expect([name, reason]).toEqual([name, '']);
      expect([name, state]).toEqual([name, name === 'migrate' ? 'completed' : State?.Status]);
      if (name !== 'migrate') expect([name, health]).toEqual([name, State?.Health?.Status]);
    }
  });

  it('ends with exit 3 and the reason when a service was killed', async () => {
    await docker('kill', (await containerOf(stack.id, 'collect')).Id);
    try {
      const { code, stdout } = await status();
      expect(code).toBe(3);
      const ill = Status.parse(JSON.parse(stdout)).services.filter(({ reason }) => reason !== '');
      expect(ill).toHaveLength(1);
      expect(ill[0]).toMatchObject({ name: 'collect', state: 'exited', health: 'none', exitCode: 137 });
      expect(ill[0]?.reason).toMatch(/^exited 137 \d+s ago/);
    } finally {
      await compose(stack, 'up', '-d');
      await healthy(stack.id);
    }
  });

  it('ends with exit 3 when a service is gone', async () => {
    await compose(stack, 'rm', '--stop', '--force', 'scheduled-backtest');
    try {
      const { code, stdout } = await status();
      expect(code).toBe(3);
      const [ill] = Status.parse(JSON.parse(stdout)).services.filter(({ reason }) => reason !== '');
      expect(ill).toMatchObject({ name: 'scheduled-backtest', state: 'missing', reason: 'not created' });
    } finally {
      await compose(stack, 'up', '-d');
      await healthy(stack.id);
    }
  });

  it('ends with exit 4 and the next step when the engine does not answer', async () => {
    const { code, stdout } = await status({ DOCKER_HOST: 'unix:///nonexistent/docker.sock' });
    expect(code).toBe(4);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, error: { code: 'engine-not-running' } });
    expect(JSON.parse(stdout).error.next.length).toBeGreaterThan(0);
  });
});

describe('the daemon', () => {
  it('ends with exit 0 within its grace period at SIGTERM, and says that it shut its bots down', async () => {
    const app = await containerOf(stack.id, 'app');
    const started = performance.now();
    await docker('stop', app.Id);
    const seconds = (performance.now() - started) / 1000;
    try {
      const { State } = await containerOf(stack.id, 'app');
      expect([State.Status, State.ExitCode]).toEqual(['exited', 0]);
      expect(seconds).toBeLessThan(30);
      const log = await logOf(app);
      expect(log).toContain('SIGTERM');
      expect(log).toContain('Shutting down all bots...');
    } finally {
      await compose(stack, 'up', '-d');
      await healthy(stack.id);
    }
  });

  it('is not stopped by the end of the terminal service', async () => {
    const before = await containerOf(stack.id, 'app');
    await compose(stack, 'kill', 'tui');
    const during = await ask(stack.api, '/api/bots', { login: stack.login });
    await compose(stack, 'up', '-d');
    await healthy(stack.id);
    expect(during.status).toBe(200);
    expect((await containerOf(stack.id, 'app')).State).toMatchObject({ StartedAt: before.State.StartedAt });
  });
});

describe('a clean engine stop and start', () => {
  const restart = () => must(['bash', `${REPOSITORY}/test/live/lab/engine.sh`, 'restart']);

  it('brings every service back by itself, healthy, with its data', async ({ skip }) => {
    await unlessShared(skip);
    const before = await containersOf(stack.id);
    await restart();
    await waitFor('the engine answers', async () => docker('info'), 60);
    await healthy(stack.id);
    const after = await containersOf(stack.id);
    for (const [name, { Id, State }] of before) {
      expect([name, after.get(name)?.Id]).toEqual([name, Id]);
      if (name !== 'migrate') expect(after.get(name)?.State.StartedAt).not.toBe(State.StartedAt);
    }
    expect((await ask(stack.api, '/api/bots', { login: stack.login })).status).toBe(200);
  });

  it('needs docker compose up -d alone after the stack was stopped too', async ({ skip }) => {
    await unlessShared(skip);
    await compose(stack, 'stop');
    await restart();
    await waitFor('the engine answers', async () => docker('info'), 60);
    // What a person stopped stays stopped.
    const states = [...(await containersOf(stack.id)).values()].map(({ State }) => State.Status);
    expect(new Set(states)).toEqual(new Set(['exited']));
    await compose(stack, 'up', '-d');
    await healthy(stack.id);
    expect((await ask(stack.api, '/api/bots', { login: stack.login })).status).toBe(200);
  });
});
