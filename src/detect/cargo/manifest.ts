import type { WarningFact } from '../facts.ts';
import { isTable, readToml, stringAt, type Toml, valueAt } from '../toml.ts';
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

/** Every Cargo.toml of the repository by its folder. */
export function readManifests(workspace: Workspace): ReadonlyMap<string, Manifest> {
  const paths = workspace.files.filter((file) => file === 'Cargo.toml' || file.endsWith('/Cargo.toml'));
  return new Map(
    paths.map((path) => {
      const folder = path.slice(0, Math.max(0, path.length - '/Cargo.toml'.length));
      return [folder, { path, folder, toml: readToml(workspace.text(path)) }];
    }),
  );
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

/** The package of a manifest; undefined where it only holds a workspace. */
export function readPackage(manifest: Manifest, workspaceRoot: Toml | undefined, text: string): Package | undefined {
  const { toml, folder } = manifest;
  if (toml.error === undefined && !isTable(toml.table.package)) return undefined;
  const name = stringAt(toml.table, 'package', 'name') ?? nameInText(text) ?? folder.split('/').at(-1) ?? '';
  if (name === '') return undefined;
  const crate = (stringAt(toml.table, 'lib', 'name') ?? name).replaceAll('-', '_');
  return { ...manifest, name, crate, dependencies: readDependencies(manifest, workspaceRoot) };
}

/** A broken manifest still has its name in its text. */
function nameInText(text: string): string | undefined {
  return /^\s*name\s*=\s*["']([\w-]+)["']/m.exec(text)?.[1];
}

function readDependencies({ toml, folder }: Manifest, root: Toml | undefined): Dependency[] {
  const targets = valueAt(toml.table, 'target');
  const tables = [toml.table, ...(isTable(targets) ? Object.values(targets).filter(isTable) : [])];
  return tables.flatMap((table) => {
    const entries = valueAt(table, 'dependencies');
    return isTable(entries)
      ? Object.entries(entries).map(([key, value]) => {
          const inherits = isTable(value) && value.workspace === true;
          const shared =
            inherits && root
              ? readDependency(key, valueAt(root.table, 'workspace', 'dependencies', key), '')
              : undefined;
          return merge(readDependency(key, value, folder), shared);
        })
      : [];
  });
}

function readDependency(key: string, value: unknown, base: string): Dependency {
  if (typeof value === 'string') return { name: key, features: [], defaultFeatures: true, version: value };
  // `unknown` because it comes from a file; every field is checked below.
  const table = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
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

/** A path relative to a folder, without `.` and `..`; what leaves the repository keeps its `..`. */
export function resolveFolder(base: string, relative: string): string {
  const parts: string[] = [];
  for (const part of [...base.split('/'), ...relative.split('/')]) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
