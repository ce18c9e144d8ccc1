import { beforeAll, describe, expect, it } from 'vitest';
import { type Container, containerOf, containersOf, healthy, logOf } from './support/engine.ts';
import { ask } from './support/http.ts';
import { cli, docker, LIVE } from './support/run.ts';
import { compose, deploy, deployed, inVolume, type Stack, sql, tryCompose } from './support/stack.ts';
import { waitFor } from './support/wait.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await deployed('scratch');
});

/** The collector does not listen to SIGTERM: its grace period would be waited for each time. */
function end(service: string): Promise<string> {
  return compose(stack, service === 'collect' ? 'kill' : 'stop', service);
}

const COPY = 'trading-setup-live-copy';

/** Does something to a volume of an ended service, and undoes it afterwards whatever happens. */
async function damaged(service: string, volume: string, harm: string, check: () => Promise<void>): Promise<void> {
  const name = `${stack.id}_${volume}`;
  await end(service);
  await docker('volume', 'create', '--label', `trading-setup.live=${LIVE}`, COPY);
  const copy = ['-v', `${COPY}:/copy`];
  await inVolume(name, 'cp -a /volume/. /copy/', ...copy);
  try {
    await inVolume(name, harm);
    await check();
  } finally {
    await end(service);
    await inVolume(name, 'find /volume -mindepth 1 -delete; cp -a /copy/. /volume/', ...copy);
    await docker('volume', 'rm', COPY);
    await compose(stack, 'up', '-d', '--no-deps', service);
    await healthy(stack.id, [service]);
  }
}

/** Starts a service as `docker compose up -d` or the engine would, and waits until it has refused. */
async function refusal(service: string): Promise<{ readonly container: Container; readonly log: string }> {
  // Compose itself may say that it failed, e.g. because others wait for this one.
  await tryCompose(stack, 'up', '-d', '--no-deps', service);
  const container = await waitFor(`${service} ends with 78`, async () => {
    const found = await containerOf(stack.id, service);
    return found.State.ExitCode === 78 ? found : undefined;
  });
  return { container, log: await logOf(container) };
}

const EMPTY = 'find /volume -mindepth 1 -delete';

describe('a data volume that was emptied', () => {
  it('is refused by the daemon, which starts no new position book in it', () =>
    damaged('app', 'app-data', EMPTY, async () => {
      const { container, log } = await refusal('app');
      expect(log).toContain(`the data volume at /data is not marked as "${stack.id} app-data" (found: "")`);
      expect(log).toContain('next: find out where its data went');
      expect(container.State.Health?.Status).not.toBe('healthy');
      expect(await inVolume(`${stack.id}_app-data`, 'ls -A /volume')).toBe('');
      const { code, stdout } = await cli(['status', '--once', '--json', '--dir', stack.dir]);
      expect(code).toBe(3);
      const app = JSON.parse(stdout).services.find(({ name }: { name: string }) => name === 'app');
      expect(app.reason).toContain('78');
    }));

  it('is refused by the database, which makes no new cluster in it', () =>
    damaged('database', 'database-data', EMPTY, async () => {
      const { log } = await refusal('database');
      expect(log).toContain(`the data volume is not marked as "${stack.id} database-data"`);
      expect(log).toContain('next: find out where its data went');
      expect(await inVolume(`${stack.id}_database-data`, 'ls -A /volume')).toBe('');
    }));
});

describe('a data volume of another stack', () => {
  const FOREIGN = "echo 'other-000000 app-data' >/volume/.trading-setup";

  it('is refused by the daemon, and left as it is', () =>
    damaged('app', 'app-data', FOREIGN, async () => {
      const { log } = await refusal('app');
      expect(log).toContain('(found: "other-000000 app-data")');
      expect((await inVolume(`${stack.id}_app-data`, 'cat /volume/.trading-setup')).trim()).toBe(
        'other-000000 app-data',
      );
    }));

  it('is refused by the database', () =>
    damaged('database', 'database-data', FOREIGN.replace('app', 'database'), async () => {
      expect((await refusal('database')).log).toContain(`not marked as "${stack.id} database-data"`);
    }));
});

describe('a secret volume that lost its mark', () => {
  it.each([
    ['everything in it', EMPTY],
    ['the mark alone', 'rm /volume/.trading-setup'],
  ])('(%s) is refused with the command that mends it, and that command mends it', (_, harm) =>
    damaged('collect', 'collect-secrets', harm, async () => {
      const { log } = await refusal('collect');
      expect(log).toContain(`the secret volume at /run/secrets is not marked as "${stack.id} collect-secrets"`);
      expect(log).toContain('next: npx trading-setup secrets push');
      const push = await cli(['secrets', 'push', '--dir', stack.dir]);
      expect(push.code, push.stdout + push.stderr).toBe(0);
      await compose(stack, 'up', '-d', '--no-deps', 'collect');
      await healthy(stack.id, ['collect']);
    }),
  );
});

describe('a required secret without a value', () => {
  const NAME = 'HYPERLIQUID_API_WALLET_KEY';
  const required = (value: boolean) =>
    cli(['init', '--yes', '--no-start', '--dir', stack.dir, '--set', `secrets.entries.${NAME}.required=${value}`]);

  it('fails the start and not the writing: exit 78 with its name and the command, then a value mends it', async () => {
    const written = await required(true);
    expect(written.code, written.stderr).toBe(0);
    const { code, stdout, stderr } = await cli(['deploy', '--yes', '--dir', stack.dir]);
    expect(code, stdout + stderr).toBe(4);
    expect(stdout + stderr).toContain(`${NAME} is required by app and not set`);
    expect(stdout + stderr).toContain(`trading-setup secrets set ${NAME}`);
    // Compose alone starts it all the same, and the entrypoint says why it does not.
    const { log } = await refusal('app');
    expect(log).toContain(`${NAME} is required and has no value.`);
    expect(log).toContain(`next: npx trading-setup secrets set ${NAME} && npx trading-setup deploy`);

    const stdin = `0x${'ab'.repeat(32)}`;
    expect((await cli(['secrets', 'set', NAME, '--dir', stack.dir], { stdin })).code).toBe(0);
    await deploy(stack.dir);
    await healthy(stack.id);
  });
});

describe('a data volume that is gone', () => {
  it('is a question to a person, and --new-volumes is the answer', async () => {
    expect((await cli(['down', '--dir', stack.dir])).code).toBe(0);
    const lost = [`${stack.id}_app-data`, `${stack.id}_database-data`];
    await docker('volume', 'rm', ...lost);
    const refused = await cli(['deploy', '--yes', '--json', '--dir', stack.dir]);
    expect(refused.code).toBe(4);
    const { error } = JSON.parse(refused.stdout.trim().split('\n').at(-1) ?? '');
    expect(error.code).toBe('data-volume-lost');
    for (const name of lost) expect(error.message).toContain(name);
    expect(error.next.join('\n')).toContain('trading-setup deploy --new-volumes');
    expect((await containersOf(stack.id)).size).toBe(0);
    // Plain Compose does not paper over it either: the volumes are external.
    expect((await tryCompose(stack, 'up', '-d')).code).not.toBe(0);

    await deploy(stack.dir, '--new-volumes');
    await healthy(stack.id);
    const { body } = await ask(stack.api, '/api/bots', { login: stack.login });
    expect(JSON.parse(body)).toEqual([]);
    const { stdout } = await sql(stack, 'SELECT count(*) FROM timescaledb_information.hypertables;');
    expect(stdout.trim()).toBe('4');
  });
});
