import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackSample } from '../../src/flow/sample.ts';
import { bundle, temporary } from './program.ts';

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

/** A shell line with `trading-setup` in it; the longest that a run may take is the proof that it does not hang. */
function shell(line: string, dir: string, env: Readonly<Record<string, string>> = {}) {
  const home = temporary();
  const bin = join(home, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'trading-setup'), `#!/bin/sh\nexec '${process.execPath}' '${program.start}' "$@"\n`, {
    mode: 0o755,
  });
  const { status, signal, stdout, stderr } = spawnSync('bash', ['-c', line], {
    cwd: dir,
    encoding: 'utf8',
    env: {
      PATH: `${bin}:${process.env.PATH}`,
      HOME: home,
      DOCKER_HOST: `unix://${home}/no-engine.sock`,
      ...env,
    },
    timeout: 15_000,
  });
  expect(signal, 'it hangs').toBeNull();
  expect(`${stdout}${stderr}`).not.toMatch(/\n {4}at |is a bug|ERR_|node:/);
  return { code: status, stdout, stderr };
}

async function sample(): Promise<string> {
  const dir = join(temporary(), 'sample');
  await unpackSample(dir);
  return dir;
}

/** LIVE, and nobody has said whether something else trades on its account. */
function unanswered(): string {
  const dir = temporary();
  mkdirSync(join(dir, 'src'));
  writeFileSync(join(dir, 'Cargo.toml'), '[package]\nname = "bot"\nversion = "0.1.0"\n');
  writeFileSync(join(dir, 'src/main.rs'), 'fn main() { let _ = std::env::var("BOT_TOKEN"); }\n');
  return dir;
}

const OPEN_NEXT = /^error: account\.onlyTrader has no default[\s\S]*--set account\.onlyTrader=true/;

describe('init where nobody can be asked', () => {
  it.each([
    ['with an empty input', 'trading-setup init </dev/null'],
    ['with its input closed', 'trading-setup init <&-'],
    ['with words on its input', 'yes y | trading-setup init'],
    ['with its output closed', 'trading-setup init </dev/null >&-'],
    ['with all of them closed', 'trading-setup init <&- >&- 2>&-'],
    ['in CI', 'CI=true trading-setup init </dev/null'],
    ['for a screen reader', 'ACCESSIBLE=1 trading-setup init --plain </dev/null'],
    ['with a reader that goes away', 'set -o pipefail; trading-setup init </dev/null | head -1'],
  ])('writes what has a default, and starts nothing: %s', async (_, line) => {
    const dir = await sample();
    const { code } = shell(line, dir);
    expect(code).toBe(0);
    expect(existsSync(join(dir, 'docker-compose.yml'))).toBe(true);
  });

  it('says that it was not started, and how it would be', async () => {
    const dir = await sample();
    const { stdout } = shell('trading-setup init </dev/null', dir);
    expect(stdout).toMatch(/^Not started: nobody could be asked\.\nNext: .*trading-setup deploy.*init --yes$/m);
    // With the word the offer is accepted; here it fails for want of an engine, which is said.
    expect(shell('trading-setup init --yes </dev/null', dir).stdout).toMatch(/^Not started: .*Docker/m);
  });

  it.each([
    ['with an empty input', 'trading-setup init </dev/null'],
    ['with its input closed', 'trading-setup init <&-'],
    ['with its output closed', 'trading-setup init </dev/null >&-'],
    ['with --yes', 'trading-setup init --yes </dev/null'],
  ])('names the flag of what has no default: exit 4 and nothing is written, %s', (_, line) => {
    const dir = unanswered();
    const { code, stderr } = shell(line, dir);
    expect(code).toBe(4);
    expect(stderr).toMatch(OPEN_NEXT);
    expect(readdirSync(dir).sort()).toEqual(['Cargo.toml', 'src']);
  });

  it('prints JSON and nothing else with --json, its errors too', async () => {
    const done = shell('trading-setup init --json --no-start </dev/null', await sample());
    expect(done.code).toBe(0);
    expect(done.stderr).toBe('');
    for (const line of done.stdout.trimEnd().split('\n')) expect(JSON.parse(line)).toMatchObject({ type: 'said' });
    const open = shell('trading-setup init --json </dev/null', unanswered());
    expect(open.code).toBe(4);
    expect(JSON.parse(open.stdout)).toMatchObject({ error: { code: 'unanswered' } });
  });
});

describe('every command', () => {
  it.each([
    ['', 4],
    ['status', 4],
    ['deploy', 4],
    ['down', 4],
    ['build --progress json', 4],
    ['secrets list', 4],
    ['secrets set NAME', 4],
    ['secrets reveal NAME', 4],
    ['secrets push', 4],
    ['check', 4],
    ['inspect', 0],
    ['--help', 0],
    ['completion bash', 0],
  ])('with nothing open at all ends as documented: "%s" is exit %i', (command, code) => {
    for (const closed of ['<&- >&- 2>&-', '</dev/null >&-', '<&-'])
      expect(shell(`trading-setup ${command} ${closed}`, unanswered()).code, closed).toBe(code);
  });

  it.runIf(existsSync('/dev/full'))('says it when what it prints does not arrive: exit 1', () => {
    const { code, stderr } = shell('trading-setup inspect >/dev/full', unanswered());
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: Not everything could be printed: ENOSPC.*\nnext: /);
  });
});

describe('try without a terminal', () => {
  it('takes all defaults, and would start it', () => {
    const dir = temporary();
    const { code, stdout, stderr } = shell('trading-setup try </dev/null', dir);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^The sample trading workspace was unpacked into /);
    expect(stdout).toMatch(/^Not started: .*Docker/m);
    expect(existsSync(join(dir, 'trading-sample/docker-compose.yml'))).toBe(true);
  });
});
