import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { unpackSample } from '../../src/flow/sample.ts';
import { Pty } from '../ui/support/pty.ts';
import { bundle, temporary } from './program.ts';

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

const CTRL_C = '\u0003';

/** On a terminal, with a `docker` of its own. */
function start(args: readonly string[], docker = 'exit 1'): Pty {
  const bin = temporary();
  writeFileSync(join(bin, 'docker'), `#!/bin/sh\n${docker}\n`);
  chmodSync(join(bin, 'docker'), 0o755);
  const pty = new Pty(program.start, args, { PATH: `${bin}:${process.env.PATH}`, HOME: temporary() });
  onTestFinished(() => pty.kill('SIGKILL'));
  return pty;
}

async function sample(): Promise<string> {
  const dir = join(temporary(), 'sample');
  await unpackSample(dir);
  return dir;
}

/** A repository of that many crates, as the bench has it. */
function workspace(crates: number): string {
  const dir = join(temporary(), 'large');
  const writer = new URL('../bench/workspace.js', import.meta.url).href;
  const code = `(await import(${JSON.stringify(writer)})).writeWorkspace(${JSON.stringify(dir)}, ${crates})`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', code]);
  return dir;
}

describe('the first screen', () => {
  it('is the review, keys and all, while an engine does not answer', async () => {
    const pty = start(['init', '--dir', await sample()], 'exec sleep 60');
    await pty.sees('Write these files');
    pty.type('?');
    await pty.sees('ctrl-c');
    pty.type(CTRL_C);
    expect(await pty.ended).toBe(130);
  });

  it('can be left while the repository is still being read', async () => {
    const pty = start(['init', '--dir', workspace(900)]);
    await pty.sees('Reading the repository');
    const pressed = performance.now();
    pty.type(CTRL_C);
    expect(await pty.ended).toBe(130);
    // Reading it takes seconds; leaving does not wait for that.
    expect(performance.now() - pressed).toBeLessThan(1000);
    expect(pty.screen()).not.toContain('error:');
    expect(pty.alternate).toBe(false);
    expect(pty.cursorShown).toBe(true);
  }, 60_000);

  it('of a folder without anything to build says so, with the exit code of before', async () => {
    const dir = temporary();
    const pty = start(['init', '--dir', dir]);
    expect(await pty.ended).toBe(2);
    expect(pty.screen()).toMatch(/error: .*\n?[\s\S]*next: /);
    expect(readdirSync(dir)).toEqual([]);
  });
});

describe('what was compiled when the program was installed', () => {
  const kept = () => readdirSync(dirname(program.start)).filter((name) => name.startsWith('compiled-'));
  const dryRun = async (dir: string) => program.run(['init', '--yes', '--dry-run', '--dir', dir]);
  /** A new stack has a new id. */
  const plain = ({ code, stdout, stderr }: Awaited<ReturnType<typeof dryRun>>) => ({
    code,
    stdout: stdout.replace(/algo-trade-[0-9a-f]{6}/g, 'ID'),
    stderr,
  });

  it('changes nothing but the time: without it, with it, and with a part or another one of it', async () => {
    const folder = dirname(program.start);
    const dir = await sample();
    expect(kept()).toEqual([]);
    const without = plain(await dryRun(dir));
    expect(without).toMatchObject({ code: 0, stderr: '' });
    execFileSync(process.execPath, [join(folder, 'compile.js')]);
    const [bin = '', json = ''] = kept();
    expect([bin, json]).toEqual([expect.stringMatching(/\.bin$/), expect.stringMatching(/\.json$/)]);
    expect(plain(await dryRun(dir))).toEqual(without);

    const whole = readFileSync(join(folder, bin));
    writeFileSync(join(folder, bin), whole.subarray(0, whole.length / 2));
    expect(plain(await dryRun(dir))).toEqual(without);
    writeFileSync(join(folder, json), '{"size":');
    expect(plain(await dryRun(dir))).toEqual(without);
    for (const name of kept()) rmSync(join(folder, name));
  }, 60_000);

  it('asks no engine and writes only beside the program', () => {
    const folder = dirname(program.start);
    const home = temporary();
    const bin = temporary();
    writeFileSync(join(bin, 'docker'), `#!/bin/sh\necho asked >> ${home}/asked\n`);
    chmodSync(join(bin, 'docker'), 0o755);
    mkdirSync(join(home, 'cwd'));
    const env = { PATH: `${bin}:${process.env.PATH}`, HOME: home, DBUS_SESSION_BUS_ADDRESS: `unix:path=${home}/bus` };
    const said = execFileSync(process.execPath, [join(folder, 'compile.js')], { cwd: join(home, 'cwd'), env });
    expect(String(said)).toBe('');
    expect(readdirSync(home, { recursive: true })).toEqual(['cwd']);
    for (const name of kept()) rmSync(join(folder, name));
  });
});
