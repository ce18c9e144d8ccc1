import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalFor } from '../support/journal.ts';
import { bundle } from './program.ts';

const WALLET = 'HYPERLIQUID_API_WALLET_KEY';
/** 64 hexadecimal digits. */
const KEY = `0x${'7c'.repeat(32)}`;

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

/** One repository for all tests: none of them changes anything. */
let ready: ReturnType<typeof setUp>;
let home: string;
beforeAll(async () => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'rotate-')));
  ready = setUp({ [WALLET]: KEY });
  await ready;
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** A repository that is set up, with a key-file vault; nothing runs, and no engine is there. */
async function setUp(values: Readonly<Record<string, string>>) {
  const at = { home, cwd: home };
  const written = await program.run(['try', 'sample', '--no-start', '--yes'], at);
  expect(written.code, written.stderr).toBe(0);
  const dir = join(home, 'sample');
  for (const [name, value] of Object.entries(values)) {
    const set = await program.run(['secrets', 'set', name, '--no-check', '--dir', dir], { ...at, input: value });
    expect(set.code, set.stderr).toBe(0);
  }
  const id = /^id: (\S+)$/m.exec(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8'))?.[1] ?? '';
  const vault = join(home, '.local/share/trading-setup', id);
  return {
    dir,
    vault,
    rotate: (args: readonly string[], input = '') => program.run(['rotate', ...args, '--dir', dir], { ...at, input }),
  };
}

describe('without a terminal', { timeout: 60_000 }, () => {
  it('names every flag that answers what it would have asked', async () => {
    const { rotate } = await ready;
    const nothing = await rotate([]);
    expect(nothing).toMatchObject({ code: 4 });
    expect(nothing.stderr).toContain('trading-setup rotate NAME --yes');
    const unconfirmed = await rotate([WALLET], KEY);
    expect(unconfirmed).toMatchObject({ code: 4 });
    expect(unconfirmed.stderr).toContain(`trading-setup rotate ${WALLET} --yes`);
    const missing = await rotate([WALLET, '--yes']);
    expect(missing).toMatchObject({ code: 4 });
    expect(missing.stderr).toContain(`--from-file ${WALLET}=FILE`);
    expect(missing.stderr).toContain(`printf %s "$NEW" | trading-setup rotate ${WALLET} --yes`);
  });

  it('refuses what is no secret of the stack, or has no value to replace', async () => {
    const { rotate } = await ready;
    const strange = await rotate(['NOT_A_NAME', '--yes']);
    expect(strange.code).toBe(2);
    expect(strange.stderr).toContain('It has: ');
    const unset = await rotate(['GATE_PASSWORD', '--yes']);
    expect(unset.code).toBe(4);
    expect(unset.stderr).toContain('It is made by: trading-setup deploy');
  });

  it.each([
    ['standard input', (value: string, _: string) => [[WALLET, '--yes'], value] as const],
    [
      'a file',
      (value: string, dir: string) => {
        writeFileSync(join(dir, 'key'), `${value}\n`);
        return [[WALLET, '--yes', '--from-file', join(dir, 'key')], ''] as const;
      },
    ],
    [
      'a named file',
      (value: string, dir: string) => {
        writeFileSync(join(dir, 'key'), value);
        return [[WALLET, '--yes', '--from-file', `${WALLET}=${join(dir, 'key')}`], ''] as const;
      },
    ],
  ])('refuses a value of the wrong form from %s, and does not repeat it', async (_, given) => {
    const { rotate, dir } = await ready;
    const [args, input] = given(`0x${'7c'.repeat(31)}7`, dir);
    const said = await rotate(args, input);
    expect(said.code).toBe(2);
    expect(said.stderr).toContain('63 digits');
    expect(said.stdout + said.stderr).not.toContain('7c7c');
  });

  it('refuses a file for a secret that is not named, and one that is not there', async () => {
    const { rotate, dir } = await ready;
    const other = await rotate([WALLET, '--yes', '--from-file', `OTHER=${dir}/x`]);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('not one of the secrets to rotate');
    const absent = await rotate([WALLET, '--yes', '--from-file', `${dir}/absent`]);
    expect(absent.code).toBe(2);
    expect(absent.stderr).toContain('There is no file');
  });

  it('needs the engine, and changes nothing where it is not there', async () => {
    const { rotate, vault } = await ready;
    const before = readFileSync(join(vault, 'names.json'), 'utf8');
    const said = await rotate([WALLET, '--yes'], `0x${'8d'.repeat(32)}`);
    expect(said.code).toBe(4);
    expect(said.stderr).toMatch(/engine|Docker/);
    expect(readFileSync(join(vault, 'names.json'), 'utf8')).toBe(before);
  });

  it('either finishes or takes back, not both', async () => {
    const { rotate } = await ready;
    const both = await rotate(['--resume', '--undo']);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--resume and --undo are one or the other')]);
  });

  it('offers the name that was meant', async () => {
    const { rotate } = await ready;
    expect((await rotate(['gate_pasword', '--yes'])).stderr).toContain('next: Did you mean GATE_PASSWORD?');
  });

  it('says that there is nothing to resume', async () => {
    const { rotate } = await ready;
    expect(await rotate(['--resume'])).toMatchObject({ code: 0, stdout: 'No rotation is unfinished.\n' });
    expect(await rotate(['--resume', WALLET])).toMatchObject({ code: 2 });
  });

  it('knows the services of run, and passes on what stands behind one', async () => {
    const { dir } = await ready;
    const none = await program.run(['run', '--dir', dir, 'nothing', 'sh', '--help'], { home });
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('It can be one of: app');
    const ours = await program.run(['run', '--dir', dir, 'gate', 'sh'], { home });
    expect(ours.stderr).toContain('no programs of this repository');
  });

  it('begins nothing before an unfinished one is finished, whatever it is', async () => {
    const { rotate, vault } = await ready;
    mkdirSync(vault, { recursive: true });
    writeFileSync(join(vault, 'rotation.json'), JSON.stringify(journalFor(WALLET)));
    const said = await rotate(['GATE_PASSWORD', '--yes']);
    expect(said.code).toBe(4);
    expect(said.stderr).toContain('trading-setup rotate --resume');
    expect(said.stderr).toContain(WALLET);
  });
});
