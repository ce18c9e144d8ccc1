import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { bundleDemo } from './demo/bundle.ts';
import { Pty } from './support/pty.ts';
import { KEY } from './support/terminal.ts';

let folder = '';
let script = '';
const running: Pty[] = [];

const start = (args: readonly string[], env = {}, columns = 80, rows = 24): Pty => {
  const pty = new Pty(script, args, env, columns, rows);
  running.push(pty);
  return pty;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'faces-'));
  script = await bundleDemo(folder);
});
afterAll(async () => {
  for (const pty of running) pty.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

describe('on a real terminal', () => {
  it('the wizard is finished by keys and the terminal is as before', async () => {
    const pty = start(['wizard']);
    await pty.sees('ctrl-c quit');
    expect(pty.alternate).toBe(true);
    expect(pty.cursorShown).toBe(false);
    await pty.sees('▸ HYPERLIQUID_API_WALLET_KEY');
    pty.type(`\r\u001B[200~0x${'cd'.repeat(32)}\u001B[201~\r`);
    await pty.sees('▸ Write these files');
    pty.type('\r');
    await pty.sees('ANSWER write');
    expect(await pty.ended).toBe(0);
    expect(pty.alternate).toBe(false);
    expect(pty.cursorShown).toBe(true);
    expect(pty.written).not.toContain('cdcdcd');
  });

  it('Ctrl-C leaves the wizard and gives cursor, screen and paste mode back', async () => {
    const pty = start(['wizard']);
    await pty.sees('ctrl-c quit');
    pty.type(KEY.ctrlC);
    await pty.sees('ANSWER quit');
    expect(pty.alternate).toBe(false);
    expect(pty.cursorShown).toBe(true);
    expect(pty.written).toContain('\u001B[?2004l');
    expect(await pty.ended).toBe(0);
  });

  it.each([['SIGTERM'], ['SIGHUP']])('%s gives the terminal back', async (signal) => {
    const pty = start(['wizard']);
    await pty.sees('ctrl-c quit');
    pty.kill(signal);
    await pty.ended;
    await vi.waitFor(() => expect(pty.alternate).toBe(false));
    expect(pty.cursorShown).toBe(true);
  });

  it('a crash gives the terminal back, its message on the normal screen', async () => {
    const pty = start(['crash']);
    await pty.sees('crash on purpose');
    expect(pty.alternate).toBe(false);
    expect(pty.cursorShown).toBe(true);
  });

  it('a resize is followed', async () => {
    const pty = start(['wizard']);
    await pty.sees('ctrl-c quit');
    pty.resize(120, 40);
    await vi.waitFor(() => expect(pty.screen().split('\n')[39]).toContain('ctrl-c quit'), 5000);
    pty.resize(70, 15);
    await vi.waitFor(
      () => expect(pty.screen()).toMatch(/^ trading-setup .*\? help\n(.*\n){13}.*ctrl-c quit, draft kept$/),
      5000,
    );
    expect(pty.written).not.toContain('\u001B[3J');
    pty.type(KEY.ctrlC);
    await pty.ended;
  });

  it('paints where CI is set, and without colour where NO_COLOR is', async () => {
    const pty = start(['wizard', '--live'], { CI: 'true', NO_COLOR: '1' });
    await pty.sees('[LIVE]');
    pty.type(KEY.ctrlC);
    await pty.ended;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are looked for
    expect(pty.written).not.toMatch(/\u001B\[(3|4|9|10)\dm/);
  });

  it('paints LIVE inverse and red', async () => {
    const pty = start(['wizard', '--live']);
    await pty.sees(' LIVE ');
    pty.type(KEY.ctrlC);
    await pty.ended;
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are looked for
    expect(pty.written).toMatch(/\u001B\[31m[^m]*(\u001B\[\d+m)* LIVE /);
  });

  it('Ctrl-C cancels an operation and waits for its end', async () => {
    const pty = start(['hang']);
    await pty.sees('120/412');
    pty.type(KEY.ctrlC);
    await pty.sees('Cancelling');
    await pty.sees('ANSWER cancelled');
    expect(pty.screen()).toContain('Nothing was changed.');
    expect(await pty.ended).toBe(0);
    expect(pty.cursorShown).toBe(true);
  });

  it('the plain face is spoken with line by line', async () => {
    const pty = start(['wizard', '--plain'], {}, 100, 50);
    await pty.sees('HYPERLIQUID_API_WALLET_KEY (empty: later):');
    pty.type('\r');
    await pty.sees('What now?');
    pty.type(KEY.ctrlC);
    await pty.sees('ANSWER quit');
    expect(pty.written).not.toContain('\u001B[?1049h');
    expect(await pty.ended).toBe(0);
  });

  it.each([
    ['', '120/412'],
    ['--plain', 'app build, 120 of 412 crates'],
  ])('Ctrl-Z does not stop an operation %s', async (flag, at) => {
    const pty = start(['hang', flag]);
    await pty.sees(at);
    pty.type('\u001A');
    await pty.sees('Ctrl-Z is off while this is at work');
    pty.type(KEY.ctrlC);
    await pty.sees('ANSWER cancelled');
    expect(await pty.ended).toBe(0);
  });

  it('the plain face cancels on Ctrl-C below its spinner', async () => {
    const pty = start(['hang', '--plain']);
    await pty.sees('app build, 120 of 412 crates');
    pty.type(KEY.ctrlC);
    await pty.sees('ANSWER cancelled');
    expect(pty.cursorShown).toBe(true);
  });
});

it('neither React nor inquirer is in what is loaded at the start', async () => {
  const text = await readFile(script, 'utf8');
  expect(text).not.toContain('react-reconciler');
  expect(text).not.toContain('ExitPromptError');
  expect(text.length).toBeLessThan(100_000);
});
