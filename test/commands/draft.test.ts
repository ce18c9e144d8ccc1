import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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
const CTRL_U = '\u0015';
/** No text that any screen or file of ours has by itself. */
const TOKEN = 'zq8vw3nn5tykb1hd';

function repository(): string {
  const dir = temporary();
  mkdirSync(join(dir, 'src'));
  writeFileSync(join(dir, 'Cargo.toml'), '[package]\nname = "bot"\nversion = "0.1.0"\n');
  writeFileSync(join(dir, 'src/main.rs'), 'fn main() { let _ = std::env::var("BOT_TOKEN"); }\n');
  return dir;
}

function start(dir: string, home: string, args: readonly string[] = []): Pty {
  const bin = temporary();
  writeFileSync(join(bin, 'docker'), '#!/bin/sh\nexit 1\n');
  chmodSync(join(bin, 'docker'), 0o755);
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: home };
  const pty = new Pty(program.start, ['init', '--no-start', '--dir', dir, ...args], env, 100, 40);
  onTestFinished(() => pty.kill('SIGKILL'));
  return pty;
}

/** Files under the home, but for those of the terminal's own. */
function filesIn(home: string): readonly string[] {
  return readdirSync(home, { recursive: true, encoding: 'utf8' }).filter((path) => statSync(join(home, path)).isFile());
}

function draftIn(home: string): string {
  const folder = join(home, '.local/state/trading-setup/drafts');
  const [name = ''] = existsSync(folder) ? readdirSync(folder).filter((each) => each.endsWith('.json')) : [];
  return join(folder, name);
}

/** Names the bot and enters its token; then waits until the draft says so. */
async function answered(pty: Pty, home: string): Promise<void> {
  await pty.sees('Write these files');
  pty.type('\t');
  await pty.sees('▸ Name');
  pty.type(`\r${CTRL_U}desk-nine\r`);
  await pty.sees('changed by you');
  pty.type('w');
  await pty.sees('▸ Write these files');
  pty.type('oo');
  await pty.sees('▸ BOT_TOKEN');
  pty.type(`\r${TOKEN}`);
  await pty.sees('••••');
  pty.type('\r');
  await vi.waitFor(
    () => {
      const text = readFileSync(draftIn(home), 'utf8');
      expect(text).toContain('desk-nine');
      // The cursor was on it before it was entered.
      expect(JSON.parse(text)).toMatchObject({ draft: { entered: ['BOT_TOKEN'] } });
    },
    { timeout: 5000 },
  );
}

describe('a wizard that is killed', () => {
  it('goes on where it was in the next run, and keeps no secret', async () => {
    const [dir, home] = [repository(), temporary()];
    const pty = start(dir, home);
    await answered(pty, home);
    pty.kill('SIGKILL');
    await pty.ended;
    expect(readdirSync(dir).sort()).toEqual(['Cargo.toml', 'src']);
    for (const path of filesIn(home)) expect(readFileSync(join(home, path), 'utf8'), path).not.toContain(TOKEN);
    expect(statSync(draftIn(home)).mode & 0o777).toBe(0o600);

    const again = start(dir, home);
    await again.sees('goes on, with 2 answers');
    expect(await again.sees('desk-nine')).toContain('enter it again');
    again.type('f');
    await again.sees('Started afresh');
    expect(again.screen()).not.toContain('desk-nine');
    again.type(CTRL_C);
    expect(await again.ended).toBe(130);
    expect(existsSync(join(draftIn(home)))).toBe(true);
    expect(filesIn(join(home, '.local/state'))).toEqual([]);
  });

  it('is not gone on with by --yes, which decides anew: after it has written there is no draft', async () => {
    const [dir, home] = [repository(), temporary()];
    const pty = start(dir, home);
    await answered(pty, home);
    pty.type(CTRL_C);
    expect(await pty.ended).toBe(130);
    expect(pty.screen()).toContain('Your answers are kept as a draft, without secrets.');
    const before = readFileSync(draftIn(home), 'utf8');
    const dry = start(dir, home, ['--yes', '--dry-run']);
    expect(await dry.ended).toBe(0);
    const refused = start(dir, home, ['--yes']);
    expect(await refused.ended).toBe(4);
    expect(readFileSync(draftIn(home), 'utf8')).toBe(before);
    const silent = start(dir, home, ['--yes', '--set', 'account.onlyTrader=true']);
    expect(await silent.ended).toBe(0);
    expect(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8')).not.toContain('desk-nine');
    expect(filesIn(join(home, '.local/state'))).toEqual([]);
  });

  it('has no draft any more once the files are written', async () => {
    const [dir, home] = [repository(), temporary()];
    const pty = start(dir, home, ['--set', 'account.onlyTrader=true']);
    await pty.sees('Write these files');
    pty.type('\t');
    await pty.sees('▸ Name');
    pty.type(`\r${CTRL_U}desk-nine\r`);
    await pty.sees('changed by you');
    pty.type('ww');
    expect(await pty.ended).toBe(0);
    expect(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8')).toContain('name: desk-nine');
    expect(filesIn(join(home, '.local/state'))).toEqual([]);
  });
});
