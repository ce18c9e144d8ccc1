import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { build, desks, environment, init, repository, written } from './support/desks.ts';
import { cli, must, type Ran, run } from './support/run.ts';
import { oneOff } from './support/stack.ts';
import { ALLOW_LOCAL, emptySubmodule } from './support/system-b.js';

const NIX = 'nixos/nix:2.31.5';
/** The whole of it is compiled, and the machine may be busy with something else. */
const BUILD_MS = 1_500_000;
const ARTEFACT = 'lib/orderbook/out/OrderBook.sol/OrderBook.json';

let dir: string;
let first: Ran;
beforeAll(async () => {
  ({ dir, first } = await desks());
});

/** A command that was named as the next step, where Nix is: in the folder of the repository. */
function withNix(folder: string, ...words: readonly string[]): Promise<string> {
  const features = ['-e', 'NIX_CONFIG=extra-experimental-features = nix-command flakes'];
  const trusted = ['-e', 'GIT_CONFIG_COUNT=1', '-e', 'GIT_CONFIG_KEY_0=safe.directory', '-e', 'GIT_CONFIG_VALUE_0=*'];
  return must(oneOff(...features, ...trusted, '-v', `${folder}:${folder}`, '-w', folder, NIX, ...words));
}

/** What a program of an image answers, started as the image starts programs. */
function inImage(folder: string, ...words: readonly string[]): Promise<string> {
  const image = `localhost/${written(folder).id}/app:current`;
  const [program = '', ...args] = words;
  return must(oneOff('--network', 'none', '--read-only', '--entrypoint', program, image, ...args));
}

/** Every program that the stack ships: which they are depends on the version that the other file has left. */
async function answersHelp(folder: string): Promise<void> {
  expect((await inImage(folder, 'id', '-u')).trim()).toBe('10001');
  const programs = written(folder).build.binaries.map(({ bin }) => bin);
  expect(programs.length).toBeGreaterThan(2);
  for (const program of programs) expect(await inImage(folder, program, '--help')).toContain(`Usage: ${program}`);
}

describe('a repository whose flake gives a shell', () => {
  it('is built with Nix, and init says why', () => {
    expect(written(dir).build.strategy).toBe('nix');
    expect(first.stdout + first.stderr).toMatch(/nix.*flake\.nix|flake.*shell/i);
  });

  it(
    'is built in that shell, without what its task makes in the working tree',
    async () => {
      expect(existsSync(join(dir, ARTEFACT))).toBe(false);
      const { seconds } = await build(dir);
      console.info(`system B: built with Nix in ${seconds.toFixed(0)} s`);
      await answersHelp(dir);
      expect(existsSync(join(dir, ARTEFACT))).toBe(false);
    },
    BUILD_MS,
  );

  it('is compiled by the compiler of that shell', async () => {
    const built = await inImage(dir, 'cat', '/usr/local/share/trading-setup/built');
    const shell = (await withNix(dir, 'nix', 'develop', `path:${dir}`, '--command', 'rustc', '-V')).trim();
    expect(shell).toMatch(/^rustc 1\./);
    expect(built).toContain(shell);
  });
});

describe('the same repository with cargo-chef', () => {
  beforeAll(async () => {
    const { code, stdout, stderr } = await init(dir, '--set', 'build.strategy=cargo-chef');
    expect(code, stdout + stderr).toBe(0);
  });

  it('is refused before the build without what the task makes, with the command, which then mends it', async () => {
    const refused = await cli(['build', '--dir', dir], { env: environment });
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining(ARTEFACT)]);
    const [, task = ''] = /\bnix run (\.#\w+)/.exec(refused.stderr) ?? [];
    expect(task).toBe('.#prepSolArtifacts');
    await withNix(dir, 'nix', 'run', task);
    expect(existsSync(join(dir, ARTEFACT))).toBe(true);
  });

  it(
    'is built, by one other answer',
    async () => {
      const { seconds } = await build(dir);
      console.info(`system B: built with cargo-chef in ${seconds.toFixed(0)} s`);
      await answersHelp(dir);
      expect(await inImage(dir, 'sh', '-c', 'ls -d /nix || echo none')).toContain('none');
    },
    BUILD_MS,
  );

  it(
    'goes back by the same answer, and compiles nothing anew',
    async () => {
      const { code, stderr } = await init(dir, '--set', 'build.strategy=nix');
      expect(code, stderr).toBe(0);
      expect((await build(dir)).stdout).not.toMatch(/\bCompiling\b/);
      await answersHelp(dir);
    },
    BUILD_MS,
  );
});

describe('a clone without its submodule', () => {
  it('is refused before the build, with the command, which then mends it', async () => {
    emptySubmodule(dir);
    const refused = await cli(['build', '--dir', dir], { env: environment });
    expect([refused.code, refused.stderr]).toEqual([4, expect.stringContaining('lib/orderbook')]);
    const command = 'git submodule update --init --recursive';
    expect(refused.stderr).toContain(command);
    await must(command.split(' '), { cwd: dir, env: ALLOW_LOCAL });
    const { code, stdout, stderr } = await run(['git', 'submodule', 'status'], { cwd: dir });
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toMatch(/^-/);
    await build(dir);
  });
});

describe('a repository whose flake gives the program', () => {
  it(
    'is built by it, and its closure is in the image',
    async () => {
      const { dir: own, ran } = await repository('packaged', { flake: 'package' });
      expect(ran.code, ran.stdout + ran.stderr).toBe(0);
      expect(written(own).build.strategy).toBe('nix');
      const { seconds } = await build(own);
      console.info(`system B: its package built in ${seconds.toFixed(0)} s`);
      await answersHelp(own);
      const store = await inImage(own, 'sh', '-c', 'ls /nix/store');
      expect(store).toMatch(/-libc\b/);
      // What it was made from stays behind.
      expect(store).not.toMatch(/-crates\b|rust-|cc-wrapper/);
    },
    BUILD_MS,
  );
});
