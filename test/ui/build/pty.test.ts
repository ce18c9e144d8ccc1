import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleDemo } from '../demo/bundle.ts';
import { Pty } from '../support/pty.ts';
import { KEY } from '../support/terminal.ts';

let folder = '';
let script = '';
const running: Pty[] = [];

const start = (args: readonly string[]): Pty => {
  const pty = new Pty(script, args);
  running.push(pty);
  return pty;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'build-'));
  script = await bundleDemo(folder);
});
afterAll(async () => {
  for (const pty of running) pty.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

describe('a build on a real terminal', () => {
  it('the log is scrolled, paused and searched while it grows, and who reads it keeps it when the build fails', async () => {
    const pty = start(['chatty']);
    await pty.sees('line 1003 late');
    pty.type(' ');
    await pty.sees('space follow');
    const still = pty.screen().split('\n').at(-3);
    await pty.sees(' below');
    expect(pty.screen().split('\n').at(-3)).toBe(still);
    pty.type('/hundr');
    await pty.sees('10 lines');
    pty.type('\rN');
    await pty.sees('▸line 800 a Hundred');
    expect(pty.screen()).toContain('/hundr · 9 of 10');
    await pty.sees('q leave');
    expect(pty.alternate).toBe(true);
    expect(pty.screen()).toContain('cargo build ended with exit code 101');
    pty.type('q');
    await pty.sees('ANSWER failed');
    expect(pty.screen()).toContain('error[E0308]: mismatched types');
    expect(await pty.ended).toBe(0);
    expect(pty.cursorShown).toBe(true);
  });

  it('a second Ctrl-C says what the end waits for', async () => {
    const pty = start(['hang']);
    await pty.sees('120/412');
    pty.type(KEY.ctrlC);
    pty.type(KEY.ctrlC);
    await pty.sees('waiting until the engine has ended "RUN cargo build');
    await pty.sees('ANSWER cancelled');
  });
});
