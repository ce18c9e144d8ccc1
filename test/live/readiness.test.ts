import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { containersOf, healthy, isWell, SERVICES } from './support/engine.ts';
import { cli, docker, type Ran } from './support/run.ts';
import { deploy, deployed, type Stack } from './support/stack.ts';
import { waitFor } from './support/wait.ts';

/** Runs for two seconds, then fails, for ever; its health check wants ten without a restart. */
const CRASH = {
  binary: 'algo-trade',
  args: ['crash', '--after', '2', '--code', '3'],
  environment: {},
  secrets: {},
  health: { kind: 'process', seconds: 10 },
  data: null,
  database: false,
  stopGrace: '10s',
};

const Event = z.looseObject({
  type: z.string(),
  board: z.object({ services: z.array(z.object({ name: z.string(), health: z.string() })) }).optional(),
});

let stack: Stack;
beforeAll(async () => {
  stack = await deployed('scratch');
});

function decide(value: unknown) {
  const set = `services.crash=${JSON.stringify(value)}`;
  return cli(['init', '--yes', '--no-start', '--dir', stack.dir, '--set', set]);
}

describe('a service that crashes again and again', () => {
  let ran: Ran;
  const engine = new Set<string>();
  beforeAll(async () => {
    const written = await decide(CRASH);
    if (written.code !== 0) throw new Error(written.stderr);
    let over = false;
    const watching = (async () => {
      while (!over) {
        const crash = (await containersOf(stack.id)).get('crash');
        if (crash) engine.add(crash.State.Health?.Status ?? 'none');
        await new Promise((next) => setTimeout(next, 150));
      }
    })();
    ran = await cli(['deploy', '--yes', '--json', '--dir', stack.dir]);
    over = true;
    await watching;
  });
  afterAll(async () => {
    await decide(null);
    await deploy(stack.dir);
  });

  it('ends the deploy with exit 3, its name, its exit code and what runs now', () => {
    expect(ran.code, ran.stdout).toBe(3);
    const end = JSON.parse(ran.stdout.trim().split('\n').at(-1) ?? '');
    expect(end).toMatchObject({ type: 'ended', outcome: 'failed' });
    expect(end.truth).toContain('not healthy: crash');
    const failed = JSON.parse(ran.stdout.split('\n').find((line) => line.includes('"step-failed"')) ?? '{}');
    expect(failed).toMatchObject({ id: 'ready' });
    expect(failed.message).toMatch(/^crash: not healthy/);
    // It is between two starts, or up again for its two seconds.
    expect(failed.message).toMatch(/crash: (exited 3 .*restarting|starting \(\d+ restarts, last exit 3\))/);
  });

  it('is never called healthy, neither by the engine nor by us', () => {
    expect([...engine]).not.toContain('healthy');
    expect(engine.size).toBeGreaterThan(0);
    const boards = ran.stdout
      .trim()
      .split('\n')
      .flatMap((line) => Event.parse(JSON.parse(line)).board ?? []);
    const said = boards.flatMap(({ services }) => services.filter(({ name }) => name === 'crash'));
    expect(said.length).toBeGreaterThan(0);
    expect(said.filter(({ health }) => health === 'healthy')).toEqual([]);
  });

  it('leaves the others healthy', async () => {
    const containers = await containersOf(stack.id);
    const ill = SERVICES.filter((name) => {
      const container = containers.get(name);
      return !container || !isWell(name, container);
    });
    expect(ill).toEqual([]);
  });

  it('is on the board with its restarts', async () => {
    // Between two starts it runs; the reason speaks of the restarts in both states.
    await waitFor('a reason with restarts', async () => {
      const { code, stdout } = await cli(['status', '--once', '--json', '--dir', stack.dir]);
      expect(code).toBe(3);
      const crash = JSON.parse(stdout).services.find(({ name }: { name: string }) => name === 'crash');
      return /\d+ restarts/.test(crash.reason) ? true : undefined;
    });
  });

  it('does not go on once it is taken out of the stack', async () => {
    expect((await decide(null)).code).toBe(0);
    await deploy(stack.dir);
    await healthy(stack.id);
    expect([...(await containersOf(stack.id)).keys()].sort()).toEqual(SERVICES);
    expect(await docker('ps', '-aq', '--filter', `name=${stack.id}-crash`)).toBe('');
  });
});
