import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackSample } from '../../src/flow/sample.ts';
import { bundle, temporary } from './program.ts';

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

const SECRET = 'hunter2-hunter2';
/** The toy is LIVE: somebody has to have said that nothing else trades on its account. */
const ANSWERED = ['--set', 'account.onlyTrader=true'];

function tree(dir: string): Readonly<Record<string, string>> {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).sort();
  const files = paths.filter((path) => statSync(join(dir, path)).isFile());
  return Object.fromEntries(
    files.map((path) => [path, `${statSync(join(dir, path)).mode} ${readFileSync(join(dir, path), 'base64')}`]),
  );
}

async function rustFolder(): Promise<string> {
  const dir = temporary();
  await mkdir(join(dir, 'src'));
  writeFileSync(join(dir, 'Cargo.toml'), '[package]\nname = "bot"\nversion = "0.1.0"\n');
  writeFileSync(join(dir, 'src/main.rs'), 'fn main() { let _ = std::env::var("BOT_TOKEN"); }\n');
  return dir;
}

/** A program that gives up without a variable. */
const REQUIRES = `fn main() {
    let _ = std::env::var("BOT_TOKEN");
    let broker = std::env::var("BROKER").expect("BROKER");
    loop { println!("{broker}"); }
}
`;

describe('--help', () => {
  it.each([
    ...['', 'init', 'try', 'inspect', 'build', 'deploy', 'status', 'down'],
    ...['secrets', 'secrets list', 'secrets set', 'secrets import', 'secrets remove', 'secrets reveal', 'secrets push'],
    'secrets move',
  ])('of "%s" ends with 0, examples and exit codes', async (command) => {
    const { code, stdout, stderr } = await program.run([...command.split(' ').filter(Boolean), '--help']);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/Examples:\n {2}.*trading-setup/);
    expect(stdout).toMatch(/Exit codes: 0 done/);
    if (command !== '' && command !== 'secrets') expect(stdout).toContain(`trading-setup ${command}`);
    if (command !== 'secrets') expect(stdout).toContain('--dir');
  });

  it('is no success where Node ends before everything was done', async () => {
    // Nobody ever says that it was written: nothing is left to wait for.
    const silenced = 'data:text/javascript,process.stdout.write=()=>true';
    const { code } = await program.run(['--version'], { env: { NODE_OPTIONS: `--import=${silenced}` } });
    expect(code).toBe(1);
  });

  it('and --version are quick and say only that', async () => {
    const { code, stdout } = await program.run(['--version']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+\S*\n$/)]);
  });
});

describe('wrong usage', () => {
  it.each([
    ['an unknown command', ['deplyo'], /deploy/],
    ['an unknown flag', ['status', '--onec'], /--once/],
    ['a flag without its value', ['init', '--set'], /--set/],
    ['a value that is none of the choices', ['init', '--on-conflict', 'perhaps'], /keep, replace/],
    ['a missing name', ['secrets', 'set'], /name/],
    ['a group without its command', ['secrets'], /list/],
    ['a folder that is not there', ['inspect', '--dir', 'missing'], /is not a folder/],
  ])('is exit 2: %s', async (_, args, message) => {
    const { code, stdout, stderr } = await program.run(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stdout).toBe('');
  });

  it.each([
    ['an unknown key', 'colour=red', /colour/],
    ['an unknown key below a known one', 'ports.colour=1', /colour/],
    ['an unknown key that sounds secret', 'nonsense.key=1', /nonsense: no such key/],
    ['a wrong value', 'ports.tui=many', /ports\.tui/],
    ['no value', 'ports.tui', /path=value/],
    ['a contradiction', 'ports.bind=0.0.0.0', /ports\.bind|0\.0\.0\.0/],
  ])('of --set is named: %s', async (what, set, message) => {
    const dir = await rustFolder();
    const before = tree(dir);
    const { code, stderr } = await program.run(['init', '--yes', '--no-start', '--dir', dir, '--set', set]);
    expect(code).toBe(what === 'a contradiction' ? 4 : 2);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^next: /m);
    expect(tree(dir)).toEqual(before);
  });

  it.each([
    ['--set', ['--set', `services.app.environment.BOT_TOKEN=${SECRET}`]],
    ['--set of something else', ['--set', `secrets.entries.BOT_TOKEN=${SECRET}`]],
    ['--set that is no YAML', ['--set', `services.app.environment.BOT_TOKEN=[${SECRET}`]],
  ])('is a secret in %s, which is not repeated and not written', async (_, args) => {
    const dir = await rustFolder();
    const before = tree(dir);
    const { code, stdout, stderr } = await program.run(['init', '--yes', '--no-start', '--dir', dir, ...args]);
    expect(code).toBe(2);
    expect(`${stdout}${stderr}`).not.toContain(SECRET);
    expect(tree(dir)).toEqual(before);
  });
});

describe('init on the sample', () => {
  it('writes everything, and a second time changes no byte', async () => {
    const home = temporary();
    const dir = join(temporary(), 'sample');
    await unpackSample(dir);
    const args = ['init', '--yes', '--no-start', '--dir', dir];
    const first = await program.run(args, { home });
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^created: trading-setup\.yaml, Dockerfile, docker-compose\.yml/m);
    expect(first.stdout).toContain('trading-setup deploy');
    const before = tree(dir);
    const second = await program.run(args, { home });
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toMatch(/^unchanged: trading-setup\.yaml/m);
    expect(second.stdout).not.toMatch(/^(created|updated):/m);
    expect(tree(dir)).toEqual(before);
  }, 40_000);

  it('does the same without an engine, and says that it was not started', async () => {
    const dir = await rustFolder();
    const { code, stdout } = await program.run(['init', '--yes', '--dir', dir, ...ANSWERED]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Not started: .*Docker/);
    expect(readdirSync(dir)).toContain('docker-compose.yml');
  });

  it('shows and does not write with --dry-run', async () => {
    const dir = await rustFolder();
    const before = tree(dir);
    const { code, stdout } = await program.run(['init', '--yes', '--dry-run', '--dir', dir]);
    expect(code).toBe(0);
    expect(stdout).toContain('create: Dockerfile');
    expect(stdout).toContain('+FROM rust:');
    expect(tree(dir)).toEqual(before);
  });

  it('refuses with --dry-run what a run that writes refuses', async () => {
    const dir = await rustFolder();
    const contradiction = ['--set', 'services.app.binary=nowhere', ...ANSWERED];
    const both = [['--no-start'], ['--dry-run']].map((how) =>
      program.run(['init', '--yes', ...how, '--dir', dir, ...contradiction]),
    );
    const [write, dry] = await Promise.all(both);
    expect(write?.code).not.toBe(0);
    expect([dry?.code, dry?.stderr]).toEqual([write?.code, write?.stderr]);
    const exposed = await program.run(['init', '--dry-run', '--dir', dir, '--set', 'ports.bind=0.0.0.0', ...ANSWERED]);
    expect(exposed.stdout).toMatch(/^unanswered: Ports on 0\.0\.0\.0 can be reached/m);
    expect(exposed.stdout).toMatch(/^next: .*--allow-exposed$/m);
  });

  it('says with --dry-run what is still unanswered, and what to know before a start', async () => {
    const dir = await rustFolder();
    writeFileSync(join(dir, 'src/main.rs'), REQUIRES);
    const dry = await program.run(['init', '--yes', '--dry-run', '--dir', dir]);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toMatch(/^unanswered: account\.onlyTrader/m);
    expect(dry.stdout).toMatch(/^next: If none .*--set account\.onlyTrader=true$/m);
    expect(dry.stdout).toMatch(/^app does not start without BROKER: /m);
    expect(dry.stdout).toMatch(/^Next: trading-setup init --no-start --set services\.app\.environment\.BROKER=VALUE$/m);
    const broker = ['--set', 'services.app.environment.BROKER=desk'];
    const told = await program.run(['init', '--yes', '--dry-run', '--dir', dir, ...ANSWERED, ...broker]);
    expect(told.stdout).not.toMatch(/^(unanswered|next|warning: app needs)/m);
  });

  it('warns of a variable that nothing gives when it writes', async () => {
    const dir = await rustFolder();
    writeFileSync(join(dir, 'src/main.rs'), REQUIRES);
    const { code, stdout } = await program.run(['init', '--yes', '--no-start', '--dir', dir, ...ANSWERED]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^app does not start without BROKER: /m);
    const [last = ''] = stdout.trimEnd().split('\n').slice(-1);
    expect(last).toBe(
      'Next: trading-setup init --no-start --set services.app.environment.BROKER=VALUE; then: trading-setup deploy',
    );
  });

  it('asks before it touches a file that is not ours: exit 4 and nothing is written', async () => {
    const dir = await rustFolder();
    writeFileSync(join(dir, 'Dockerfile'), 'FROM mine\n');
    const before = tree(dir);
    const { code, stderr } = await program.run(['init', '--yes', '--no-start', '--dir', dir, ...ANSWERED]);
    expect(code).toBe(4);
    expect(stderr).toContain('--on-conflict keep');
    expect(tree(dir)).toEqual(before);
    const kept = await program.run(['init', '--yes', '--no-start', '--dir', dir, '--on-conflict', 'keep', ...ANSWERED]);
    expect(kept).toMatchObject({ code: 0, stdout: expect.stringContaining('left alone: Dockerfile') });
  });
});

describe('without a terminal', () => {
  it.each([
    ['the home screen', [], 4, /init --yes/],
    ['the status', ['status', '--once'], 4, /trading-setup init/],
    ['a deploy', ['deploy'], 4, /trading-setup init/],
  ])('%s of a folder that is not set up asks nothing and says how', async (_, args, exit, message) => {
    const { code, stderr } = await program.run(args, { cwd: await rustFolder() });
    expect(code).toBe(exit);
    expect(stderr).toMatch(message);
  });

  it('every error is one JSON document with --json', async () => {
    const { code, stdout, stderr } = await program.run(['status', '--json'], { cwd: await rustFolder() });
    expect(code).toBe(4);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      error: { kind: 'needs-you', code: 'not-set-up', next: [expect.any(String), expect.any(String)] },
    });
  });

  it('inspect --json is one JSON document', async () => {
    const { code, stdout } = await program.run(['inspect', '--json', '--dir', await rustFolder()]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, name: 'bot' });
  });

  it('a secret is taken from standard input, checked and never shown, and revealed only when asked', async () => {
    const home = temporary();
    const dir = await rustFolder();
    const at = (...args: string[]) => [...args, '--dir', dir];
    expect(await program.run(at('init', '--yes', '--no-start', ...ANSWERED), { home })).toMatchObject({ code: 0 });
    const set = await program.run(at('secrets', 'set', 'BOT_TOKEN'), { home, input: `${SECRET}\n` });
    expect(set.code).toBe(0);
    const list = await program.run(at('secrets', 'list', '--json'), { home });
    expect(JSON.parse(list.stdout)).toMatchObject({
      secrets: [{ name: 'BOT_TOKEN', state: 'set', services: ['app'] }],
    });
    const revealed = await program.run(at('secrets', 'reveal', 'BOT_TOKEN', '--yes'), { home });
    const unasked = await program.run(at('secrets', 'reveal', 'BOT_TOKEN'), { home });
    expect([unasked.code, unasked.stdout, unasked.stderr]).toEqual([4, '', expect.stringContaining('--yes')]);
    expect(revealed.stdout).toBe(`${SECRET}\n`);
    expect(`${set.stdout}${set.stderr}${list.stdout}${list.stderr}`).not.toContain(SECRET);
    const empty = await program.run(at('secrets', 'set', 'BOT_TOKEN'), { home });
    expect(empty.code).toBe(4);
    const unknown = await program.run(at('secrets', 'set', 'NOBODY'), { home, input: SECRET });
    expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('It has: BOT_TOKEN')]);
    expect(
      Object.values(tree(dir))
        .map((text) => Buffer.from(text.split(' ')[1] ?? '', 'base64').toString())
        .join(),
    ).not.toContain(SECRET);
  }, 40_000);

  it('a value that a deploy would refuse is refused at once, and the database keeps its first password', async () => {
    const home = temporary();
    const dir = join(temporary(), 'sample');
    await unpackSample(dir);
    await program.run(['init', '--yes', '--no-start', '--dir', dir], { home });
    const set = (name: string, input: string) => program.run(['secrets', 'set', name, '--dir', dir], { home, input });
    for (const [name, value, message] of [
      ['GATE_PASSWORD', 'x'.repeat(73), 'longer than 72 bytes'],
      ['DATABASE_PASSWORD', 'größe-und-mehr', 'printable ASCII'],
    ] as const) {
      const { code, stdout, stderr } = await set(name, value);
      expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
      expect(`${stdout}${stderr}`).not.toContain(value);
    }
    expect(await set('DATABASE_SUPERUSER_PASSWORD', SECRET)).toMatchObject({ code: 0 });
    const again = await set('DATABASE_SUPERUSER_PASSWORD', `${SECRET}-2`);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('keeps the first one')]);
  }, 40_000);

  it.each([
    [0o644, 'passphrase-file-readable', 'chmod 600 '],
    [0o600, undefined, ''],
  ])('a passphrase file of mode %o', async (mode, refused, next) => {
    const home = temporary();
    const dir = await rustFolder();
    const file = join(home, 'passphrase');
    writeFileSync(file, 'correct horse battery\n', { mode });
    const args = ['--set', 'secrets.store=vault', '--set', 'secrets.unlock=passphrase', ...ANSWERED];
    await program.run(['init', '--yes', '--no-start', '--dir', dir, ...args], { home });
    const env = { TRADING_SETUP_PASSPHRASE_FILE: file };
    const { code, stderr } = await program.run(['secrets', 'set', 'BOT_TOKEN', '--dir', dir], {
      ...{ home, input: SECRET, env },
    });
    expect(code).toBe(refused === undefined ? 0 : 4);
    expect(stderr).toContain(next === '' ? '' : `next: ${next}${file}`);
  });
});
