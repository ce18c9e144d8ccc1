import { binariesOf } from './cargo/binaries.ts';
import type { Package } from './cargo/manifest.ts';
import type { CargoProject } from './cargo/members.ts';
import type { BinaryFact } from './facts.ts';
import type { RustFunction } from './rust/functions.ts';
import { mask } from './rust/lexer.ts';
import { type PackageSource, type Program, reachableFrom, readProgram } from './rust/program.ts';
import { type RustSource, readSource } from './rust/source.ts';
import { testModules } from './rust/tests.ts';
import type { Workspace } from './workspace.ts';

/** The project's code and who runs which part of it. */
export interface Code {
  readonly program: Program;
  readonly binaries: readonly BinaryFact[];
  /** Functions that each binary can reach, by binary name. */
  readonly reached: ReadonlyMap<string, ReadonlySet<RustFunction>>;
  /** Files that each binary is made of, by binary name. */
  readonly files: ReadonlyMap<string, ReadonlySet<RustSource>>;
}

/** Reads the sources of all packages, without tests, examples and build scripts. */
export function readCode(workspace: Workspace, project: CargoProject): Code {
  const program = readProgram(packageSources(workspace, project.packages));
  const members = new Set(project.members);
  const binaries = project.packages
    .filter(({ folder }) => members.has(folder === '' ? '.' : folder))
    .flatMap((item) => binariesOf(workspace, item));
  const files = new Map(binaries.map((binary) => [binary.bin, filesOf(binary, binaries, program, project.packages)]));
  const reached = new Map(
    binaries.map((binary) => [
      binary.bin,
      reachableFrom(program, binary, (source) => files.get(binary.bin)?.has(source) === true),
    ]),
  );
  return { program, binaries, reached, files };
}

function filesOf(
  binary: BinaryFact,
  all: readonly BinaryFact[],
  program: Program,
  packages: readonly Package[],
): ReadonlySet<RustSource> {
  const closure = dependencyClosure(binary.package, packages);
  const others = all.filter(({ path }) => path !== binary.path);
  return new Set(
    program.sources.filter(
      (source) =>
        closure.has(program.packageOf.get(source) ?? '') && !others.some(({ path }) => belongsTo(source.path, path)),
    ),
  );
}

/** A binary's own files: its main, and what lies beside `src/bin/NAME/main.rs`. */
function belongsTo(file: string, main: string): boolean {
  const folder = /^(?:.*\/)?src\/bin\/[^/]+\/(?=main\.rs$)/.exec(main)?.[0];
  return file === main || (folder !== undefined && file.startsWith(folder));
}

function packageSources(workspace: Workspace, packages: readonly Package[]): PackageSource[] {
  const sources = workspace.files.flatMap((file) => {
    const owner = file.endsWith('.rs') ? ownerOf(workspace, file, packages) : undefined;
    return owner && counts(file, owner) ? [{ file, owner }] : [];
  });
  const tests = new Set(sources.flatMap(({ file }) => testFiles(file, workspace.text(file))));
  return sources
    .filter(({ file }) => !tests.has(file) && !tests.has(folderOf(file)))
    .map(({ file, owner }) => ({
      source: readSource(file, workspace.text(file)),
      package: owner.name,
      crate: owner.crate,
    }));
}

/** The package with the nearest manifest above a file; nothing where that one is no package of the project. */
function ownerOf(workspace: Workspace, file: string, packages: readonly Package[]): Package | undefined {
  for (let folder = folderOf(file); ; folder = folderOf(folder)) {
    if (workspace.has(folder === '' ? 'Cargo.toml' : `${folder}/Cargo.toml`))
      return packages.find((item) => item.folder === folder);
    if (folder === '') return undefined;
  }
}

/** Tests, examples, benches and the build script are not part of what runs. */
function counts(file: string, { folder }: Package): boolean {
  const inside = folder === '' ? file : file.slice(folder.length + 1);
  return inside !== 'build.rs' && !/^(?:tests|examples|benches)\//.test(inside);
}

/** Files (and folders) of test modules that a file declares. */
function testFiles(file: string, text: string): string[] {
  if (!text.includes('cfg(')) return [];
  const stem = file.replace(/\.rs$/, '');
  const base = /(?:^|\/)(?:mod|lib|main)$/.test(stem) ? folderOf(file) : stem;
  return testModules(mask(text).code).flatMap((name) => [`${base}/${name}.rs`, `${base}/${name}`]);
}

function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '' : file.slice(0, slash);
}

function dependencyClosure(name: string, packages: readonly Package[]): ReadonlySet<string> {
  const byName = new Map(packages.map((item) => [item.name, item]));
  const closure = new Set<string>();
  const queue = [name];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const item = byName.get(next);
    if (item === undefined || closure.has(next)) continue;
    closure.add(next);
    queue.push(...item.dependencies.map((dependency) => dependency.name));
  }
  return closure;
}

/** Names of the binaries that can run a place in the code. */
export function runBy(code: Code, source: RustSource, item: RustFunction | undefined): string[] {
  const runs = (bin: string): boolean =>
    item ? code.reached.get(bin)?.has(item) === true : code.files.get(bin)?.has(source) === true;
  return code.binaries.map(({ bin }) => bin).filter(runs);
}

/** Nothing that runs names it; a repository without binaries has no dead code. */
export function isDead(code: Code, item: RustFunction | undefined): boolean {
  if (item === undefined || code.binaries.length === 0) return false;
  return ![...code.reached.values()].some((reached) => reached.has(item));
}
