import type { RepoFacts, WarningFact } from '../facts.ts';
import { globSource } from '../git/ignore.ts';
import { isTable, stringsAt } from '../toml.ts';
import type { Workspace } from '../workspace.ts';
import { brokenManifests, type Manifest, type Package, readManifests, readPackage } from './manifest.ts';

/** The packages that a build at the root would see. */
export interface CargoProject {
  readonly kind: RepoFacts['workspace']['kind'];
  /** Folders, `.` for the root. */
  readonly members: readonly string[];
  readonly packages: readonly Package[];
  /** Manifest at the root, where there is one. */
  readonly root: Manifest | undefined;
  readonly warnings: readonly WarningFact[];
}

/** Finds the workspace and its packages; a broken manifest is a warning and the rest is found all the same. */
export function readProject(workspace: Workspace): CargoProject {
  const manifests = readManifests(workspace);
  const root = manifests.get('');
  const isWorkspace = root !== undefined && isTable(root.toml.table.workspace);
  // Without a readable root every package below may be a member.
  const lost = root === undefined || root.toml.error !== undefined;
  const listed = lost ? [...manifests.values()] : isWorkspace ? memberManifests(root, manifests) : [root];
  const packages = withPathDependencies(listed, manifests, root, workspace);
  const members = isWorkspace || lost ? packages : packages.filter(({ folder }) => folder === '');
  return {
    kind: kindOf(root, isWorkspace, members),
    members: members.map(({ folder }) => (folder === '' ? '.' : folder)),
    packages,
    root,
    warnings: [
      ...missingRoot(root),
      ...brokenManifests([...new Set([...(root ? [root] : []), ...listed, ...packages])]),
    ].filter((warning, index, all) => all.findIndex(({ message }) => message === warning.message) === index),
  };
}

function kindOf(root: Manifest | undefined, isWorkspace: boolean, members: readonly Package[]): CargoProject['kind'] {
  const rootPackage = root !== undefined && isTable(root.toml.table.package);
  if (isWorkspace) return rootPackage ? 'root-package' : 'virtual';
  return rootPackage || members.every(({ folder }) => folder === '') ? 'single' : 'virtual';
}

function missingRoot(root: Manifest | undefined): WarningFact[] {
  return root ? [] : [{ code: 'manifest-missing', message: 'there is no Cargo.toml at the top of the repository' }];
}

function memberManifests(root: Manifest, manifests: ReadonlyMap<string, Manifest>): Manifest[] {
  const included = patterns(stringsAt(root.toml.table, 'workspace', 'members'));
  const excluded = stringsAt(root.toml.table, 'workspace', 'exclude').map((folder) => folder.replace(/^\.\/|\/$/g, ''));
  return [...manifests.values()].filter(({ folder }) => {
    if (folder === '') return true;
    if (excluded.some((out) => folder === out || folder.startsWith(`${out}/`))) return false;
    return included.some((pattern) => pattern.test(folder));
  });
}

function patterns(globs: readonly string[]): RegExp[] {
  return globs.map((glob) => new RegExp(`^${globSource(glob.replace(/^\.\/|\/$/g, ''))}$`));
}

/** Path dependencies inside the repository are compiled too (and are members of a workspace without being listed). */
function withPathDependencies(
  listed: readonly Manifest[],
  manifests: ReadonlyMap<string, Manifest>,
  root: Manifest | undefined,
  workspace: Workspace,
): Package[] {
  const found = new Map<string, Package>();
  const queue = [...listed];
  for (let manifest = queue.shift(); manifest; manifest = queue.shift()) {
    if (found.has(manifest.folder)) continue;
    const item = readPackage(manifest, root?.toml, workspace.text(manifest.path));
    if (item === undefined) continue;
    found.set(item.folder, item);
    for (const { folder } of item.dependencies) {
      const next = folder === undefined ? undefined : manifests.get(folder);
      if (next) queue.push(next);
    }
  }
  return [...found.values()].sort((a, b) => (a.folder < b.folder ? -1 : 1));
}
