import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytesOf, repositoryOf } from '../artifacts/repository.ts';
import { bundle, type Said, temporary } from './program.ts';

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

/** No engine, no keychain, no passphrase: a home that is empty and a PATH that leads nowhere. */
const BARE = { PATH: '/nowhere', DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere' };

/** A repository that this version has written. */
async function current(): Promise<string> {
  const dir = repositoryOf('version-1-no-database-no-tui');
  const { code, stderr } = await init(dir);
  expect(`${code} ${stderr}`).toBe('0 ');
  return dir;
}

function init(dir: string, ...flags: readonly string[]): Promise<Said> {
  mkdirSync(join(dir, 'src'), { recursive: true });
  writeFileSync(join(dir, 'Cargo.toml'), '[package]\nname = "lone-bot"\nversion = "0.1.0"\n');
  writeFileSync(join(dir, 'src/main.rs'), 'fn main() {}\n');
  return program.run(['init', '--yes', '--no-start', '--dir', dir, ...flags]);
}

function check(dir: string, ...flags: readonly string[]): Promise<Said> {
  return program.run(['check', '--dir', dir, ...flags], { env: BARE });
}

function edit(dir: string, path: string, how: (text: string) => string): void {
  const before = readFileSync(join(dir, path), 'utf8');
  const after = how(before);
  expect(after, `${path} is edited`).not.toBe(before);
  writeFileSync(join(dir, path), after);
}

describe('check', () => {
  it('is content with what a run has written, needs nothing of the machine, and touches nothing', async () => {
    const dir = await current();
    const before = bytesOf(dir);
    expect(await check(dir)).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^unchanged: /) });
    expect(await check(dir, '--strict')).toMatchObject({ code: 0 });
    expect(bytesOf(dir)).toEqual(before);
  });

  it('lists edits that a run keeps, and fails on them when it is strict', async () => {
    const dir = await current();
    edit(dir, 'Dockerfile', (text) => `${text}# mine\n`);
    expect(await check(dir)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('kept: Dockerfile (your edit stays)'),
    });
    expect(await check(dir, '--strict')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('1 file is edited: Dockerfile'),
    });
    const { code, stdout } = await check(dir, '--strict', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, ok: false, stale: [], kept: ['Dockerfile'] });
  });

  it('fails with the difference where a run would change bytes, and is content after the run', async () => {
    const dir = await current();
    edit(dir, 'trading-setup.yaml', (text) => text.replace('gateUser: operator', 'gateUser: desk # ours'));
    edit(dir, 'README.md', (text) => text.replace('### Services', 'Ask Ann first.\n\n### Services'));
    edit(dir, 'trading-setup.yaml', (text) => text.replace('seconds: 10', 'seconds: 20'));
    const { code, stdout, stderr } = await check(dir);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^merged: README\.md/m);
    expect(stdout).toContain('\n+  ');
    expect(stderr).toMatch(/README\.md: not as a run .*\nnext: .*trading-setup init/);
    const dry = await program.run(['init', '--yes', '--dry-run', '--dir', dir]);
    expect(dry.stdout).toContain(stdout.trim());
    expect(await init(dir)).toMatchObject({ code: 0 });
    expect(await check(dir)).toMatchObject({ code: 0, stdout: expect.stringContaining('kept: README.md') });
    expect(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8')).toContain('gateUser: desk # ours');
  }, 60_000);

  it('sees what an earlier version left as out of date', async () => {
    const dir = repositoryOf('version-1-no-database-no-tui');
    const { code, stdout } = await check(dir, '--json');
    expect(code).toBe(1);
    const { stale, changes } = JSON.parse(stdout);
    expect(stale).toContain('trading-setup.yaml');
    expect(changes.find(({ path }: { path: string }) => path === 'trading-setup.yaml').diff).toContain('+version: 2');
  });

  it.each<[string, (text: string) => string, number, RegExp]>([
    [
      'a slip of the hand',
      (text) => text.replace('gateUser:', 'gateUsr:'),
      2,
      /trading-setup\.yaml:\d+:\d+: .*did you mean secrets\.gateUser\?/,
    ],
    ['a broken file', (text) => `${text}  - [\n`, 2, /trading-setup\.yaml:\d+:\d+: /],
    [
      'a later program',
      (text) => text.replace(/writtenBy: .*/, 'writtenBy: 99.0.0'),
      4,
      /written by trading-setup 99\.0\.0/,
    ],
  ])('says what is wrong with %s, without a stack trace', async (_, how, exit, message) => {
    const dir = await current();
    edit(dir, 'trading-setup.yaml', how);
    const { code, stdout, stderr } = await check(dir);
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    const json = await check(dir, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ version: 1, error: { next: expect.any(Array) } });
  });

  it('of a folder that is not set up is exit 4', async () => {
    expect(await check(temporary())).toMatchObject({ code: 4, stderr: expect.stringContaining('trading-setup init') });
  });

  it('shows nothing of .env', async () => {
    const dir = await current();
    writeFileSync(join(dir, '.env'), 'API_KEY=hunter2\n');
    edit(dir, 'Dockerfile', (text) => `${text}ENV API_KEY=hunter2\n`);
    edit(dir, '.trading-setup/base/Dockerfile', (text) => text.replace('FROM', 'FROM old'));
    const said = await check(dir);
    expect(`${said.stdout}${said.stderr}`).not.toContain('hunter2');
  });
});

describe('init in a repository with its own files', () => {
  const THEIRS = { Dockerfile: 'FROM theirs\n', 'compose.yaml': 'services: {}\n', '.env.example': 'THEIRS=1\n' };

  function own(): string {
    const dir = temporary();
    for (const [path, text] of Object.entries(THEIRS)) writeFileSync(join(dir, path), text);
    return dir;
  }

  it('writes nothing where nobody has decided', async () => {
    const dir = own();
    const { code, stderr } = await init(dir, '--set', 'account.onlyTrader=true');
    expect(code).toBe(4);
    expect(stderr).toMatch(/compose\.yaml, Dockerfile: there already/);
    expect(Object.keys(bytesOf(dir)).sort()).toEqual([
      '.env.example',
      'Cargo.toml',
      'Dockerfile',
      'compose.yaml',
      'src/main.rs',
    ]);
  });

  it('puts ours beside theirs, remembers it, and asks no more', async () => {
    const dir = own();
    const first = await init(dir, '--on-conflict', 'keep');
    expect(`${first.code} ${first.stderr}`).toBe('0 ');
    expect(first.stdout).toContain('--on-conflict compose.yaml=keep --on-conflict Dockerfile=keep');
    expect(readFileSync(join(dir, 'Dockerfile'), 'utf8')).toBe(THEIRS.Dockerfile);
    expect(readFileSync(join(dir, 'compose.yaml'), 'utf8')).toBe(THEIRS['compose.yaml']);
    expect(readFileSync(join(dir, '.env.example'), 'utf8')).toMatch(/^THEIRS=1\n\n# >>> trading-setup/);
    expect(readFileSync(join(dir, 'README.md'), 'utf8')).toContain(
      'docker compose -f docker-compose.trading-setup.yml up -d',
    );
    const before = bytesOf(dir);
    expect(await init(dir)).toMatchObject({ code: 0, stderr: '' });
    const { 'Cargo.toml': _, 'src/main.rs': __, ...after } = bytesOf(dir);
    expect(before).toMatchObject(after);
    expect(await check(dir)).toMatchObject({ code: 0 });
  });

  it.each([
    [['--on-conflict', 'Dockerfil=keep'], /did you mean Dockerfile\?/],
    [['--on-conflict', 'merge'], /decided for each file/],
    [['--on-conflict', 'compose.yaml=keep', '--on-conflict', 'Dockerfile=merge'], /no common text to merge from/],
    [['--set', 'port.tui=7'], /did you mean ports\.tui\?/],
  ])('refuses what decides nothing: %j', async (flags, message) => {
    const { code, stderr } = await init(own(), ...flags);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('a repository that went on', () => {
  it('without a program of the stack fails a check, names the likeliest new name, and is taken over by one flag', async () => {
    const dir = await current();
    writeFileSync(join(dir, 'Cargo.toml'), '[package]\nname = "moon-bot"\nversion = "0.2.0"\n');
    const before = bytesOf(dir);
    expect(await check(dir)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('different: the repository has no binary lone-bot any more'),
      stderr: expect.stringContaining('--set services.app.binary=moon-bot'),
    });
    const { stdout } = await check(dir, '--json');
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, differences: [{ code: 'binary-gone', blocks: true }] });
    const again = ['init', '--yes', '--no-start', '--dir', dir];
    expect(await program.run(again)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('--set services.app.binary=moon-bot'),
    });
    expect(bytesOf(dir)).toEqual(before);
    expect(await program.run([...again, '--set', 'services.app.binary=moon-bot'])).toMatchObject({ code: 0 });
    expect(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8')).toMatch(/package: moon-bot\n {6}bin: moon-bot/);
    expect(await check(dir)).toMatchObject({ code: 0, stderr: '' });
    const inspected = await program.run(['inspect', '--json', '--dir', dir]);
    expect(JSON.parse(inspected.stdout)).toMatchObject({ evolved: [] });
  });

  it('that several services start is named with one command for all of them', async () => {
    const dir = await current();
    expect(await init(dir, '--set', 'instances=[app, second]')).toMatchObject({ code: 0 });
    writeFileSync(join(dir, 'Cargo.toml'), '[package]\nname = "moon-bot"\nversion = "0.2.0"\n');
    const { stderr } = await check(dir);
    const commands = stderr.split('\n').filter((line) => line.includes('trading-setup init'));
    expect(commands).toHaveLength(1);
    const sets = [...(commands[0] ?? '').matchAll(/--set (\S+)/g)].flatMap(([, set = '']) => ['--set', set]);
    expect(sets.length / 2).toBeGreaterThan(1);
    const again = ['init', '--yes', '--no-start', '--dir', dir];
    expect(await program.run([...again, ...sets])).toMatchObject({ code: 0 });
    expect(await check(dir)).toMatchObject({ code: 0, stderr: '' });
  });
});
