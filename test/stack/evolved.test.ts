import { describe, expect, it } from 'vitest';
import { certain } from '../../src/detect/belief.ts';
import type { BinaryFact, RepoFacts } from '../../src/detect/facts.ts';
import { parseSets } from '../../src/flow/answers.ts';
import { type Difference, differenceWords, evolved, goneBinaries, withBinaries } from '../../src/stack/evolved.ts';
import { overlay } from '../../src/stack/overlay.ts';
import { toStack } from '../../src/stack/parse.ts';
import type { Stack } from '../../src/stack/schema.ts';
import { env, facts, service, subcommand } from './facts.ts';
import { designed } from './stacks.ts';

const evidence = { file: 'src/bin/x.rs', line: 3 };

function binary(bin: string, from = 'bot'): BinaryFact {
  return { package: from, bin, path: `src/bin/${bin}.rs`, requiredFeatures: [], ...certain(evidence) };
}

/** A daemon that is a binary of its own. */
function daemon(bin: string): RepoFacts['services'][number] {
  return { ...service(subcommand(bin, { binary: bin })), args: [] };
}

const BEFORE = facts({
  binaries: [binary('main'), binary('auth')],
  services: [daemon('main')],
  helpers: [{ name: 'auth', binary: 'auth', args: [], kind: 'login', ...certain(evidence) }],
  env: [
    env('APP_KEY', { required: true, secret: true, readBy: ['main'], services: ['main'] }),
    env('LOG_LEVEL', { readBy: ['main'], services: ['main'] }),
  ],
});
const AFTER = facts({
  binaries: [binary('cli'), binary('reporter'), binary('server')],
  services: [{ ...daemon('reporter'), kind: 'worker' }, daemon('server')],
  helpers: [{ name: 'cli', binary: 'cli', args: [], kind: 'tool', ...certain(evidence) }],
  env: [
    env('SCHWAB_APP_KEY', { required: true, secret: true, readBy: ['server'], services: ['server'] }),
    env('ENCRYPTION_KEY', { required: true, secret: true, readBy: ['server'], services: ['server'] }),
    env('ORDER_OWNER', { required: true, readBy: ['server'], services: ['server'] }),
  ],
});

function codes(differences: readonly Difference[]): readonly string[] {
  return differences.map(({ code, path }) => `${code} ${path}`);
}

/** A stack with everything taken over that can be. */
function taken(stack: Stack, found: RepoFacts): Stack {
  const sets = evolved(stack, found).flatMap((difference) => difference.sets);
  return toStack(withBinaries(overlay(stack, parseSets(sets)), found), 'test');
}

describe('a repository that did not change', () => {
  it('differs in nothing', () => {
    expect(evolved(designed(BEFORE), BEFORE)).toEqual([]);
  });

  it('differs in nothing where a setting has no value yet', () => {
    const open = env('BROKER', { required: true, readBy: ['main'], services: ['main'] });
    const found = { ...BEFORE, env: [...BEFORE.env, open] };
    const stack = designed(found);
    expect(stack.services.app?.required).toEqual(['BROKER']);
    expect(evolved(stack, found)).toEqual([]);
  });
});

describe('a binary with another name', () => {
  it('is named before anything else, with the likeliest new name and its flag', () => {
    const [first] = evolved(designed(BEFORE), AFTER);
    expect(first).toMatchObject({
      code: 'binary-gone',
      blocks: true,
      sets: ['services.app.binary=server'],
      evidence,
      message: 'the repository has no binary main any more; likely it is server now',
    });
    expect(goneBinaries(designed(BEFORE), AFTER)).toMatchObject([
      { path: 'services.app.binary', binary: 'main', instead: ['server', 'reporter', 'cli'] },
    ]);
  });

  it('is compared by what its successor reads: renamed, new and needed', () => {
    expect(codes(evolved(designed(BEFORE), AFTER))).toEqual([
      'binary-gone services.app.binary',
      'binary-gone build.binaries',
      'command-gone secrets.commands.login.run',
      'variable-renamed services.app.secrets.APP_KEY',
      'variable-required services.app.secrets.ENCRYPTION_KEY',
      'variable-required services.app.environment.ORDER_OWNER',
      'service-new services',
      'helper-new build.binaries',
    ]);
  });

  it('is taken over whole by the flags that are said', () => {
    const stack = taken(designed(BEFORE), AFTER);
    expect(stack.services.app).toMatchObject({
      binary: 'server',
      secrets: { SCHWAB_APP_KEY: '${APP_KEY}', ENCRYPTION_KEY: '${ENCRYPTION_KEY}' },
    });
    expect(stack.services.app?.secrets).not.toHaveProperty('APP_KEY');
    expect(stack.build.binaries.map(({ bin }) => bin)).toEqual(['server', 'cli']);
    expect(codes(evolved(stack, AFTER))).toEqual([
      'command-gone secrets.commands.login.run',
      'variable-required services.app.environment.ORDER_OWNER',
      'service-new services',
    ]);
  });

  it('changes nothing of what is built where nobody says so', () => {
    const stack = designed(BEFORE);
    expect(withBinaries(stack, AFTER)).toBe(stack);
  });
});

describe('variables', () => {
  const stack = overlay(designed(BEFORE), { services: { app: { environment: { SCHWAB_BASE: 'x' } } } }) as Stack; // a stack with one more key

  it('that nothing reads any more are said with the flag that takes them out', () => {
    const [gone] = evolved(stack, BEFORE);
    expect(gone).toMatchObject({ code: 'variable-gone', sets: ['services.app.environment.SCHWAB_BASE=null'] });
  });

  it('of which another sort is needed now are gone and needed, not renamed', () => {
    const plain = (name: string) => env(name, { required: true, readBy: ['main'], services: ['main'] });
    const saved = overlay(designed(BEFORE), { services: { app: { required: ['ORDER_HASH'] } } }) as Stack; // as it was saved
    expect(evolved(saved, { ...BEFORE, env: [...BEFORE.env, plain('ORDER_OWNER')] })).toMatchObject([
      { code: 'variable-gone', sets: ['services.app.required=["ORDER_OWNER"]'] },
      { code: 'variable-required', path: 'services.app.environment.ORDER_OWNER' },
    ]);
    const same = { ...BEFORE, env: [...BEFORE.env, plain('ORDER_HASH')] };
    expect(evolved(saved, same)).toEqual([]);
  });

  it('are not taken for renamed where one is a secret and the other is not', () => {
    const found = {
      ...BEFORE,
      env: [...BEFORE.env, env('SCHWAB_BASE_KEY', { secret: true, readBy: ['main'], services: ['main'] })],
    };
    expect(codes(evolved(stack, found))).toEqual(['variable-gone services.app.environment.SCHWAB_BASE']);
  });

  it('that are needed now say where they are read and how they are answered', () => {
    const found = {
      ...BEFORE,
      env: [...BEFORE.env, env('ORDER', { required: true, readBy: ['main'], services: ['main'] })],
    };
    expect(evolved(designed(BEFORE), found).map(differenceWords)).toEqual([
      'app needs ORDER now, and nothing gives it (src/main.rs:1). Say it: --set services.app.environment.ORDER=VALUE',
    ]);
  });
});

describe('a program for a person', () => {
  const tool = (bin: string) => ({ name: bin, binary: bin, args: [], kind: 'tool', ...certain(evidence) }) as const;
  const found = {
    ...BEFORE,
    binaries: [...BEFORE.binaries, binary('cli'), binary('reporter')],
    helpers: [...BEFORE.helpers, tool('cli'), tool('reporter')],
  };

  it('that is new is said with the flag that builds all of them', () => {
    const [added, ...rest] = evolved(designed(BEFORE), found);
    expect(rest).toEqual([]);
    expect(added).toMatchObject({ code: 'helper-new', path: 'build.binaries', blocks: false });
    expect(added?.message).toBe('the programs cli, reporter, to be run by hand, are not in the image');
    const stack = taken(designed(BEFORE), found);
    expect(stack.build.binaries.map(({ bin }) => bin)).toEqual(['main', 'auth', 'cli', 'reporter']);
    expect(evolved(stack, found)).toEqual([]);
  });

  it('that is new does not undo a move to another package', () => {
    const moved = { ...found, binaries: [binary('main', 'daemon'), ...found.binaries.slice(1)] };
    const stack = taken(designed(BEFORE), moved);
    expect(stack.build.binaries).toContainEqual({ package: 'daemon', bin: 'main' });
    expect(evolved(stack, moved)).toEqual([]);
  });
});

describe('a repository with more files than are looked at', () => {
  it('says of nothing that it is gone', () => {
    const cut = { code: 'too-many-files', message: 'the repository has more files than are looked at' };
    const empty = facts({ binaries: [], services: [], env: [], warnings: [cut] });
    const saved = overlay(designed(BEFORE), { services: { app: { required: ['ORDER_HASH'] } } }) as Stack; // as it was saved
    expect(evolved(saved, empty)).toEqual([]);
    expect(goneBinaries(saved, empty)).toEqual([]);
    expect(codes(evolved(saved, { ...empty, warnings: [] }))).toContain('binary-gone services.app.binary');
  });
});

describe('a command with another name', () => {
  it('is named with the likeliest one', () => {
    const before = facts({ subcommands: [subcommand('run')] });
    const after = facts({ subcommands: [subcommand('run-live'), subcommand('book', { kind: 'one-shot' })] });
    expect(evolved(designed(before), after)).toMatchObject([
      { code: 'command-gone', path: 'services.app.args', sets: ['services.app.args=["run-live"]'] },
    ]);
  });
});

const FLAKE: NonNullable<RepoFacts['nix']> = {
  file: 'flake.nix',
  inputs: [],
  outputs: [
    { kind: 'package', name: 'bot', legacy: false, holds: ['cargo'], ...certain(evidence) },
    { kind: 'app', name: 'prep', legacy: false, holds: [], ...certain(evidence) },
  ],
  ...certain({ file: 'flake.nix', line: 1 }),
};
const NIX = { image: 'nixos/nix:2.30.0', way: 'package', packages: ['default'], cargoChef: false, tasks: [] } as const;

function built(build: Partial<Stack['build']>): Stack {
  const stack = designed(BEFORE);
  return { ...stack, build: { ...stack.build, ...build } };
}

describe('a flake', () => {
  const nix = { ...NIX, packages: [...NIX.packages], tasks: [] };

  it('that is new is said, and changes nothing', () => {
    const stack = built({ strategy: 'cargo-chef' });
    const { nix: _, ...build } = stack.build;
    expect(codes(evolved({ ...stack, build }, { ...BEFORE, nix: FLAKE }))).toEqual(['flake-new build.nix']);
  });

  it.each([
    ['nix', true],
    ['cargo-chef', false],
  ] as const)('that is gone stops a build by %s: %s', (strategy, blocks) => {
    const [gone] = evolved(built({ strategy, nix }), BEFORE);
    expect(gone).toMatchObject({ code: 'flake-gone', blocks });
  });

  it('without the package that is built stops the build', () => {
    const [gone] = evolved(built({ strategy: 'nix', nix }), { ...BEFORE, nix: FLAKE });
    expect(gone).toMatchObject({ code: 'output-gone', path: 'build.nix.packages', blocks: true });
  });

  const chosen = (...names: readonly string[]) => built({ strategy: 'nix', nix: { ...nix, packages: [...names] } });

  it('without any package of the list offers the other way, and never an empty list', () => {
    const [gone] = evolved(chosen('default'), { ...BEFORE, nix: FLAKE });
    expect(gone).toMatchObject({ sets: ['build.strategy=cargo-chef'] });
    expect(taken(chosen('default'), { ...BEFORE, nix: FLAKE }).build.strategy).toBe('cargo-chef');
  });

  it('without several of its packages is taken over by each of the flags alone', () => {
    const sets = evolved(chosen('a', 'bot', 'b'), { ...BEFORE, nix: FLAKE }).map((each) => each.sets);
    expect(sets).toEqual([['build.nix.packages=["bot"]'], ['build.nix.packages=["bot"]']]);
  });

  it('that makes its outputs in another file, or cannot be read whole, stops nothing', () => {
    const shell = { kind: 'shell', name: 'default', legacy: false, holds: [], ...certain(evidence) } as const;
    expect(evolved(chosen('bot'), { ...BEFORE, nix: { ...FLAKE, outputs: [shell] } })).toEqual([]);
    expect(evolved(chosen('x'), { ...BEFORE, nix: { ...FLAKE, confidence: 'likely' } })).toEqual([]);
  });

  it('with a task that makes what the compiler reads is said with its flag', () => {
    const task = {
      kind: 'nix',
      name: 'prep',
      command: 'nix run .#prep',
      folder: '.',
      makes: ['out'],
      ...certain(evidence),
    } as const;
    const input = {
      path: 'out/a.json',
      by: 'sol!',
      present: false,
      tracked: false,
      task: task.command,
      ...certain(evidence),
    };
    const found = { ...BEFORE, nix: FLAKE, tasks: [task], compileInputs: [input] };
    expect(evolved(built({ strategy: 'nix', nix: { ...nix, packages: ['bot'] } }), found)).toMatchObject([
      { code: 'task-new', sets: ['build.nix.tasks=["prep"]'] },
    ]);
  });
});

describe('what the build reads', () => {
  const sqlx = {
    features: [],
    checked: 1,
    unchecked: 0,
    offline: false,
    migrates: 'tests',
    ...certain(evidence),
  } as const;

  it('in another folder stops it, with the folder where it is now', () => {
    const stack = built({ checkedAgainst: 'migrations' });
    expect(evolved(stack, { ...BEFORE, sqlx: { ...sqlx, folder: 'db/migrations' } })).toMatchObject([
      {
        code: 'migrations-moved',
        path: 'build.checkedAgainst',
        sets: ['build.checkedAgainst=db/migrations'],
        blocks: true,
      },
    ]);
    expect(evolved(stack, { ...BEFORE, sqlx: { ...sqlx, folder: 'migrations' } })).toEqual([]);
  });

  it('elsewhere too stops nothing while its own files are there', () => {
    const stack = built({ checkedAgainst: 'db/own' });
    const own = { kind: 'numbered', path: 'db/own/1_a.sql', version: 1, ...certain(evidence) } as const;
    expect(evolved(stack, { ...BEFORE, migrations: [own], sqlx: { ...sqlx, folder: 'migrations' } })).toEqual([]);
  });

  it.each([
    ['a channel, which rustup fetches', { channel: '99.1.0' }, false],
    ['a package, which cargo refuses', { rustVersion: '99.1' }, true],
  ])('by a newer toolchain asked for by %s, stops it: %s', (_, toolchain, blocks) => {
    expect(evolved(designed(BEFORE), { ...BEFORE, toolchain })).toMatchObject([{ code: 'toolchain-newer', blocks }]);
  });

  it('by an image of another name is not compared by its tag', () => {
    const toolchain = { rustVersion: '99.1' };
    const by = (rustImage: string) => evolved(built({ rustImage }), { ...BEFORE, toolchain });
    expect(by('registry.local/rust-ci:1.80-2026')).toEqual([]);
    expect(by('docker.io/library/rust:1.80.0-slim')).toHaveLength(1);
  });

  it.each([
    [{ channel: '99.1.0' }, ['toolchain-newer build.rustImage']],
    [{ rustVersion: '99.1' }, ['toolchain-newer build.rustImage']],
    [{ rustVersion: '1.70' }, []],
    [{ channel: 'stable' }, []],
  ])('by a toolchain of %j is compared with the one of the image', (toolchain, expected) => {
    expect(codes(evolved(designed(BEFORE), { ...BEFORE, toolchain }))).toEqual(expected);
  });

  it('from another package is named by it', () => {
    const found = { ...BEFORE, binaries: [binary('main', 'daemon'), binary('auth')] };
    const stack = taken(designed(BEFORE), found);
    expect(stack.build.binaries).toContainEqual({ package: 'daemon', bin: 'main' });
    expect(evolved(stack, found)).toEqual([]);
  });
});
