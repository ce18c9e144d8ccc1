import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containersOf, healthy } from './support/engine.ts';
import { killedAt } from './support/killed.ts';
import { cli, docker } from './support/run.ts';
import { compose, deployed, inVolume, type Stack } from './support/stack.ts';

/** As good as a password until it is used. */
const CODE = 'C0.live9f3e6d5b1a8';
const ADDRESS = 'https://broker.example/oauth/authorize?client_id=demo';
/** Stands for the login command of a program: prints an address, reads one, and keeps what it got. */
const LOGIN = [
  `echo "Open ${ADDRESS}"`,
  'read -r url',
  `case $url in *code=slow*) sleep 120 ;; *code=C0.*) printf %s "$url" >/data/login.txt; echo "kept $url" ;; *) echo no; exit 7 ;; esac`,
].join('; ');

let stack: Stack;
let file: string;
let text: string;
beforeAll(async () => {
  stack = await deployed('scratch');
  file = join(stack.dir, 'trading-setup.yaml');
  text = readFileSync(file, 'utf8');
  const login = JSON.stringify({ service: 'app', run: ['sh', '-c', LOGIN] });
  writeFileSync(file, text.replace(/^(secrets:\n)/m, `$1  commands:\n    login: ${login}\n`));
});
afterAll(async () => {
  writeFileSync(file, text);
  await inVolume(`${stack.id}_app-data`, 'rm -f /volume/login.txt');
});

function program(...words: readonly string[]) {
  return cli(['run', '--dir', stack.dir, 'app', ...words]);
}

const ARGS = ['secrets', 'login', '--yes', '--dir'];

function login(stdin: string, ...more: readonly string[]) {
  return cli([...ARGS, stack.dir, ...more], { stdin });
}

async function oneOffs(): Promise<string> {
  return docker(
    'ps',
    '-aq',
    '--filter',
    `label=com.docker.compose.project=${stack.id}`,
    '--filter',
    'label=com.docker.compose.oneoff=True',
  );
}

describe('run beside a service that keeps data', () => {
  it('is refused while it runs, with the way out: there is one writer', async () => {
    const { code, stderr } = await program('ls', '/data');
    expect(code).toBe(4);
    expect(stderr).toContain('docker compose stop app');
    expect(await oneOffs()).toBe('');
  });
});

describe('run', () => {
  beforeAll(async () => {
    await compose(stack, 'stop', 'app');
  });
  afterAll(async () => {
    await compose(stack, 'start', 'app');
    await healthy(stack.id);
  });

  it('runs a program with the data and the secrets of a service, and leaves no container', async () => {
    const { code, stdout, stderr } = await program('sh', '-c', 'id -u; ls /data/bots.db /run/secrets/.trading-setup');
    expect(code, stderr).toBe(0);
    expect(stdout).toBe('10001\n/data/bots.db\n/run/secrets/.trading-setup\n');
    expect(await oneOffs()).toBe('');
  });

  it('hands its own flags to the program, and standard input, and says how it ended', async () => {
    expect((await program('algo-trade', '--help')).stdout).toContain('Usage: algo-trade');
    const fed = await cli(['run', '--dir', stack.dir, 'app', 'cat'], { stdin: 'a line\n' });
    expect(fed).toMatchObject({ code: 0, stdout: 'a line\n' });
    const failed = await program('sh', '-c', 'exit 3');
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain('exit code 3');
  });

  it('starts no second daemon', async () => {
    for (const words of [[], ['algo-trade', 'run'], ['sh', '-c', 'algo-trade run']]) {
      const { code, stderr } = await program(...words);
      expect(code).toBe(4);
      expect(stderr).toContain('what the service app does');
    }
    expect(await oneOffs()).toBe('');
  });

  it('passes on no secret value', async () => {
    const password = (await cli(['secrets', 'reveal', 'DATABASE_PASSWORD', '--yes', '--dir', stack.dir])).stdout.trim();
    const show = ['sh', '-c', 'cat /run/secrets/env/APP_DATABASE'];
    const { code, stdout, stderr } = await cli(['run', '--dir', stack.dir, 'collect', ...show]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('database');
    expect(stdout + stderr).not.toContain(password);
  });
});

describe('a login', () => {
  const startOf = async () => (await containersOf(stack.id)).get('app')?.State.StartedAt;

  it('runs no command that nobody has agreed to', async () => {
    const before = await startOf();
    const { code, stderr } = await login(`https://127.0.0.1/?code=${CODE}`);
    expect(code).toBe(4);
    expect(stderr).toContain('read -r url');
    expect(stderr).toContain('--accept-command');
    expect(await startOf()).toBe(before);
  });

  it('is done by the program with the daemon stopped, and counts down afterwards', async () => {
    const before = await startOf();
    const { code, stdout, stderr } = await login(`https://127.0.0.1/?code=${CODE}`, '--accept-command');
    expect(code, stderr).toBe(0);
    await healthy(stack.id);
    expect(await startOf()).not.toBe(before);
    expect(stdout + stderr).not.toContain(CODE);
    expect(await inVolume(`${stack.id}_app-data`, 'cat /volume/login.txt')).toContain('127.0.0.1');
    const vault = join(process.env.XDG_DATA_HOME ?? '', 'trading-setup', stack.id, 'logins.json');
    expect(existsSync(vault)).toBe(true);
    expect(readFileSync(vault, 'utf8')).not.toContain(CODE);
  });

  it('that fails leaves the daemon running as it was', async () => {
    const { code, stderr } = await login('https://127.0.0.1/?code=bad1234567');
    expect(code).toBe(1);
    expect(stderr).toContain('secrets login');
    await healthy(stack.id);
    expect(await oneOffs()).toBe('');
  });

  it('that was killed is on the board, and the next one starts what it had stopped', async () => {
    const before = (await containersOf(stack.id)).get('app')?.Id;
    const asked = /it has printed the address/;
    await killedAt([...ARGS, stack.dir, '--json'], asked, { stdin: 'https://127.0.0.1/?code=slow1234567' });
    const board = await cli(['status', '--json', '--dir', stack.dir]);
    expect(board.code).toBe(3);
    expect(JSON.parse(board.stdout)).toMatchObject({ login: { service: 'app' } });
    const { code, stderr } = await login(`https://127.0.0.1/?code=${CODE}`);
    expect(code, stderr).toBe(0);
    await healthy(stack.id);
    expect((await containersOf(stack.id)).get('app')?.Id).toBe(before);
    expect(await oneOffs()).toBe('');
    expect(JSON.parse((await cli(['status', '--json', '--dir', stack.dir])).stdout)).not.toHaveProperty('login');
  });

  it('takes no other address than the one that the browser was sent to', async () => {
    const before = await startOf();
    expect((await login(`https://evil.example/?code=${CODE}`)).code).toBe(2);
    expect((await login('')).code).toBe(4);
    expect(await startOf()).toBe(before);
  });
});
