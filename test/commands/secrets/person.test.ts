import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Pty } from '../../ui/support/pty.ts';
import { GOOD_KEY, KEY, places } from './place.ts';

const PASSPHRASE = 'correct horse battery';
const CTRL_C = '\u0003';

const ready = places();

/** The sample with a vault, and a person in front of it. */
async function setUp(unlock: 'key-file' | 'passphrase' = 'key-file') {
  const { home, dir, program } = await ready.copy(unlock);
  const passphrase = join(home, 'passphrase');
  writeFileSync(passphrase, PASSPHRASE, { mode: 0o600 });
  const env = {
    DOCKER_HOST: `unix://${home}/no-engine.sock`,
    HOME: home,
  };
  const quietly = { ...env, ...(unlock === 'passphrase' ? { TRADING_SETUP_PASSPHRASE_FILE: passphrase } : {}) };
  return {
    dir,
    secrets: (args: readonly string[], input = '') =>
      program.run(['secrets', ...args, '--dir', dir], { home, input, env: quietly }),
    at: (args: readonly string[], columns = 100): Pty => {
      const pty = new Pty(
        program.start,
        ['secrets', ...args, '--dir', dir],
        { ...env, PATH: process.env.PATH ?? '' },
        columns,
        30,
      );
      onTestFinished(() => pty.kill('SIGKILL'));
      return pty;
    },
  };
}

describe.each([
  ['on the full screen', []],
  ['line by line', ['--plain']],
])('%s', (_, face) => {
  it('a value is typed without being shown, checked, and kept', async () => {
    const { at, secrets } = await setUp();
    const wrong = at(['set', KEY, ...face]);
    await wrong.sees(`Value of ${KEY}`);
    wrong.type(`${GOOD_KEY.slice(0, -1)}\r`);
    // Asked again in place: the first question stands on the screen still.
    await wrong.sees('63 digits');
    await expect
      .poll(() => wrong.written.lastIndexOf(`Value of ${KEY}`) > wrong.written.lastIndexOf('63 digits'), {
        timeout: 10_000,
      })
      .toBe(true);
    wrong.type(`${GOOD_KEY}\r`);
    expect(await wrong.ended).toBe(0);
    expect(wrong.written).not.toContain('4c0883a6');
    expect((await secrets(['reveal', KEY, '--yes'])).stdout).toBe(`${GOOD_KEY}\n`);
  });

  it('an import asks before it keeps, and before it takes anything out of the file', async () => {
    const { dir, at, secrets } = await setUp();
    const file = join(dir, 'old.env');
    const text = `${KEY}=${GOOD_KEY}\nRUST_LOG=debug\n`;
    writeFileSync(file, text);
    const pty = at(['import', file, ...face]);
    await pty.sees('Keep it in the vault');
    pty.type('y\r');
    await pty.sees('Take these values out of');
    pty.type('n\r');
    expect(await pty.ended).toBe(0);
    expect(pty.screen()).toContain('--blank');
    expect(readFileSync(file, 'utf8')).toBe(text);
    const again = at(['import', file, ...face]);
    await again.sees('Keep it in the vault');
    again.type('y\r');
    await again.sees('Take these values out of');
    again.type('y\r');
    expect(await again.ended).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(`${KEY}=\nRUST_LOG=debug\n`);
    for (const each of [pty, again]) expect(each.written).not.toContain('4c0883a6');
    expect((await secrets(['reveal', KEY, '--yes'])).stdout).toBe(`${GOOD_KEY}\n`);
  });

  it('Ctrl-C at any question changes nothing: exit 130', async () => {
    const { dir, at, secrets } = await setUp();
    await secrets(['set', KEY, '--no-check'], GOOD_KEY);
    const file = join(dir, 'old.env');
    writeFileSync(file, `${KEY}=0x${'5'.repeat(64)}\n`);
    for (const [args, question] of [
      [['set', KEY], 'Value of'],
      [['remove', KEY], 'Forget the value'],
      [['import', file], 'Keep it in'],
    ] as const) {
      const pty = at([...args, ...face]);
      await pty.sees(question);
      pty.type(CTRL_C);
      expect(await pty.ended).toBe(130);
    }
    expect((await secrets(['reveal', KEY, '--yes'])).stdout).toBe(`${GOOD_KEY}\n`);
  });
});

it('the list fits a terminal of 80 columns, and stands in one row each where there is room', async () => {
  const { at, secrets } = await setUp();
  await secrets(['set', KEY, '--no-check'], GOOD_KEY);
  const narrow = at(['list'], 80);
  expect(await narrow.ended).toBe(0);
  expect(narrow.screen()).toMatch(/^ {4}[0-9a-f]{16}, read by app$/m);
  const wide = at(['list'], 140);
  expect(await wide.ended).toBe(0);
  expect(wide.screen()).toMatch(/^HYPERLIQUID_API_WALLET_KEY .*[0-9a-f]{16} {2}app$/m);
});

it('a wrong passphrase is asked for again in place, three times in all', async () => {
  const { at, secrets } = await setUp('passphrase');
  expect(await secrets(['set', KEY, '--no-check'], GOOD_KEY)).toMatchObject({ code: 0 });
  const pty = at(['remove', KEY, '--plain']);
  await pty.sees('Forget the value');
  pty.type('y\r');
  await pty.sees('Passphrase of the vault');
  pty.type('wrong horse battery\r');
  await pty.sees('That one does not open it.');
  pty.type(`${PASSPHRASE}\r`);
  expect(await pty.ended).toBe(0);
  expect(pty.screen()).toContain('no longer in');

  await secrets(['set', KEY, '--no-check'], GOOD_KEY);
  const locked = at(['remove', KEY, '--plain']);
  await locked.sees('Forget the value');
  locked.type('y\r');
  for (const seen of ['Passphrase of', 'does not open it. ', 'does not open it either. ']) {
    await locked.sees(seen);
    locked.type('wrong horse battery\r');
  }
  expect(await locked.ended).toBe(4);
  expect(locked.screen()).toContain('The passphrase does not open the vault');
  expect(locked.written).not.toContain('horse');
}, 60_000);
