import type { TomlTable, TomlValue } from 'smol-toml';
import type { Evidence, WarningFact } from '../facts.ts';
import { isTable, lineOf, readToml, stringAt, type Toml, valueAt } from '../toml.ts';
import type { Workspace } from '../workspace.ts';

/** A Cargo.toml. */
export interface Manifest {
  /** Its path, and its folder (empty: the root). */
  readonly path: string;
  readonly folder: string;
  readonly toml: Toml;
}

/** A package as its manifest describes it. */
export interface Package extends Manifest {
  readonly name: string;
  /** The name of its library in code. */
  readonly crate: string;
  /** What it depends on, by package name; development dependencies are not counted. */
  readonly dependencies: readonly Dependency[];
  /** The manifest from which it inherits; its own where it is the root itself. */
  readonly workspace: Manifest | undefined;
}

export interface Dependency {
  readonly name: string;
  readonly features: readonly string[];
  readonly defaultFeatures: boolean;
  /** As written, e.g. `0.8`. */
  readonly version?: string;
  /** Folder, relative to the repository, of a path dependency. */
  readonly folder?: string;
}

/** Every Cargo.toml of the repository; one is read when it is asked for. */
export class Manifests {
  /** Their folders, sorted. */
  readonly folders: readonly string[];
  readonly #workspace: Workspace;
  readonly #listed: ReadonlySet<string>;
  readonly #read = new Map<string, Manifest>();

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.folders = workspace.files
      .filter((file) => file === 'Cargo.toml' || file.endsWith('/Cargo.toml'))
      .map((file) => file.slice(0, Math.max(0, file.length - '/Cargo.toml'.length)))
      .sort();
    this.#listed = new Set(this.folders);
  }

  has(folder: string): boolean {
    return this.#listed.has(folder);
  }

  get(folder: string): Manifest | undefined {
    if (!this.#listed.has(folder)) return undefined;
    const known = this.#read.get(folder);
    if (known) return known;
    const path = folder === '' ? 'Cargo.toml' : `${folder}/Cargo.toml`;
    const manifest = { path, folder, toml: readManifest(this.#workspace.text(path)) };
    this.#read.set(folder, manifest);
    return manifest;
  }
}

/** The replacement character: the file is not UTF-8, and cargo refuses it. */
const NOT_TEXT = '\uFFFD';

function readManifest(text: string): Toml {
  const toml = readToml(text);
  // The first name that `[package]` had.
  const table =
    toml.table.package === undefined && isTable(toml.table.project)
      ? { ...toml.table, package: toml.table.project }
      : toml.table;
  const broken = toml.error === undefined ? text.indexOf(NOT_TEXT) : -1;
  if (broken < 0) return { ...toml, table };
  return { ...toml, table, error: { message: 'it is not UTF-8', line: text.slice(0, broken).split('\n').length } };
}

/** One warning for each manifest that cannot be read. */
export function brokenManifests(manifests: readonly Manifest[]): WarningFact[] {
  return manifests.flatMap(({ path, toml }) =>
    toml.error === undefined
      ? []
      : [
          {
            code: 'manifest-broken',
            message: `${path} cannot be read: ${toml.error.message}`,
            evidence: { file: path, line: toml.error.line },
          },
        ],
  );
}

/** The package of a manifest; undefined where it only holds a workspace. One without a name is called like its folder. */
export function readPackage(
  manifest: Manifest,
  root: Manifest | undefined,
  { root: top, text }: { readonly root: string; readonly text: string },
): Package | undefined {
  const { toml, folder } = manifest;
  const own = toml.table.package;
  if (toml.error === undefined && !isTable(own)) return undefined;
  if (toml.error !== undefined && !isTable(own) && isTable(toml.table.workspace)) return undefined;
  const written = toml.error === undefined ? undefined : nameInText(text);
  // Of the folder at the top only a manifest that surely has a package may take the name.
  const place = folder === '' && !isTable(own) ? '' : `${top}/${folder}`.replace(/\/+$/, '');
  const name = stringAt(toml.table, 'package', 'name') ?? written ?? place.split(/[\\/]/).at(-1) ?? '';
  if (name === '') return undefined;
  const crate = (stringAt(toml.table, 'lib', 'name') ?? name).replaceAll('-', '_');
  return { ...manifest, name, crate, dependencies: readDependencies(manifest, root), workspace: root };
}

/** A broken manifest may still have its name in its text. */
function nameInText(text: string): string | undefined {
  return /^[ \t]*name[ \t]*=[ \t]*["']([\w-]+)["']/m.exec(text)?.[1];
}

/** A value of `[package]`, or what it inherits with `workspace = true`. */
export function packageValue(item: Package, key: string): { value: TomlValue; evidence: Evidence } | undefined {
  const { toml, path, workspace } = item;
  const value = valueAt(toml.table, 'package', key);
  if (value === undefined) return undefined;
  if (!isTable(value)) return { value, evidence: { file: path, line: lineOf(toml, `package.${key}`) } };
  const shared =
    value.workspace === true && workspace ? valueAt(workspace.toml.table, 'workspace', 'package', key) : undefined;
  if (workspace === undefined || shared === undefined) return undefined;
  return {
    value: shared,
    evidence: { file: workspace.path, line: lineOf(workspace.toml, `workspace.package.${key}`) },
  };
}

/** Tables of dependencies, those of a target among them, with the dotted key of each. */
function dependencyTables(table: TomlTable, kinds: readonly string[]): [key: string, entries: TomlTable][] {
  const targets = valueAt(table, 'target');
  const inTargets = isTable(targets)
    ? Object.entries(targets).flatMap(([name, target]): [string, TomlTable][] =>
        isTable(target) ? [[`target.${name.replace(/["']/g, '')}.`, target]] : [],
      )
    : [];
  const all: [string, TomlTable][] = [['', table], ...inTargets];
  return all.flatMap(([at, holder]) =>
    kinds.flatMap((kind): [string, TomlTable][] => {
      const entries = valueAt(holder, kind);
      return isTable(entries) ? [[`${at}${kind}`, entries]] : [];
    }),
  );
}

function readDependencies({ toml, folder }: Manifest, root: Manifest | undefined): Dependency[] {
  return dependencyTables(toml.table, ['dependencies']).flatMap(([, entries]) =>
    Object.entries(entries).map(([key, value]) => {
      const inherits = isTable(value) && value.workspace === true;
      const shared =
        inherits && root
          ? readDependency(key, valueAt(root.toml.table, 'workspace', 'dependencies', key), root.folder)
          : undefined;
      return merge(readDependency(key, value, folder), shared);
    }),
  );
}

function readDependency(key: string, value: TomlValue | undefined, base: string): Dependency {
  if (typeof value === 'string') return { name: key, features: [], defaultFeatures: true, version: value };
  const table = isTable(value) ? value : {};
  const features = Array.isArray(table.features) ? table.features.filter((name) => typeof name === 'string') : [];
  return {
    name: typeof table.package === 'string' ? table.package : key,
    features,
    defaultFeatures: table['default-features'] !== false,
    ...(typeof table.version === 'string' && { version: table.version }),
    ...(typeof table.path === 'string' && { folder: resolveFolder(base, table.path) }),
  };
}

function merge(own: Dependency, shared: Dependency | undefined): Dependency {
  if (shared === undefined) return own;
  return { ...shared, features: [...new Set([...shared.features, ...own.features])] };
}

/** A dependency on a folder, of whatever kind. */
export interface PathDependency {
  readonly name: string;
  /** Relative to the repository; what leaves it begins with `..` or is absolute. */
  readonly folder: string;
  /** Nothing that a build of the binaries compiles. */
  readonly development: boolean;
  readonly evidence: Evidence;
}

const KINDS = ['dependencies', 'build-dependencies', 'dev-dependencies'] as const;

/** Every path dependency of a manifest, development ones among them, and what a workspace shares is resolved. */
export function pathDependencies(manifest: Manifest, root: Manifest | undefined): PathDependency[] {
  return dependencyTables(manifest.toml.table, KINDS).flatMap(([table, entries]) => {
    const development = table.endsWith('dev-dependencies');
    return Object.entries(entries).flatMap(([key, value]) => {
      const inherits = isTable(value) && value.workspace === true;
      if (!inherits) return pathOf(manifest, `${table}.${key}`, key, value, development);
      return root
        ? pathOf(
            root,
            `workspace.dependencies.${key}`,
            key,
            valueAt(root.toml.table, 'workspace', 'dependencies', key),
            development,
          )
        : [];
    });
  });
}

/** What `[patch]` of a workspace puts in the place of published crates. */
export function patchedPaths(root: Manifest): PathDependency[] {
  const patches = valueAt(root.toml.table, 'patch');
  return isTable(patches)
    ? Object.entries(patches).flatMap(([source, entries]) =>
        isTable(entries)
          ? Object.entries(entries).flatMap(([key, value]) => pathOf(root, `patch.${source}.${key}`, key, value, false))
          : [],
      )
    : [];
}

function pathOf(
  manifest: Manifest,
  at: string,
  key: string,
  value: TomlValue | undefined,
  development: boolean,
): PathDependency[] {
  const stated = isTable(value) ? value.path : undefined;
  if (!isTable(value) || typeof stated !== 'string') return [];
  const name = typeof value.package === 'string' ? value.package : key;
  const evidence = { file: manifest.path, line: lineOf(manifest.toml, `${at}.path`) };
  return [{ name, folder: resolveFolder(manifest.folder, stated), development, evidence }];
}

/** A path relative to a folder, without `.` and `..`; what leaves the repository keeps its `..`, or is absolute. */
export function resolveFolder(base: string, relative: string): string {
  if (isAbsolute(relative)) return relative;
  const parts: string[] = [];
  for (const part of [...base.split('/'), ...relative.split(/[\\/]/)]) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path);
}

/** A folder that a build context at the repository cannot hold. */
export function isOutside(folder: string): boolean {
  return folder === '..' || folder.startsWith('../') || isAbsolute(folder);
}
