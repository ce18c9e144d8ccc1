import { describe, expect, it } from 'vitest';
import { renderDockerfile } from '../../src/artifacts/dockerfile.ts';
import { certain } from '../../src/detect/belief.ts';
import type { NixOutputFact, RepoFacts } from '../../src/detect/facts.ts';
import { summaryOf } from '../../src/flow/summary.ts';
import { questionsOf } from '../../src/questions/table.ts';
import { design } from '../../src/stack/design/design.ts';
import { inspect } from '../../src/stack/inspect.ts';
import type { Overlay } from '../../src/stack/overlay.ts';
import { facts } from './facts.ts';
import { designed, HOST, SUFFIX, smallStack, WRITTEN_BY } from './stacks.ts';

const at = (line: number) => certain({ file: 'flake.nix', line });

const CARGO = ['cargo', 'rustc'];

function output(kind: NixOutputFact['kind'], name: string, holds: readonly string[] = CARGO, line = 3): NixOutputFact {
  return { kind, name, legacy: false, holds, ...at(line) };
}

function flake(...outputs: readonly NixOutputFact[]): Pick<RepoFacts, 'nix'> {
  return { nix: { file: 'flake.nix', outputs, inputs: [], ...at(1) } };
}

const PREP = 'nix run .#prepSol';
const TASKS: Partial<RepoFacts> = {
  tasks: [
    { kind: 'nix', name: 'prepSol', command: PREP, folder: '.', makes: ['lib/ob/out'], ...at(20) },
    { kind: 'nix', name: 'lint', command: 'nix run .#lint', folder: '.', makes: [], ...at(21) },
  ],
  compileInputs: [
    {
      path: 'lib/ob/out/Ob.json',
      by: 'sol!',
      present: false,
      tracked: false,
      submodule: 'lib/ob',
      task: PREP,
      ...at(5),
    },
    { path: 'abi/Own.json', by: 'sol!', present: true, tracked: true, ...at(6) },
  ],
  submodules: [{ path: 'lib/ob', checkedOut: false, ...certain({ file: '.gitmodules', line: 1 }) }],
};

const build = (over: Partial<RepoFacts>, decided: Overlay = {}) => designed(facts(over), decided).build;
const whyOf = (over: Partial<RepoFacts>) =>
  design({
    facts: facts(over),
    host: HOST,
    decided: {},
    suffix: SUFFIX,
    writtenBy: WRITTEN_BY,
    interactive: false,
  }).origins.get('build.strategy')?.text;

describe('the strategy', () => {
  it('is cargo-chef without a flake, and with one that builds nothing of it', () => {
    expect(build({})).toMatchObject({ strategy: 'cargo-chef' });
    expect(build({})).not.toHaveProperty('nix');
    const over = flake(output('app', 'lint'), output('shell', 'default', ['nodejs']), output('package', 'docs'));
    expect(build(over)).not.toHaveProperty('nix');
    expect(whyOf(over)).toBe('flake.nix:1, the flake has neither a package of the program nor a shell for cargo');
  });

  it.each(['default', 'bot'])('is nix where the flake gives the package as %s', (name) => {
    const over = flake(output('shell', 'default', ['cargo', 'cargo-chef']), output('package', name, CARGO, 9));
    expect(build(over)).toMatchObject({
      strategy: 'nix',
      nix: { way: 'package', packages: [name], shell: 'default', cargoChef: true, tasks: [] },
    });
    expect(whyOf(over)).toBe('flake.nix:9, the flake gives the package');
  });

  it('is nix in the shell where the flake gives only that, the default one first', () => {
    const over = flake(output('shell', 'ci'), output('shell', 'default', CARGO, 7));
    expect(build(over)).toMatchObject({ strategy: 'nix', nix: { way: 'shell', shell: 'default', cargoChef: false } });
    expect(whyOf(over)).toBe('flake.nix:7, the flake gives a shell in which cargo compiles');
  });

  it.each([
    ['documents', output('package', 'default', ['mdbook'])],
    ['a script of that name', { ...output('package', 'bot'), unfit: 'script' as const }],
    ['an image of a container', { ...output('package', 'bot'), unfit: 'image' as const }],
    ['a package for another system', { ...output('package', 'bot'), unfit: 'other-system' as const }],
    ['a shell for another system', { ...output('shell', 'default'), unfit: 'other-system' as const }],
    ['a shell of tools around cargo', output('shell', 'default', ['sqlx-cli', 'postgresql'])],
    ['a shell that formats', output('shell', 'default', ['rustfmt', 'nixfmt', 'clippy'])],
    ['a shell that would fetch a compiler', output('shell', 'default', ['rustup'])],
  ])('is cargo-chef where the flake gives only %s', (_, given) => {
    expect(build(flake(given))).toMatchObject({ strategy: 'cargo-chef' });
    expect(build(flake(given))).not.toHaveProperty('nix');
    expect(whyOf(flake(given))).toContain('neither a package of the program nor a shell for cargo');
  });

  it('is cargo-chef with a shell of which nothing is known, and says so', () => {
    const over = flake(output('shell', 'default', []));
    expect(build(over)).toMatchObject({ strategy: 'cargo-chef' });
    expect(whyOf(over)).toBe('flake.nix:1, the flake does not say whether its shell has cargo');
  });

  it('is one answer in both directions: how the flake builds it stays', () => {
    const over = flake(output('shell', 'default'));
    const chef = build(over, { build: { strategy: 'cargo-chef' } });
    expect(chef).toMatchObject({ strategy: 'cargo-chef', nix: { way: 'shell' } });
    const dockerfiles = ['cargo-chef', 'nix'].map((strategy) =>
      renderDockerfile(designed(facts(over), { build: { strategy } })),
    );
    expect(dockerfiles[0]).not.toContain('nix');
    expect(dockerfiles[1]).not.toContain('rust:');
  });

  it('says in one sentence what compiles', () => {
    const words = (over: Partial<RepoFacts>) => summaryOf(designed(facts(over)), '', []).get('Build');
    expect(words({})).toContain('compiled with rust:');
    expect(words(flake(output('package', 'default')))).toBe('nix, compiled by the flake itself, bot');
    expect(words(flake(output('shell', 'default')))).toBe("nix, compiled in the flake's shell, bot");
  });

  it('is asked where there is a choice, with a hint for each', () => {
    const asked = (over: Partial<RepoFacts>) =>
      questionsOf(designed(facts(over))).find(({ path }) => path === 'build.strategy')?.input;
    expect(asked({})).toBeUndefined();
    expect(asked(flake(output('shell', 'default')))).toMatchObject({
      options: [
        { value: 'nix', hint: expect.stringContaining("cargo in the flake's shell") },
        { value: 'cargo-chef', hint: expect.stringContaining('official Rust image') },
      ],
    });
  });

  it('is refused as nix where nothing says how', () => {
    const found = (over: Overlay) => inspect(smallStack({ build: over })).map(({ level, path }) => [level, path]);
    expect(found({ strategy: 'nix' })).toEqual([['error', 'build.strategy']]);
    const nix = { image: 'nixos/nix:2.31.5', way: 'package', packages: [], cargoChef: false, tasks: [] };
    expect(found({ strategy: 'nix', nix })).toEqual([['error', 'build.nix.packages']]);
    expect(found({ strategy: 'nix', nix: { ...nix, packages: ['default'] } })).toEqual([]);
    expect(found({ strategy: 'cargo-chef', nix })).toEqual([]);
  });
});

describe('what a build needs', () => {
  it('is nothing beyond git for most', () => {
    expect(build({})).not.toHaveProperty('needs');
    expect(build({})).not.toHaveProperty('checkedAgainst');
  });

  it('is submodules, and files that git has not, with the command that makes them', () => {
    expect(build({ ...TASKS, ...flake(output('shell', 'default')) })).toMatchObject({
      needs: { submodules: ['lib/ob'], files: [{ path: 'lib/ob/out/Ob.json', make: PREP }] },
      nix: { tasks: ['prepSol'] },
    });
  });

  const sqlx = (over: Partial<NonNullable<RepoFacts['sqlx']>> = {}): Partial<RepoFacts> => ({
    sqlx: {
      features: ['sqlite'],
      checked: 3,
      unchecked: 0,
      offline: false,
      migrates: 'tests',
      folder: 'migrations',
      ...at(1),
      ...over,
    },
  });

  it('is in the build, also where it is there already and looks like a private config file', () => {
    const config = { path: 'lib/ob/out/Ob.json', private: true, values: {}, ...at(5) };
    const own = { path: 'config/keys.toml', private: true, values: {}, ...at(5) };
    const over = build({ ...TASKS, config: { files: [config, own] } });
    expect(over).toMatchObject({ exclude: ['config/keys.toml'], assets: [] });
  });

  it('is a throw-away database for query! on SQLite without .sqlx', () => {
    expect(build(sqlx())).toMatchObject({ checkedAgainst: 'migrations' });
    expect(build(sqlx({ offline: true }))).not.toHaveProperty('checkedAgainst');
    expect(build(sqlx({ checked: 0 }))).not.toHaveProperty('checkedAgainst');
  });

  it('is .sqlx for query! on PostgreSQL, with the command that makes it', () => {
    const made = build(sqlx({ features: ['postgres'] }));
    expect(made).not.toHaveProperty('checkedAgainst');
    expect(made.needs).toEqual({ submodules: [], files: [{ path: '.sqlx', make: 'cargo sqlx prepare' }] });
    expect(build(sqlx({ features: ['postgres'], offline: true }))).not.toHaveProperty('needs');
  });

  it('ships the programs that a person runs beside the services', () => {
    const binaries = ['bot', 'auth', 'bench'].map((bin) => ({
      package: 'bot',
      bin,
      path: '',
      requiredFeatures: [],
      ...at(1),
    }));
    const helpers: RepoFacts['helpers'] = [{ name: 'auth', binary: 'auth', args: [], kind: 'login', ...at(1) }];
    expect(build({ binaries, helpers, services: [] }).binaries.map(({ bin }) => bin)).toEqual(['bot', 'auth']);
  });
});
