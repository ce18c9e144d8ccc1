import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KINDS, type Scene } from './leaks/kinds.ts';
import { mb, search } from './leaks/search.ts';
import { Values } from './leaks/values.ts';
import { type Accounts, CHAIN, type Desk, desk as openDesk } from './support/desk.ts';
import { desks, written } from './support/desks.ts';
import { type Container, containerOf, containersOf, healthy } from './support/engine.ts';
import { ask } from './support/http.ts';
import { record } from './support/recording.ts';
import { CLI, cli, docker, type How, LIVE, must, OUTPUTS, type Ran, run } from './support/run.ts';
import { inVolume, volumesOf } from './support/stack.ts';
import { evolveSystemB } from './support/system-b.js';
import { waitFor } from './support/wait.ts';
import { watch } from './support/watch.ts';

const INSTANCES = ['schwab', 'alpaca'] as const;
type Instance = (typeof INSTANCES)[number];

const ACCOUNTS: Accounts = {
  schwab: { key: 'schwabkey4f1d8c6a20b97e35', secret: 'schwabsecret9c2e7a51' },
  alpaca: { key: 'PKALPACA7D3E9A1B5C', secret: 'alpacasecret5b8f2d6e4a19c7' },
};
const REDIRECT = 'https://127.0.0.1';
const WEEK_S = 7 * 24 * 60 * 60;

const folders = {
  watched: join(LIVE, 'desks-watched'),
  terminals: join(LIVE, 'desks-terminals'),
  temporary: join(LIVE, 'desks-temporary'),
};
/** Key of the app and address of its callback stand in the address that a person opens. */
const values = new Values([ACCOUNTS.schwab.key, REDIRECT]);

let dir: string;
let id: string;
let there: Desk;
let watching: Awaited<ReturnType<typeof watch>>;
/** Of a person at this machine: containers trust the stand-in for the brokers, and so do checks. */
let env: Readonly<Record<string, string>>;

function setup(args: readonly string[], how: How = {}): Promise<Ran> {
  return cli([...args, '--dir', dir], { ...how, env: { ...env, ...how.env } });
}

/** Has to succeed; gives what it said. */
async function done(args: readonly string[], how: How = {}): Promise<string> {
  const { code, stdout, stderr } = await setup(args, how);
  expect(code, `${args.join(' ')}\n${stdout}${stderr}`).toBe(0);
  return stdout + stderr;
}

/** A helper program of the repository, in the container of its service: it only looks. */
async function look(instance: Instance, ...words: readonly string[]): Promise<Ran> {
  const { Id } = await containerOf(id, instance);
  return run(['docker', 'exec', Id, 'entrypoint', ...words]);
}

function override(): string {
  const trust = {
    volumes: [`${there.authority}:/run/authority.pem:ro`],
    environment: { SSL_CERT_FILE: '/run/authority.pem' },
  };
  const path = join(LIVE, 'desks.override.yml');
  writeFileSync(path, JSON.stringify({ services: { schwab: trust, alpaca: trust } }));
  return path;
}

const Board = z.object({
  overall: z.string(),
  credentials: z.array(z.object({ name: z.string(), expires: z.string().optional(), state: z.string() })).default([]),
  reach: z
    .array(z.object({ service: z.string(), host: z.string(), port: z.int(), tls: z.boolean(), state: z.string() }))
    .default([]),
});

async function status(): Promise<z.infer<typeof Board>> {
  return Board.parse(JSON.parse((await setup(['status', '--json'])).stdout));
}

async function reveal(name: string): Promise<string> {
  return (await setup(['secrets', 'reveal', name, '--yes'])).stdout.trim();
}

/** What the daemon of an instance says of itself, through the gate. */
async function health(instance: Instance): Promise<{ readonly broker: string; readonly login: string }> {
  const { ports, secrets } = written(dir);
  const port = instance === 'schwab' ? ports.api.host : ports.api.instances?.[instance];
  const login = `${secrets.gateUser}:${await reveal('GATE_PASSWORD')}`;
  const { status: code, body } = await ask(port ?? 0, '/health', { login });
  expect(code).toBe(200);
  return z.object({ broker: z.string(), login: z.string() }).parse(JSON.parse(body));
}

/** A shell inside the running container of an instance. */
async function inside(instance: Instance, script: string): Promise<Ran> {
  const { Id } = await containerOf(id, instance);
  return run(['docker', 'exec', '-i', Id, 'bash', '-s'], { stdin: script });
}

async function recreated(before: ReadonlyMap<string, Container>): Promise<readonly string[]> {
  const after = await containersOf(id);
  return INSTANCES.filter((name) => before.get(name)?.Id !== after.get(name)?.Id);
}

beforeAll(async () => {
  ({ dir } = await desks());
  ({ id } = written(dir));
  there = await openDesk(join(LIVE, 'desk'), ACCOUNTS);
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  watching = await watch(folders.watched);
  env = {
    TMPDIR: folders.temporary,
    COMPOSE_FILE: `docker-compose.yml:${override()}`,
    NODE_EXTRA_CA_CERTS: there.authority,
    TRADING_SETUP_ALPACA_URL: there.broker,
  };
  const told = INSTANCES.flatMap((name) =>
    ['BASE_URL', 'ALPACA_BASE_URL'].flatMap((variable) => [
      '--set',
      `services.${name}.environment.${variable}=${there.broker}`,
    ]),
  );
  await done(['init', '--yes', '--no-start', ...told]);
  for (const [name, stdin] of Object.entries({
    APP_KEY: ACCOUNTS.schwab.key,
    APP_SECRET: ACCOUNTS.schwab.secret,
    REDIRECT_URI: REDIRECT,
    ALPACA_API_KEY: ACCOUNTS.alpaca.key,
    ALPACA_API_SECRET: ACCOUNTS.alpaca.secret,
    WS_RPC_URL: `${there.node}/v2/first-key`,
    WS_RPC_URL_ALPACA: `${there.node}/v2/second-key`,
  }))
    await done(['secrets', 'set', name], { stdin });
  await done(['deploy', '--yes']);
  await healthy(id, [...INSTANCES, 'gate']);
});
afterAll(() => there?.close());

describe('two instances of one program', () => {
  it('run side by side, each at its broker', async () => {
    expect((await health('schwab')).broker).toBe('schwab');
    expect((await health('alpaca')).broker).toBe('alpaca');
    const [first, second] = [await containerOf(id, 'schwab'), await containerOf(id, 'alpaca')];
    expect(first.Image).toBe(second.Image);
  });

  it('have databases and secrets of their own, and no way to those of the other', async () => {
    const containers = await containersOf(id);
    for (const name of INSTANCES) {
      const volumes = containers.get(name)?.Mounts.filter(({ Type }) => Type === 'volume') ?? [];
      expect(volumes.map(({ Name }) => Name).sort()).toEqual([`${id}_${name}-data`, `${id}_${name}-secrets`]);
    }
    const names = async (name: Instance) => (await inside(name, 'ls /run/secrets/env')).stdout.trim().split('\n');
    expect(await names('schwab')).toEqual(['APP_KEY', 'APP_SECRET', 'ENCRYPTION_KEY', 'REDIRECT_URI', 'WS_RPC_URL']);
    expect(await names('alpaca')).toEqual(['ALPACA_API_KEY', 'ALPACA_API_SECRET', 'ENCRYPTION_KEY', 'WS_RPC_URL']);
    const key = async (name: Instance) => (await inside(name, 'sha256sum </run/secrets/env/ENCRYPTION_KEY')).stdout;
    expect(await key('schwab')).not.toBe(await key('alpaca'));
    // The whole file system of one, searched for what only the other one has.
    const wanted = createHash('sha256').update(ACCOUNTS.schwab.secret).digest('hex');
    const search =
      'find / -xdev -type f -size -4k -readable -exec sha256sum {} + 2>/dev/null; cd /run/secrets && sha256sum env/*';
    expect((await inside('schwab', search)).stdout).toContain(wanted);
    expect((await inside('alpaca', search)).stdout).not.toContain(wanted);
    const call = 'timeout 3 bash -c "exec 3<>/dev/tcp/schwab/8080" && echo open || echo closed';
    expect((await inside('alpaca', call)).stdout).toBe('closed\n');
  });

  it('got their schema before they started, in files of the program', async () => {
    for (const name of INSTANCES) {
      const migrate = await containerOf(id, `${name}-migrate`);
      expect([migrate.State.Status, migrate.State.ExitCode]).toEqual(['exited', 0]);
      const files = await inVolume(`${id}_${name}-data`, 'stat -c "%u %g %a %n" /volume/*.db');
      expect(files).toMatch(/^10001 10001 6\d0 \/volume\/\w+\.db\n$/);
    }
  });

  it('record what happens on the chain, each for itself', async () => {
    there.take(3, 10);
    for (const name of INSTANCES) {
      // Without its weekly login the one cannot act on it.
      const row = name === 'schwab' ? '1 121 7 pending\n' : '1 121 7 skipped\n';
      await waitFor(`the trade in the database of ${name}`, async () => {
        const { stdout, stderr } = await look(name, 'cli', 'trades');
        if (stdout === row) return true;
        throw new Error(stdout + stderr);
      });
    }
  });
});

describe('run', () => {
  const words = ['cli', 'account'];
  const program = () => cli(['run', '--dir', dir, 'alpaca', ...words], { env });

  it('starts no second writer beside a service that keeps data, and says how to go on, which then works', async () => {
    const { code, stderr } = await program();
    expect([code, stderr]).toEqual([4, expect.stringContaining('alpaca runs and writes to its data')]);
    const [stop = '', start = ''] = stderr.match(/docker compose .*\b(?:stop|start) alpaca/g) ?? [];
    const compose = (command: string) => must(command.split(' '), { cwd: dir, env });
    await compose(stop);
    // With the secrets and the data of its service, and those of no other one.
    const ran = await program();
    await compose(start);
    expect(ran).toMatchObject({ code: 0, stdout: 'alpaca PA3STANDIN\n' });
    await healthy(id, [...INSTANCES]);
  });
});

describe('the first login', () => {
  /** What a person does in the browser: opens the address, and takes the one that the broker sends it to. */
  async function redirected(): Promise<string> {
    const query = new URLSearchParams({ client_id: ACCOUNTS.schwab.key, redirect_uri: REDIRECT });
    const url = new URL(`/v1/oauth/authorize?${query}`, there.broker);
    const { stdout } = await run([
      'curl',
      '-s',
      '-o',
      '/dev/null',
      '-w',
      '%{redirect_url}',
      '--cacert',
      there.authority,
      url.href,
    ]);
    return stdout;
  }

  it('is asked for before it was made', async () => {
    expect((await health('schwab')).login).toContain('run auth');
  });

  it('goes through the helper program of the repository, and counts down for seven days', async () => {
    const before = there.asked.length;
    const stdin = await redirected();
    values.add('code', new URL(stdin).searchParams.get('code') ?? '');
    const said = await done(['secrets', 'login', '--yes', '--accept-command'], { stdin });
    for (const token of there.tokens) expect(said).not.toContain(token);
    expect(there.asked.slice(before).map(({ path }) => path)).toContain('/v1/oauth/token');
    await healthy(id, [...INSTANCES]);
    expect((await health('schwab')).login).toBe('ok');
    const { credentials } = await status();
    const login = credentials.find(({ name }) => /SCHWAB/.test(name));
    const left = (Date.parse(login?.expires ?? '') - Date.now()) / 1000;
    expect(left).toBeGreaterThan(WEEK_S - 600);
    expect(left).toBeLessThanOrEqual(WEEK_S);
  });

  it('is kept sealed, in the database of its instance only', async () => {
    const { stdout } = await look('schwab', 'cli', 'login');
    expect(stdout).toMatch(/^key [0-9a-f]{8}$/m);
    expect(Number(/refresh token: (\d+) s/.exec(stdout)?.[1])).toBeGreaterThan(WEEK_S - 600);
    expect((await look('alpaca', 'cli', 'login')).stdout).toBe('none\n');
    const data = await inVolume(`${id}_schwab-data`, 'cat /volume/*.db* | base64 -w0');
    for (const token of there.tokens) expect(Buffer.from(data, 'base64').includes(token)).toBe(false);
  });

  it('lets the daemon act on what has waited', async () => {
    await waitFor('the trade that waited', async () =>
      (await look('schwab', 'cli', 'trades')).stdout.includes('skipped') ? true : undefined,
    );
  });
});

describe('status --json', () => {
  it('tells what each instance reaches from inside its container', async () => {
    const { overall, reach } = await status();
    expect(overall).toBe('healthy');
    const [broker, node] = [new URL(there.broker), new URL(there.node)];
    for (const service of INSTANCES) {
      const at = ({ hostname, port }: URL) => ({ service, host: hostname, port: Number(port) });
      expect(reach).toContainEqual(expect.objectContaining({ ...at(node), tls: false, state: 'reachable' }));
      expect(reach).toContainEqual(expect.objectContaining({ ...at(broker), tls: true }));
    }
  });
});

describe('rotate', () => {
  it('gives one instance a new address of its node, proves it from inside, and leaves the other alone', async () => {
    const before = await containersOf(id);
    const stdin = `${there.node}/v2/third-key`;
    await values.fromStore(dir);
    const said = await done(['rotate', 'WS_RPC_URL_ALPACA', '--yes', '--manual-done'], { stdin });
    expect(said).toContain('alpaca');
    expect(await recreated(before)).toEqual(['alpaca']);
    await healthy(id, [...INSTANCES]);
    await done(['rotate', '--resume', '--manual-done', '--yes']);
  });

  it('gives one instance a new encryption key, and its login is sealed with that one', async () => {
    const sealedBy = async () => /^key (\w+)$/m.exec((await look('schwab', 'cli', 'login')).stdout)?.[1];
    const before = [await containersOf(id), await sealedBy()] as const;
    const command = JSON.stringify({ service: 'schwab', run: ['cli', 'reencrypt'] });
    await done(['init', '--yes', '--no-start', '--set', `secrets.commands.reencrypt=${command}`]);
    await done(['rotate', 'ENCRYPTION_KEY', '--yes', '--accept-command']);
    expect(await recreated(before[0])).toEqual(['schwab']);
    await healthy(id, [...INSTANCES]);
    const after = await sealedBy();
    expect(after).toMatch(/^[0-9a-f]{8}$/);
    expect(after).not.toBe(before[1]);
    expect((await health('schwab')).login).toBe('ok');
  });
});

describe('the second version of the repository', () => {
  /** What `check` offers to take over, as it is typed. */
  function offered(said: string): readonly string[] {
    const lines = said.split('\n').filter((line) => line.startsWith('different:'));
    const sets = lines.join('\n').matchAll(/--set (?:'([^']+)'|(\S+))/g);
    return [...sets].map(([, quoted, plain]) => quoted ?? plain ?? '').filter((set) => !set.endsWith('=VALUE'));
  }

  it('is shown as a difference and never taken over by itself', async () => {
    const before = readFileSync(join(dir, 'trading-setup.yaml'), 'utf8');
    evolveSystemB(dir);
    const { code, stdout, stderr } = await setup(['check']);
    expect(code).toBe(1);
    for (const text of ['server', 'SCHWAB_APP_KEY', 'SCHWAB_APP_SECRET', 'ORDER_OWNER'])
      expect(stdout + stderr).toContain(text);
    expect((await setup(['deploy', '--yes'])).code).not.toBe(0);
    expect(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8')).toBe(before);
    await healthy(id, [...INSTANCES]);
    const owner = INSTANCES.map((name) => `services.${name}.environment.ORDER_OWNER=${CHAIN.owner}`);
    const answers = [...offered(stdout + stderr), ...owner].flatMap((set) => ['--set', set]);
    await done(['init', '--yes', '--no-start', ...answers]);
    expect((await setup(['check'])).code).toBe(0);
  });

  it('comes with its migration, of which there is no way back, and keeps what was there', async () => {
    const said = await done(['deploy', '--yes']);
    console.info(/Build the images +[\w ]+$/m.exec(said)?.[0]);
    await healthy(id, [...INSTANCES]);
    for (const name of INSTANCES) {
      const migrate = await containerOf(id, `${name}-migrate`);
      expect([migrate.State.Status, migrate.State.ExitCode]).toEqual(['exited', 0]);
      const { stdout, stderr } = await look(name, 'cli', 'fills');
      expect(stdout, stderr).toMatch(/^1 121 sell 7 /m);
    }
    expect((await health('schwab')).login).toBe('ok');
  });

  it('has copies of both databases from before', async () => {
    for (const name of INSTANCES) {
      const tables =
        'for f in $(find /volume -name "*.db*" -size +1k); do grep -qa "CREATE TABLE trades" "$f" && echo "$f"; done; :';
      expect(await inVolume(`${id}_${name}-data`, tables)).not.toBe('');
    }
  });
});

describe('the containers', () => {
  it('end when they are told to, in time', async () => {
    for (const name of INSTANCES) {
      const { Id } = await containerOf(id, name);
      await docker('stop', '--timeout', '10', Id);
      expect((await containerOf(id, name)).State.ExitCode).toBe(0);
    }
    await done(['deploy', '--yes']);
    await healthy(id, [...INSTANCES]);
  });
});

describe('its whole life', () => {
  it('leaves no secret, and nothing made from one, in any place that could show it', async () => {
    const list = record([process.execPath, CLI, 'secrets', 'list', '--dir', dir], {
      folder: folders.terminals,
      name: 'list',
    });
    expect(await list.end()).toBe(0);
    await values.fromStore(dir);
    await values.fromVolumes(id);
    for (const [at, token] of there.tokens.entries()) values.add(`token ${at}`, token);
    const containers = [...(await containersOf(id)).values()];
    const networks = await docker('network', 'ls', '-q', '--filter', `label=com.docker.compose.project=${id}`);
    const scene: Scene = {
      containers: containers.map(({ Id }) => Id),
      images: [...new Set(containers.map(({ Config }) => Config.Image))],
      volumes: await volumesOf(id),
      networks: networks.split('\n').filter(Boolean),
      repository: dir,
      program: dirname(dirname(CLI)),
      homes: ['XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME']
        .flatMap((name) => process.env[name] ?? [])
        .filter((home) => existsSync(home)),
      temporary: folders.temporary,
      outputs: OUTPUTS,
      terminals: folders.terminals,
      watched: folders.watched,
    };
    const stats = await watching.stop();
    const { hits, places, bytes } = await search(KINDS, scene, values.needles());
    console.info(
      `leaks of system B: ${values.count} values, ${places} places, ${mb(bytes)} searched, ${hits.length} hits`,
    );
    expect(values.count).toBeGreaterThan(12);
    expect(stats.inspections).toBeGreaterThan(10);
    expect(hits).toEqual([]);
  });
});
