import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import type { RepoFacts } from '../../src/detect/facts.ts';
import { codes, unpack } from './repository.ts';

const V2 = path.join(import.meta.dirname, '../fixtures/system-b-v2');

/** The system as somebody has it who cloned it without its submodule. */
async function systemB(flake: 'package' | 'shell', isLater = false): Promise<RepoFacts> {
  const dir = await unpack('system-b', 'test/fixtures');
  if (isLater) {
    // The second version is written over the first; what it has no more is gone.
    await rm(path.join(dir, 'src/bin'), { recursive: true });
    await cp(V2, dir, { recursive: true });
  }
  await rename(path.join(dir, `flake-${flake}.nix`), path.join(dir, 'flake.nix'));
  await writeFile(
    path.join(dir, '.gitmodules'),
    '[submodule "lib/orderbook"]\n\tpath = lib/orderbook\n\turl = ../o.git\n',
  );
  await mkdir(path.join(dir, 'lib/orderbook'), { recursive: true });
  return detect(dir);
}

function readers({ env }: RepoFacts): Readonly<Record<string, string>> {
  return Object.fromEntries(env.map(({ name, readBy }) => [name, readBy.join(' ')]));
}

describe('system B', () => {
  it('has one daemon, a program that logs in, and tools', async () => {
    const { services, helpers } = await systemB('package');
    expect(services).toMatchObject([{ name: 'main', kind: 'daemon', serves: true, signals: ['SIGTERM', 'SIGINT'] }]);
    expect(helpers.filter(({ kind }) => kind === 'login').map(({ name }) => name)).toEqual(['auth']);
    expect(new Set(helpers.filter(({ kind }) => kind === 'tool').map(({ binary }) => binary))).toEqual(
      new Set(['cli']),
    );
  });

  it('gives each program the variables of its own command line', async () => {
    expect(readers(await systemB('package'))).toMatchObject({
      ALPACA_API_KEY: 'cli main',
      APP_KEY: 'auth cli main',
      BROKER: 'cli main',
      DATABASE_URL: 'auth cli main',
      ENCRYPTION_KEY: 'auth cli main',
      ORDERBOOK: 'main',
      ORDER_HASH: 'main',
      SERVER_PORT: 'main',
      WS_RPC_URL: 'main',
    });
  });

  it.each([
    ['package', ['package default: cargo rustc', 'app prepSolArtifacts:', 'shell default: cargo rustc']],
    ['shell', ['app prepSolArtifacts:', 'shell default (old): cargo rustc']],
  ] as const)('with a flake that gives a %s says what it can be built by', async (flake, expected) => {
    const { nix } = await systemB(flake);
    const words = nix?.outputs.map(({ kind, name, legacy, holds }) =>
      `${kind} ${name}${legacy ? ' (old)' : ''}: ${holds.join(' ')}`.trimEnd(),
    );
    expect(words).toEqual(expected);
  });

  it('needs a submodule, an artefact that a task makes in it, and migrations that only tests apply', async () => {
    const facts = await systemB('shell');
    expect(facts.submodules).toMatchObject([{ path: 'lib/orderbook', url: '../o.git', checkedOut: false }]);
    expect(facts.compileInputs).toMatchObject([
      {
        path: 'lib/orderbook/out/OrderBook.sol/OrderBook.json',
        present: false,
        tracked: false,
        submodule: 'lib/orderbook',
        task: 'nix run .#prepSolArtifacts',
      },
    ]);
    expect(facts.sqlx).toMatchObject({ migrates: 'tests', folder: 'migrations', offline: false });
    expect(facts.buildEnv).toMatchObject([{ name: 'DATABASE_URL', required: false }]);
    expect(facts.dotenv).toMatchObject({ override: true });
    expect(codes(facts)).toEqual(
      expect.arrayContaining([
        'dotenv-override',
        'sqlx-offline',
        'database-without-schema',
        'compile-input-missing',
        'submodule-missing',
      ]),
    );
  });

  it('in its second version has another daemon, and a reporter beside it', async () => {
    const facts = await systemB('package', true);
    expect(facts.binaries.map(({ bin }) => bin).sort()).toEqual(expect.arrayContaining(['cli', 'reporter', 'server']));
    expect(facts.services.find(({ binary }) => binary === 'server')).toMatchObject({ kind: 'daemon', serves: true });
    expect(readers(facts)).toMatchObject({ ORDER_OWNER: expect.stringContaining('server') });
    expect(readers(facts)).not.toHaveProperty('ORDER_HASH');
  });
});
