import { binariesOf } from './cargo/binaries.ts';
import type { Package } from './cargo/manifest.ts';
import type { CargoProject } from './cargo/members.ts';
import type { BinaryFact } from './facts.ts';
import type { RustFunction } from './rust/functions.ts';
import { type PackageSource, type Program, type Reached, reachableFrom, readProgram } from './rust/program.ts';
import type { RustSource } from './rust/source.ts';
import type { Workspace } from './workspace.ts';

/** The project's code and who runs which part of it. */
export interface Code {
  readonly program: Program;
  readonly binaries: readonly BinaryFact[];
  /** Functions that each binary can reach, by binary name. */
  readonly reached: ReadonlyMap<string, Reached>;
  /** Files that each binary is made of, by binary name. */
  readonly files: ReadonlyMap<string, { has(source: RustSource): boolean }>;
}

/** Reads the sources of all packages, without tests, examples and build scripts. */
export function readCode(workspace: Workspace, project: CargoProject): Code {
  const program = readProgram(packageSources(workspace, project.packages));
  const members = new Set(project.members);
  const binaries = project.packages
    .filter(({ folder }) => members.has(folder === '' ? '.' : folder))
    .flatMap((item) => binariesOf(workspace, item));
  const owners = exclusiveOwners(program, binaries);
  const files = new Map(
    binaries.map((binary) => {
      const closure = dependencyClosure(binary.package, project.packages);
      const has = (source: RustSource): boolean =>
        closure.has(program.packageOf.get(source) ?? '') && (owners.get(source) ?? binary.path) === binary.path;
      return [binary.bin, { has }];
    }),
  );
  const reached = new Map(
    binaries.map((binary) => [
      binary.bin,
      reachableFrom(program, binary, (source) => files.get(binary.bin)?.has(source) === true),
    ]),
  );
  return { program, binaries, reached, files };
}

/** Files that belong to one binary alone: its main, and what lies beside `src/bin/NAME/main.rs`; with that main. */
function exclusiveOwners(program: Program, binaries: readonly BinaryFact[]): ReadonlyMap<RustSource, string> {
  const mains = new Set(binaries.map(({ path }) => path));
  const folders = new Map(
    binaries.flatMap(({ path }) => {
      const folder = /^((?:.*\/)?src\/bin\/[^/]+)\/main\.rs$/.exec(path)?.[1];
      return folder === undefined ? [] : [[folder, path] as const];
    }),
  );
  return new Map(
    program.sources.flatMap((source) => {
      const folder = /^(?:.*\/)?src\/bin\/[^/]+(?=\/)/.exec(source.path)?.[0];
      const owner = mains.has(source.path) ? source.path : folder && folders.get(folder);
      return owner === undefined ? [] : [[source, owner] as const];
    }),
  );
}

function packageSources(workspace: Workspace, packages: readonly Package[]): PackageSource[] {
  const owner = ownerFinder(workspace, packages);
  return workspace.files.flatMap((file) => {
    const item = file.endsWith('.rs') ? owner(folderOf(file)) : undefined;
    if (item === undefined || !counts(file, item)) return [];
    return [{ path: file, read: () => workspace.bytes(file), package: item.name, crate: item.crate }];
  });
}

/** The package with the nearest manifest above a folder; nothing where that one is no package of the project. */
function ownerFinder(workspace: Workspace, packages: readonly Package[]): (folder: string) => Package | undefined {
  const byFolder = new Map(packages.map((item) => [item.folder, item]));
  const known = new Map<string, Package | undefined>();
  const find = (folder: string): Package | undefined => {
    if (known.has(folder)) return known.get(folder);
    const hasManifest = workspace.has(folder === '' ? 'Cargo.toml' : `${folder}/Cargo.toml`);
    const found = hasManifest ? byFolder.get(folder) : folder === '' ? undefined : find(folderOf(folder));
    known.set(folder, found);
    return found;
  };
  return find;
}

/** Tests, examples, benches and the build script are not part of what runs. */
function counts(file: string, { folder }: Package): boolean {
  const inside = folder === '' ? file : file.slice(folder.length + 1);
  return inside !== 'build.rs' && !/^(?:tests|examples|benches)\//.test(inside);
}

function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '' : file.slice(0, slash);
}

/** Names of a package and of everything in the repository that it is made of. */
export function dependencyClosure(name: string, packages: readonly Package[]): ReadonlySet<string> {
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
