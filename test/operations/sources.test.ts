import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { render } from '../../src/artifacts/render.ts';
import { parseDockerignore } from '../../src/operations/dockerignore.ts';
import { checkSources } from '../../src/operations/sources.ts';
import type { Overlay } from '../../src/stack/overlay.ts';
import type { Stack } from '../../src/stack/schema.ts';
import { smallStack } from '../stack/stacks.ts';

const NIX = {
  image: 'nixos/nix:2.31.5',
  way: 'shell',
  packages: [],
  shell: 'default',
  cargoChef: false,
  tasks: ['prepSol'],
};
const ABI = 'lib/orderbook/out/Orderbook.json';

function stack(build: Overlay): Stack {
  return smallStack({ build });
}

/** A working tree with our .dockerignore and these files. */
function tree(of: Stack, ...files: readonly string[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'sources-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const ignore = render(of).find(({ path }) => path === '.dockerignore');
  writeFileSync(join(dir, '.dockerignore'), ignore?.text ?? '');
  for (const file of files) {
    mkdirSync(dirname(join(dir, file)), { recursive: true });
    writeFileSync(join(dir, file), 'x');
  }
  return dir;
}

async function refused(of: Stack, ...files: readonly string[]) {
  return checkSources({ dir: tree(of, ...files), stack: of }).then(
    () => 'built',
    ({ code, exitCode, message, next }) => ({ code, exitCode, message, next: next[0] }),
  );
}

describe('what a build needs', () => {
  it('is nothing beyond git for most repositories', async () => {
    expect(await refused(stack({}))).toBe('built');
  });

  it('is a submodule that git has checked out', async () => {
    const of = stack({ needs: { submodules: ['lib/orderbook', 'lib/odd name'], files: [] } });
    expect(await refused(of)).toEqual({
      code: 'submodules-missing',
      exitCode: 4,
      message: 'lib/orderbook, lib/odd name are submodules that git has not checked out.',
      next: "Check out: git submodule update --init --recursive -- lib/orderbook 'lib/odd name'",
    });
    expect(await refused(of, 'lib/orderbook/a.sol')).toMatchObject({
      message: 'lib/odd name is a submodule that git has not checked out.',
    });
    expect(await refused(of, 'lib/orderbook/a.sol', 'lib/odd name/a.sol')).toBe('built');
  });

  it('is a file that a task of the flake makes, where cargo-chef builds', async () => {
    const needs = { submodules: [], files: [{ path: ABI, make: 'nix run .#prepSol' }] };
    const chef = stack({ needs, nix: NIX });
    expect(await refused(chef)).toEqual({
      code: 'build-input-missing',
      exitCode: 4,
      message: `The build needs ${ABI}: not there.`,
      next: 'Make it: nix run .#prepSol',
    });
    expect(await refused(chef, ABI)).toBe('built');
    expect(await refused(stack({ needs, nix: NIX, strategy: 'nix' })), 'the task runs inside the build').toBe('built');
  });

  it('is what answers query! where no build has its database', async () => {
    const needs = { submodules: [], files: [{ path: '.sqlx', make: 'cargo sqlx prepare --workspace' }] };
    expect(await refused(stack({ needs }))).toMatchObject({ next: 'Make it: cargo sqlx prepare --workspace' });
    expect(await refused(stack({ needs }), '.sqlx/query-1.json')).toBe('built');
  });

  it('is not kept out by .dockerignore', async () => {
    const of = stack({ needs: { submodules: [], files: [{ path: ABI }] }, checkedAgainst: 'migrations' });
    const dir = tree(of, ABI, 'migrations/1_a.sql');
    writeFileSync(join(dir, '.dockerignore'), '# mine\n**/out\nmigrations/\n');
    await expect(checkSources({ dir, stack: of })).rejects.toMatchObject({
      code: 'build-input-ignored',
      message: `.dockerignore keeps ${ABI}, migrations out of the build, which needs it.`,
    });
  });
});

describe('our own .dockerignore', () => {
  it.each([
    ABI,
    '.sqlx/query-1.json',
    'lib/forge-std/src/Test.sol',
    'crates/a/src/target/mod.rs',
    'flake.lock',
    'docker/build.sh',
  ])('lets %s in', (path) => {
    const text = render(smallStack()).find((each) => each.path === '.dockerignore')?.text ?? '';
    expect(parseDockerignore(text)(path)).toBe(false);
  });

  it.each(['target/release/toy', '.env', 'a/b/.env.local', 'x/.git/config', 'deploy/secrets/key', 'data/live.db-wal'])(
    'keeps %s out',
    (path) => {
      const text = render(smallStack()).find((each) => each.path === '.dockerignore')?.text ?? '';
      expect(parseDockerignore(text)(path)).toBe(true);
    },
  );
});

describe('a .dockerignore', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'b/a', false],
    ['a/', 'a/b/c', true],
    ['/a', 'a', true],
    ['./a', 'a', true],
    ['*.rs', 'a.rs', true],
    ['*.rs', 'a/b.rs', false],
    ['**/*.rs', 'b.rs', true],
    ['**/*.rs', 'a/b.rs', true],
    ['a/**', 'a/b/c', true],
    ['a/**/c', 'a/c', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['[ab].x', 'b.x', true],
    ['a.b', 'axb', false],
    ['*\n!a', 'a/b', false],
    ['*\n!a\na/b', 'a/b', true],
    ['# a', 'a', false],
    ['[', 'a', false],
  ])('%j on %s', (text, path, ignored) => {
    expect(parseDockerignore(text)(path)).toBe(ignored);
  });
});
