import { NIX_IMAGE } from '../../catalog/images.ts';
import type { NixFact, NixOutputFact, RepoFacts } from '../../detect/facts.ts';
import type { Origin } from '../../flow/types.ts';
import { detected, fallback } from '../origin.ts';
import type { BuildNeeds, NixBuild, Stack } from '../schema.ts';

type Binary = Stack['build']['binaries'][number];

function outputs({ outputs }: NixFact, kind: NixOutputFact['kind']): readonly NixOutputFact[] {
  return outputs.filter((output) => output.kind === kind);
}

/** Nothing else proves that an output compiles Rust: documents, scripts and images may have the program's name. */
function hasCargo({ holds, unfit }: NixOutputFact): boolean {
  return unfit === undefined && holds.includes('cargo');
}

/** The packages of the flake that have these binaries; undefined where one of them is in none. */
function packagesOf(nix: NixFact, binaries: readonly Binary[]): readonly NixOutputFact[] | undefined {
  const all = outputs(nix, 'package').filter(hasCargo);
  const having = binaries.map(({ bin, package: crate }) =>
    [bin, crate, 'default'].map((name) => all.find((output) => output.name === name)).find((output) => output),
  );
  const found = having.filter((output) => output !== undefined);
  return found.length === binaries.length ? [...new Set(found)] : undefined;
}

function shellOf(nix: NixFact): NixOutputFact | undefined {
  const able = outputs(nix, 'shell').filter(hasCargo);
  return able.find(({ name }) => name === 'default') ?? able[0];
}

/** Why a flake is not used: a shell whose programs stand elsewhere may have cargo, and may not. */
function unusedBecause(nix: NixFact): string {
  const isUnclear = outputs(nix, 'shell').some(({ holds, unfit }) => unfit === undefined && holds.length === 0);
  return isUnclear
    ? 'the flake does not say whether its shell has cargo'
    : 'the flake has neither a package of the program nor a shell for cargo';
}

/** Tasks of the flake that make what the compiler reads, in the order of the facts. */
function nixTasks(facts: RepoFacts): readonly string[] {
  const wanted = new Set(facts.compileInputs.map(({ task }) => task));
  return facts.tasks.filter(({ kind, command }) => kind === 'nix' && wanted.has(command)).map(({ name }) => name);
}

/** How the flake of the repository builds these binaries; undefined where it does not. */
export function designNix(facts: RepoFacts, binaries: readonly Binary[]): NixBuild | undefined {
  const { nix } = facts;
  const packages = nix && packagesOf(nix, binaries);
  const shell = nix && shellOf(nix);
  if (!packages && !shell) return undefined;
  return {
    image: NIX_IMAGE,
    way: packages ? 'package' : 'shell',
    packages: (packages ?? []).map(({ name }) => name),
    ...(shell ? { shell: shell.name } : {}),
    cargoChef: shell?.holds.includes('cargo-chef') ?? false,
    tasks: [...nixTasks(facts)],
  };
}

/** Why this strategy is proposed. */
function strategyOrigin(facts: RepoFacts, nix: NixBuild | undefined): Origin {
  if (!facts.nix) return fallback('dependencies are compiled once');
  if (!nix) return detected(facts.nix.evidence, unusedBecause(facts.nix));
  const name = nix.way === 'package' ? nix.packages[0] : nix.shell;
  const output = facts.nix.outputs.find((one) => one.kind === nix.way && one.name === name);
  const gives =
    nix.way === 'package' ? 'the flake gives the package' : 'the flake gives a shell in which cargo compiles';
  return detected(output?.evidence ?? facts.nix.evidence, gives);
}

/** `query!` asks a database while it is compiled, unless its answers are in `.sqlx`. */
function asksDatabase({ sqlx }: RepoFacts): boolean {
  return sqlx !== undefined && sqlx.checked > 0 && !sqlx.offline;
}

/** The folder of the SQL files for a throw-away database; undefined where none is asked, or one that is no SQLite. */
export function designCheckedAgainst(facts: RepoFacts): string | undefined {
  if (!asksDatabase(facts) || facts.databases.some(({ kind }) => kind === 'postgres')) return undefined;
  const { features = [], folder } = facts.sqlx ?? {};
  const sqlite = features.includes('sqlite') || facts.databases.some(({ kind }) => kind === 'sqlite');
  return sqlite && !features.includes('postgres') ? folder : undefined;
}

/** The answers of a database that a build cannot have: asked once by hand, and kept in the repository. */
function offlineAnswers(facts: RepoFacts): BuildNeeds['files'] {
  if (!asksDatabase(facts) || designCheckedAgainst(facts) !== undefined) return [];
  const whole = facts.workspace.kind === 'single' ? '' : ' --workspace';
  return [{ path: '.sqlx', make: `cargo sqlx prepare${whole}` }];
}

/** What has to be in the working tree before a build; undefined: nothing but what git has. */
export function designNeeds(facts: RepoFacts): BuildNeeds | undefined {
  const files = facts.compileInputs
    .filter(({ tracked }) => !tracked)
    .map(({ path, task }) => ({ path, ...(task === undefined ? {} : { make: task }) }));
  const needs = {
    submodules: facts.submodules.map(({ path }) => path),
    files: [...new Map([...files, ...offlineAnswers(facts)].map((file) => [file.path, file])).values()],
  };
  return needs.submodules.length + needs.files.length === 0 ? undefined : needs;
}

/** Where what is built by comes from. */
export function strategyOrigins(
  facts: RepoFacts,
  { nix }: Pick<Stack['build'], 'nix'>,
): readonly (readonly [string, Origin])[] {
  const [submodule] = facts.submodules;
  const [input] = facts.compileInputs.filter(({ tracked }) => !tracked);
  return [
    ['build.strategy', strategyOrigin(facts, nix)],
    ['build.nix', detected(facts.nix?.evidence)],
    ['build.needs', detected(submodule?.evidence ?? input?.evidence ?? facts.sqlx?.evidence)],
    ['build.checkedAgainst', detected(facts.sqlx?.evidence, 'query! is checked while compiling')],
  ];
}
