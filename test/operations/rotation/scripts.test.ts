import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { LOGIN } from '../../../src/operations/rotation/prove/database.ts';
import { ASK } from '../../../src/operations/rotation/prove/gate.ts';
import { HASH } from '../../../src/operations/rotation/prove/readers.ts';

/** What this machine has of the shells that an image may have as `sh`. */
const SHELLS = ['sh', 'dash', 'bash', 'busybox'].filter(
  (shell) => spawnSync(shell, shell === 'busybox' ? ['true'] : ['-c', ':']).status === 0,
);

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'scripts-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
});

/** As a container is asked: the script in an argument, what is secret on standard input. */
function run(shell: string, script: string, args: readonly string[], input: string, env: NodeJS.ProcessEnv = {}) {
  const own = shell === 'busybox' ? busybox() : { program: shell, path: process.env.PATH };
  const { stdout, stderr, status } = spawnSync(own.program, ['-euc', script, 'trading-setup', ...args], {
    input,
    env: { ...process.env, ...env, PATH: `${env.PATH ?? ''}:${own.path}` },
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { lines: stdout.split('\n').slice(0, -1), stderr, status };
}

/** Its shell with its own tools, as an image without any other has them. */
function busybox() {
  const program = execFileSync('sh', ['-c', 'command -v busybox']).toString().trim();
  const path = join(dir, 'busybox');
  mkdirSync(path, { recursive: true });
  const tools = ['sh', 'cat', 'tr', 'sed', 'cut', 'sha256sum'];
  for (const tool of tools) if (!existsSync(join(path, tool))) symlinkSync(program, join(path, tool));
  return { program: join(path, 'sh'), path };
}

const PEM =
  '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQ\n-----END PRIVATE KEY-----';
const SALT = 'salt';
const hash = (value: string) =>
  createHash('sha256').update(SALT).update(value.replaceAll('\n', '\u0001')).digest('hex');

describe.each(SHELLS)('what a reader runs with, asked by %s,', (shell) => {
  /** A container as its shell sees it: processes and the files of its secrets. */
  function container(files: Readonly<Record<string, string>>): string {
    mkdirSync(join(dir, 'proc'));
    mkdirSync(join(dir, 'env'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, 'env', name), text);
    return HASH.replaceAll('/proc', join(dir, 'proc')).replaceAll('/run/secrets', dir);
  }

  function process(pid: number, { comm = 'toy', parent = 0, environ = '' }): void {
    const folder = join(dir, 'proc', String(pid));
    mkdirSync(folder);
    writeFileSync(join(folder, 'comm'), `${comm}\n`);
    writeFileSync(join(folder, 'stat'), `${pid} (${comm}) S ${parent} 1 1`);
    writeFileSync(join(folder, 'environ'), environ);
  }

  const environ = (variables: Readonly<Record<string, string>>) =>
    Object.entries(variables)
      .map(([name, value]) => `${name}=${value}\0`)
      .join('');

  it('is its whole value, however many lines it has and whatever is in it', () => {
    const values = {
      KEY: PEM,
      ENDS: 'two ends\n\n',
      ODD: `it's "$HOME" \`id\` %s \\n \u0001 ü`,
      SIGN: 'a=b=c',
      // A line of one value looks like a variable.
      TRAP: 'x\nLATER=wrong',
      LATER: 'right',
    };
    const script = container(values);
    process(1, { environ: environ(values) });
    const { lines, stderr } = run(shell, script, Object.keys(values), `${SALT}\n`);
    expect(stderr).toBe('');
    expect(lines).toEqual(Object.entries(values).map(([name, value]) => `${name} ${hash(value)} ${hash(value)}`));
  });

  it('is nothing where the variable is empty or absent, and so is what an emptied file holds', () => {
    const script = container({ EMPTY: '', FILED: 'in the file' });
    process(1, { environ: environ({ EMPTY: '', NOT_FILED: '', PREFIX_FILED: 'x' }) });
    const { lines } = run(shell, script, ['EMPTY', 'ABSENT', 'FILED'], `${SALT}\n`);
    expect(lines).toEqual(['EMPTY none none', 'ABSENT none none', `FILED none ${hash('in the file')}`]);
  });

  it('is that of the first child where process 1 is an init', () => {
    const script = container({});
    process(1, { comm: 'docker-init', environ: environ({ KEY: 'of the init' }) });
    process(7, { comm: 'toy (x) y', parent: 1, environ: environ({ KEY: 'of the program' }) });
    process(12, { parent: 1, environ: environ({ KEY: 'of an orphan' }) });
    process(3, { parent: 7, environ: environ({ KEY: 'of a grandchild' }) });
    expect(run(shell, script, ['KEY'], `${SALT}\n`).lines).toEqual([`KEY ${hash('of the program')} none`]);
  });

  it.runIf(globalThis.process.platform === 'linux')('is that of a real process', async () => {
    const script = container({});
    const child = spawn('sleep', ['30'], { env: { KEY: PEM, PATH: globalThis.process.env.PATH } });
    onTestFinished(() => void child.kill());
    await new Promise((resolve) => child.once('spawn', resolve));
    symlinkSync(`/proc/${child.pid}`, join(dir, 'proc', '1'));
    expect(run(shell, script, ['KEY'], `${SALT}\n`).lines).toEqual([`KEY ${hash(PEM)} none`]);
  });

  it('is an error where it cannot be read, and not another value', () => {
    const script = container({});
    process(1, {});
    rmSync(join(dir, 'proc', '1', 'environ'));
    const { status, stderr } = run(shell, script, ['KEY'], `${SALT}\n`);
    expect(status).not.toBe(0);
    expect(stderr).toMatch(/environ/);
  });
});

describe.each(SHELLS)('a login to the database, tried by %s,', (shell) => {
  it('says of each password whether it was taken, and of a failure why', () => {
    const psql = join(dir, 'psql');
    const answers = [
      'case $PGUSER@$PGHOST/$PGDATABASE/$PGPASSWORD in',
      "  'trader@database/toy/ right \\ '\"'\"'one') echo 1 ;;",
      "  */away) printf 'psql: error: could not translate\\n  host name\\n' >&2; exit 2 ;;",
      '  *) echo \'psql: error: FATAL:  password authentication failed for user "trader"\' >&2; exit 2 ;;',
      'esac',
    ];
    writeFileSync(psql, `#!/bin/sh\n${answers.join('\n')}\n`);
    chmodSync(psql, 0o755);
    const input = [" right \\ 'one", 'wrong', 'away', "right \\ 'one"].map((line) => `${line}\n`).join('');
    const { lines, status } = run(shell, LOGIN, ['trader', 'toy'], input, { PATH: dir });
    expect(status).toBe(0);
    expect(lines.map((line) => line.trim())).toEqual([
      'taken',
      'refused',
      'failed psql: error: could not translate   host name',
      'refused',
    ]);
  });
});

const hasBash = SHELLS.includes('bash');

describe.runIf(hasBash)('the gate, asked by bash,', () => {
  it('says a status for each login, and none where nobody listens', async () => {
    const right = Buffer.from('operator:right').toString('base64');
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url);
      response.writeHead(request.headers.authorization === `Basic ${right}` ? 200 : 401).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo; // it listens on TCP
    const wrong = Buffer.from('operator:wrong').toString('base64');
    const args = ['-euc', ASK, 'trading-setup', String(port), '/health'];
    const answer = await new Promise<string>((resolve) => {
      const child = spawn('bash', args);
      const parts: Buffer[] = [];
      child.stdout.on('data', (part: Buffer) => parts.push(part));
      child.on('close', () => resolve(Buffer.concat(parts).toString()));
      child.stdin.end(`${right}\n${wrong}\n`);
    });
    expect(answer).toBe('200\n401\n');
    expect(asked).toEqual(['/health', '/health']);
    await new Promise((resolve) => server.close(resolve));
    expect(execFileSync('bash', args, { input: `${right}\n${wrong}\n` }).toString()).toBe('none\nnone\n');
  });
});
