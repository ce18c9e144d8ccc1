import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
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

describe('an engine that accepts and never answers', () => {
  it.each([
    ['is not waited for by a dry run', ['--dry-run'], 25_000],
    ['does not keep the files from being written', ['--yes'], 35_000],
  ])(
    '%s, and it is said',
    async (_, flags, most) => {
      const dir = await sample();
      const bin = temporary();
      writeFileSync(join(bin, 'docker'), '#!/bin/sh\nexec sleep 90\n');
      chmodSync(join(bin, 'docker'), 0o755);
      const began = performance.now();
      const { code, stdout, stderr } = await program.run(
        ['init', '--set', 'secrets.store=vault', ...flags, '--dir', dir],
        {
          env: { PATH: `${bin}:${process.env.PATH}` },
        },
      );
      expect(performance.now() - began).toBeLessThan(most);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('Waiting for the Docker engine to answer, 8 s at most.');
      expect(stdout).toContain('The Docker engine does not answer. Going on without it');
      if (flags.includes('--yes')) expect(stdout).toContain('Not started: The Docker engine does not answer.');
    },
    60_000,
  );
});

describe('what was compiled in an earlier run', () => {
  const folder = () => dirname(program.start);
  const kept = () => readdirSync(folder()).filter((name) => name.startsWith('compiled-'));
  // Free ports are looked for, and others come and go meanwhile.
  const PORTS = ['--set', 'ports.api.host=28187', '--set', 'ports.tui=28188'];
  const dryRun = async (dir: string) => program.run(['init', '--yes', '--dry-run', ...PORTS, '--dir', dir]);
  /** A new stack has a new id. */
  const plain = ({ code, stdout, stderr }: Awaited<ReturnType<typeof dryRun>>) => ({
    code,
    stdout: stdout.replace(/algo-trade-[0-9a-f]{6}/g, 'ID'),
    stderr,
  });
  const forget = () => {
    for (const name of kept()) rmSync(join(folder(), name));
  };
  afterEach(forget);
  /** Runs until both threads have kept theirs: a process that ends does not wait for the second. */
  const keptOf = async (dir: string) => {
    for (let run = 0; run < 5 && !kept().some((name) => name.endsWith('-thread')); run += 1) await dryRun(dir);
    return kept().map((name) => name.replace(/.*-/, ''));
  };

  it('changes nothing but the time: without it, with it, and with a part or another one of it', async () => {
    const dir = await sample();
    forget();
    const without = plain(await dryRun(dir));
    expect(without).toMatchObject({ code: 0, stderr: '' });
    expect(await keptOf(dir)).toEqual(['main', 'thread']);
    expect(plain(await dryRun(dir))).toEqual(without);

    for (const name of kept()) {
      const path = join(folder(), name);
      const whole = readFileSync(path);
      for (const broken of [whole.subarray(0, whole.length / 2), '{"size":', '']) {
        writeFileSync(path, broken);
        expect(plain(await dryRun(dir))).toEqual(without);
      }
    }
  }, 60_000);

  it('is compiled anew where the disk has damaged it, and whole again after that', async () => {
    const dir = await sample();
    forget();
    const without = plain(await dryRun(dir));
    await keptOf(dir);
    const [path = ''] = kept().flatMap((name) => (name.endsWith('-main') ? [join(folder(), name)] : []));
    const whole = readFileSync(path);
    for (const share of [0.05, 0.3, 0.5, 0.7, 0.9]) {
      const at = Math.floor(whole.length * share);
      const damaged = Buffer.from(whole);
      damaged.fill(0, at, at + 4096);
      writeFileSync(path, damaged);
      expect(plain(await dryRun(dir)), `zeros at ${share}`).toEqual(without);
    }
  }, 60_000);

  it('of an earlier build and of a killed run is taken away', async () => {
    forget();
    for (const name of ['compiled-0123456789abcdef-v20.0.0-x64-main', 'compiled-x.1.new']) {
      writeFileSync(join(folder(), name), '');
    }
    expect(await keptOf(await sample())).toEqual(['main', 'thread']);
  });

  it('is not missed in a folder that may not be written to', async () => {
    const dir = await sample();
    forget();
    // A folder in the place of the file: root may write everywhere.
    await keptOf(dir);
    const names = kept();
    forget();
    for (const name of names) mkdirSync(join(folder(), name));
    const said = await dryRun(dir);
    for (const name of names) rmdirSync(join(folder(), name));
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(kept()).toEqual([]);
  });
});
