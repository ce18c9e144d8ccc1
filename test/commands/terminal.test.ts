import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Pty } from '../ui/support/pty.ts';
import { bundle, temporary } from './program.ts';

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

const CTRL_C = '\u0003';

function repository(): string {
  const dir = temporary();
  mkdirSync(join(dir, 'src'));
  writeFileSync(join(dir, 'Cargo.toml'), '[package]\nname = "bot"\nversion = "0.1.0"\n');
  writeFileSync(join(dir, 'src/main.rs'), 'fn main() { let _ = std::env::var("BOT_TOKEN"); }\n');
  return dir;
}

/** The toy is LIVE: somebody has to have said that nothing else trades on its account. */
const ANSWERED = ['--set', 'account.onlyTrader=true'];

/** A `docker` that says it is there, and that nothing runs. */
const ENGINE = `case "$*" in
  *compose*version*) echo 2.40.0 ;;
  *buildx*version*) echo "github.com/docker/buildx v0.30.0 x" ;;
  *info*) echo '{"ServerVersion":"29.0.0","OSType":"linux","Architecture":"x86_64","NCPU":4,"MemTotal":8000000000}' ;;
  *context*) echo '{"Name":"default","Endpoints":{}}' ;;
  *version*) echo '{}' ;;
esac`;

function start(args: readonly string[], { docker = ENGINE, home = temporary() } = {}): Pty {
  const bin = temporary();
  writeFileSync(join(bin, 'docker'), `#!/bin/sh\n${docker}\n`);
  chmodSync(join(bin, 'docker'), 0o755);
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: home };
  const pty = new Pty(program.start, args, env, 200, 60);
  onTestFinished(() => pty.kill('SIGKILL'));
  return pty;
}

/** Leaves every credential out, until the screen shows something else. */
async function leftOut(pty: Pty, next: string): Promise<void> {
  await vi.waitFor(
    () => {
      if (pty.screen().includes(next)) return;
      if (/empty: /.test(pty.screen())) pty.type('\r');
      throw new Error(pty.screen());
    },
    { timeout: 10_000, interval: 200 },
  );
}

async function reviewed(pty: Pty): Promise<void> {
  await leftOut(pty, 'What now?');
  pty.type('1\r');
}

const THEIRS = 'Dockerfile is there already, and not as trading-setup would write it';

describe('a question that is given up', () => {
  it('on files that are not ours writes nothing: exit 130', async () => {
    const dir = repository();
    writeFileSync(join(dir, 'Dockerfile'), 'FROM mine\n');
    const pty = start(['init', '--plain', '--dir', dir, ...ANSWERED]);
    await leftOut(pty, THEIRS);
    pty.type(CTRL_C);
    expect(await pty.ended).toBe(130);
    expect(pty.screen()).toContain('Nothing was written.');
    expect(pty.screen()).not.toContain('error:');
    expect(readdirSync(dir).sort()).toEqual(['Cargo.toml', 'Dockerfile', 'src']);
  });

  it.each([
    ['Keep', 'FROM mine\n', 'Write these files', 0],
    ['Replace', expect.stringMatching(/^# syntax|^FROM|rust/), 'Write these files', 0],
    ['Decide later', 'FROM mine\n', 'Quit without writing', 130],
  ])('on files that are not ours: %s', async (answer, content, then, code) => {
    const dir = repository();
    writeFileSync(join(dir, 'Dockerfile'), 'FROM mine\n');
    const pty = start(['init', '--plain', '--no-start', '--dir', dir, ...ANSWERED]);
    for (const option of [answer, then]) {
      await leftOut(pty, `) ${option}`);
      pty.type(`${new RegExp(`(\\d)\\) ${option}`).exec(pty.screen())?.[1]}\r`);
    }
    expect(await pty.ended).toBe(code);
    expect(readFileSync(join(dir, 'Dockerfile'), 'utf8')).toEqual(content);
    expect(existsSync(join(dir, 'trading-setup.yaml'))).toBe(code === 0);
  });

  it('on the start leaves the files written: exit 130 and the next step', async () => {
    const dir = repository();
    const pty = start(['init', '--plain', '--dir', dir, ...ANSWERED]);
    await reviewed(pty);
    await pty.sees('Build and start it now?');
    pty.type(CTRL_C);
    expect(await pty.ended).toBe(130);
    expect(pty.screen()).toContain('next: Start it with: trading-setup deploy');
    expect(existsSync(join(dir, 'trading-setup.yaml'))).toBe(true);
  });
});

describe('ports beyond this machine', () => {
  const exposed = (dir: string) => [
    'init',
    '--plain',
    '--no-start',
    '--dir',
    dir,
    ...ANSWERED,
    '--set',
    'ports.bind=0.0.0.0',
  ];

  it.each([
    ['0.0.0.0\r', 0],
    ['y\r', 4],
    [CTRL_C, 130],
  ])('are published only where the address is typed: %j is exit %i', async (typed, code) => {
    const dir = repository();
    const pty = start(exposed(dir));
    await reviewed(pty);
    await pty.sees('Type the address 0.0.0.0 to publish there');
    pty.type(typed);
    expect(await pty.ended).toBe(code);
    expect(existsSync(join(dir, 'trading-setup.yaml'))).toBe(code === 0);
  });
});

describe('--yes on a terminal', () => {
  it('asks nothing and says what is missing', async () => {
    const dir = repository();
    writeFileSync(join(dir, 'Dockerfile'), 'FROM mine\n');
    const pty = start(['init', '--yes', '--no-start', '--dir', dir, ...ANSWERED]);
    expect(await pty.ended).toBe(4);
    expect(pty.screen()).toContain('--on-conflict keep');
  });
});

describe('a secret', () => {
  async function withToken(): Promise<{ dir: string; home: string }> {
    const dir = repository();
    const home = temporary();
    await program.run(['init', '--yes', '--no-start', '--dir', dir, ...ANSWERED], { home });
    await program.run(['secrets', 'set', 'BOT_TOKEN', '--dir', dir], { home, input: 'hunter2-hunter2' });
    return { dir, home };
  }

  it('is shown after a yes only', async () => {
    const { dir, home } = await withToken();
    for (const [key, code] of [
      ['y\r', 0],
      ['n\r', 0],
      [CTRL_C, 130],
    ] as const) {
      const pty = start(['secrets', 'reveal', 'BOT_TOKEN', '--plain', '--dir', dir], { home });
      await pty.sees('Show BOT_TOKEN on this screen?');
      pty.type(key);
      expect(await pty.ended).toBe(code);
      expect(pty.written.includes('hunter2-hunter2')).toBe(key === 'y\r');
    }
  });

  it('is not typed where it would be echoed', async () => {
    const { dir, home } = await withToken();
    const script = join(temporary(), 'piped.mjs');
    writeFileSync(
      script,
      `import { spawn } from 'node:child_process';
       const child = spawn(process.execPath, process.argv.slice(2), { stdio: ['inherit', 'pipe', 'inherit'] });
       child.on('close', (code) => process.exit(code));`,
    );
    const args = [program.start, 'secrets', 'set', 'BOT_TOKEN', '--dir', dir];
    const pty = new Pty(script, args, { HOME: home }, 100, 20);
    expect(await pty.ended).toBe(4);
    expect(pty.screen()).toContain('would be shown');
  });
});

describe.each([
  ['SIGHUP', 129],
  ['SIGTERM', 143],
])('%s', (signal, code) => {
  it('gives the terminal back and leaves no child behind', async () => {
    const record = join(temporary(), 'pid');
    const pty = start(['init', '--dir', repository(), ...ANSWERED], { docker: `echo $$ >> ${record}; exec sleep 60` });
    await vi.waitFor(() => expect(existsSync(record) && pty.alternate).toBe(true), 10_000);
    const children = readFileSync(record, 'utf8').trim().split('\n').map(Number);
    pty.kill(signal);
    expect(await pty.ended).toBe(code);
    await vi.waitFor(() => expect(pty.alternate).toBe(false));
    expect(pty.cursorShown).toBe(true);
    for (const pid of children) await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), 5000);
  });
});
