import type { Alternative, Belief, RepoFacts, WarningFact } from '../facts.ts';
import { compileGlob } from '../git/glob.ts';
import { isTable, lineOf, readToml, stringAt, stringsAt } from '../toml.ts';
import type { Workspace } from '../workspace.ts';
import { binaryWarnings } from './binaries.ts';
import {
  brokenManifests,
  isOutside,
  type Manifest,
  Manifests,
  type Package,
  patchedPaths,
  pathDependencies,
  readPackage,
  resolveFolder,
} from './manifest.ts';
import { elementLine, pathWarnings } from './paths.ts';

/** The packages that a build at the root would see. */
export interface CargoProject {
  readonly kind: RepoFacts['workspace']['kind'];
  /** Folders, `.` for the root. */
  readonly members: readonly string[];
  /** Members and what they compile, the default members first. */
  readonly packages: readonly Package[];
  /** The manifest that a build starts from, where there is one. */
  readonly root: Manifest | undefined;
  /** Why it is taken for that. */
  readonly reason: Belief;
  readonly warnings: readonly WarningFact[];
}

/** Finds the workspace and its packages; a broken manifest is a warning and the rest is found all the same. */
export function readProject(workspace: Workspace): CargoProject {
  const manifests = new Manifests(workspace);
  const top = manifests.get('');
  const trees = top ? [readTree(top, manifests, workspace)] : treesBelow(manifests, workspace);
  const [main] = trees;
  const listed = trees.flatMap(({ members }) => members);
  const packages = trees.flatMap(({ packages: all }) => all);
  const unique = [...new Map(packages.map((item) => [item.folder, item])).values()];
  return {
    kind: kindOf(main?.root, listed),
    members: [...new Set(listed.map(({ folder }) => (folder === '' ? '.' : folder)))].sort(byName),
    packages: unique,
    root: main?.root,
    reason: reasonOf(main),
    warnings: [
      ...(top ? workspaceAbove(top, workspace) : missingTop(workspace, trees)),
      ...brokenManifests([...new Set(trees.flatMap(({ root, seen }) => [root, ...seen]))]),
      ...trees.flatMap(({ warnings }) => warnings),
      ...binaryWarnings(workspace, listed),
      ...pathWarnings(
        workspace,
        manifests,
        trees.flatMap(({ paths }) => paths),
      ),
    ],
  };
}

/** A workspace, or a package that is in none. */
interface Tree {
  readonly root: Manifest;
  readonly members: readonly Package[];
  readonly packages: readonly Package[];
  readonly seen: readonly Manifest[];
  readonly paths: ReturnType<typeof pathDependencies>;
  /** What lies in the folder and does not belong to it. */
  readonly left: readonly Alternative[];
  readonly warnings: readonly WarningFact[];
}

function readTree(root: Manifest, manifests: Manifests, workspace: Workspace): Tree {
  const isWorkspace = isTable(root.toml.table.workspace);
  const text = workspace.text(root.path);
  // Half of a list of members is no list: every package below may be one.
  const isLost =
    root.toml.error !== undefined &&
    /^[ \t]*\[workspace/m.test(text) &&
    (!isWorkspace ||
      (/^[ \t]*members\b/m.test(text) && stringsAt(root.toml.table, 'workspace', 'members').length === 0));
  const listed = listMembers(root, manifests, workspace, isLost);
  const seen = new Map<string, Manifest>();
  const members = new Map<string, Package>();
  const packages = new Map<string, Package>();
  const paths = [...patchedPaths(root)];
  const queue = listed.folders.map((folder) => ({ folder, isMember: true }));
  for (let at = 0; at < queue.length; at++) {
    const { folder, isMember } = queue[at] ?? { folder: '', isMember: false };
    const manifest = manifests.get(folder);
    if (manifest === undefined || (isMember ? members : packages).has(folder)) continue;
    seen.set(folder, manifest);
    const item =
      packages.get(folder) ??
      readPackage(manifest, root, { root: workspace.root, text: workspace.text(manifest.path) });
    if (item === undefined) continue;
    packages.set(folder, item);
    if (isMember) members.set(folder, item);
    for (const path of pathDependencies(manifest, root)) {
      if (!path.development || isMember) paths.push(path);
      if (isOutside(path.folder)) continue;
      const joins = isMember && isWorkspace && belongs(path.folder, root, manifests);
      if (joins || !path.development) queue.push({ folder: path.folder, isMember: joins });
    }
  }
  const first = new Set(
    stringsAt(root.toml.table, 'workspace', 'default-members').map((name) => resolveFolder(root.folder, name)),
  );
  const sorted = [...packages.values()].sort((a, b) => byName(a.folder, b.folder));
  return {
    root,
    members: [...members.values()].sort((a, b) => byName(a.folder, b.folder)),
    packages: [
      ...sorted.filter(({ folder }) => first.has(folder)),
      ...sorted.filter(({ folder }) => !first.has(folder)),
    ],
    seen: [...seen.values()],
    paths,
    left: leftOut(root, manifests, new Set(packages.keys()), new Set(members.keys())),
    warnings: [...listed.warnings, ...unlisted(root, manifests, members)],
  };
}

interface Listed {
  readonly folders: readonly string[];
  readonly warnings: readonly WarningFact[];
}

function listMembers(root: Manifest, manifests: Manifests, workspace: Workspace, isLost: boolean): Listed {
  const inside = root.folder === '' ? '' : `${root.folder}/`;
  if (isLost) return { folders: manifests.folders.filter((folder) => `${folder}/`.startsWith(inside)), warnings: [] };
  if (!isTable(root.toml.table.workspace)) return { folders: [root.folder], warnings: [] };
  const folders = [root.folder];
  const warnings: WarningFact[] = [];
  for (const stated of stringsAt(root.toml.table, 'workspace', 'members')) {
    const folder = resolveFolder(root.folder, stated);
    const place = placeOf(folder, manifests, workspace);
    const evidence = () => ({
      file: root.path,
      line: elementLine(workspace.text(root.path), lineOf(root.toml, 'workspace.members'), stated),
    });
    if (/[*?[]/.test(folder)) {
      const matches = compileGlob(folder);
      folders.push(...manifests.folders.filter((name) => matches(name) && !isExcluded(name, root)));
    } else if (isOutside(folder)) {
      warnings.push({
        code: 'member-outside',
        message: `the member ${stated} lies outside the repository: a build from this folder cannot hold it. Run this in the folder that holds both, or take it out of [workspace] members`,
        evidence: evidence(),
      });
    } else if (place !== undefined) folders.push(place);
    else
      warnings.push({
        code: 'member-missing',
        message: `the member ${stated} has no Cargo.toml, and cargo builds nothing of a workspace that lacks a member. Take it out of [workspace] members, or put it there`,
        evidence: evidence(),
      });
  }
  return { folders, warnings };
}

/** A member by way of a link is found where the link leads; undefined where there is no manifest. */
function placeOf(folder: string, manifests: Manifests, workspace: Workspace): string | undefined {
  if (manifests.has(folder)) return folder;
  const real = workspace.realFolder(folder);
  return real !== undefined && manifests.has(real) ? real : undefined;
}

/** As cargo has it: `exclude` holds paths and no patterns, and a member named in so many words is never excluded. */
function isExcluded(folder: string, root: Manifest): boolean {
  const below = (key: string): boolean =>
    stringsAt(root.toml.table, 'workspace', key).some((stated) => {
      const parent = resolveFolder(root.folder, stated);
      return folder === parent || folder.startsWith(`${parent}/`);
    });
  return below('exclude') && !below('members');
}

/** A path dependency below the workspace is a member without being listed, one beside it where it says so itself. */
function belongs(folder: string, root: Manifest, manifests: Manifests): boolean {
  if (isExcluded(folder, root)) return false;
  const manifest = manifests.get(folder);
  if (manifest === undefined || (folder !== root.folder && isTable(manifest.toml.table.workspace))) return false;
  const stated = stringAt(manifest.toml.table, 'package', 'workspace');
  if (stated !== undefined) return resolveFolder(folder, stated) === root.folder;
  return root.folder === '' || folder === root.folder || folder.startsWith(`${root.folder}/`);
}

/** Most that is told of what was left out. */
const MAX_LEFT = 20;

function leftOut(
  root: Manifest,
  manifests: Manifests,
  compiled: ReadonlySet<string>,
  members: ReadonlySet<string>,
): Alternative[] {
  const inside = root.folder === '' ? '' : `${root.folder}/`;
  const others = manifests.folders.filter(
    (folder) => folder !== root.folder && folder.startsWith(inside) && !members.has(folder),
  );
  const line = (key: string): { file: string; line: number } => ({
    file: root.path,
    line: lineOf(root.toml, `workspace.${key}`),
  });
  return others.slice(0, MAX_LEFT).map((folder) => {
    if (isExcluded(folder, root)) return { value: folder, why: 'the workspace excludes it', evidence: line('exclude') };
    const why = isTable(root.toml.table.workspace)
      ? 'the workspace does not list it'
      : 'there is no workspace that lists it';
    return { value: folder, why: compiled.has(folder) ? `${why}; it is compiled as a dependency` : why };
  });
}

/** A package that says it belongs to this workspace and that the workspace does not know. */
function unlisted(root: Manifest, manifests: Manifests, members: ReadonlyMap<string, Package>): WarningFact[] {
  if (!isTable(root.toml.table.workspace)) return [];
  return manifests.folders.flatMap((folder) => {
    if (members.has(folder) || folder === root.folder || isVendored(folder)) return [];
    const manifest = manifests.get(folder);
    const stated = manifest && stringAt(manifest.toml.table, 'package', 'workspace');
    if (manifest === undefined || stated === undefined || resolveFolder(folder, stated) !== root.folder) return [];
    return [
      {
        code: 'member-unlisted',
        message: `${folder} says that it belongs to the workspace of ${root.path}, which does not list it: cargo refuses to build it. Add "${folder}" to [workspace] members`,
        evidence: { file: manifest.path, line: lineOf(manifest.toml, 'package.workspace') },
      },
    ];
  });
}

/** Copies of other people's crates: hundreds of manifests that are nobody's members. */
function isVendored(folder: string): boolean {
  return /(?:^|\/)(?:vendor|third_party)\//.test(folder);
}

/** Without a manifest at the top: workspaces further down, and packages that are in none of them; the main one first. */
function treesBelow(manifests: Manifests, workspace: Workspace): Tree[] {
  const depth = (folder: string): number => folder.split('/').length;
  const folders = [...manifests.folders]
    .filter((folder) => !isVendored(folder))
    .sort((a, b) => depth(a) - depth(b) || byName(a, b));
  const isRoot = (folder: string): boolean => isTable(manifests.get(folder)?.toml.table.workspace);
  const claimed = new Set<string>();
  const trees: Tree[] = [];
  for (const folder of [...folders.filter(isRoot), ...folders.filter((name) => !isRoot(name))]) {
    const manifest = manifests.get(folder);
    if (manifest === undefined || claimed.has(folder)) continue;
    const tree = readTree(manifest, manifests, workspace);
    for (const { folder: known } of tree.packages) claimed.add(known);
    claimed.add(folder);
    trees.push(tree);
  }
  // What another one compiles is no start of its own.
  const used = new Set(
    trees.flatMap(({ root, packages }) => packages.map((item) => item.folder).filter((name) => name !== root.folder)),
  );
  return trees.filter(({ root }) => !used.has(root.folder));
}

function kindOf(root: Manifest | undefined, members: readonly Package[]): CargoProject['kind'] {
  const hasPackage = root !== undefined && isTable(root.toml.table.package);
  if (root && isTable(root.toml.table.workspace)) return hasPackage ? 'root-package' : 'virtual';
  return members.length <= 1 ? 'single' : 'virtual';
}

function reasonOf(tree: Tree | undefined): Belief {
  if (tree === undefined) return { confidence: 'guess', over: [] };
  const { root, left } = tree;
  const key = isTable(root.toml.table.workspace) ? 'workspace' : 'package';
  const evidence = { file: root.path, line: lineOf(root.toml, key) };
  return { evidence, confidence: root.toml.error === undefined ? 'certain' : 'likely', over: left };
}

function missingTop(workspace: Workspace, trees: readonly Tree[]): WarningFact[] {
  const small = workspace.files.find((file) => file.toLowerCase() === 'cargo.toml');
  if (small !== undefined)
    return [
      {
        code: 'manifest-missing',
        message: `${small} has to be called Cargo.toml: cargo does not find it. Rename it`,
        evidence: { file: small, line: 1 },
      },
    ];
  const [main] = trees;
  const message = 'there is no Cargo.toml at the top of the repository';
  if (main === undefined) return [{ code: 'manifest-missing', message }];
  const places = trees.map(({ root }) => root.folder);
  const found = `${places.slice(0, 5).join(', ')}${places.length > 5 ? ' …' : ''}`;
  return [
    {
      code: 'manifest-missing',
      message: `${message}; found below: ${found}. Run this again with --dir ${main.root.folder}`,
      evidence: { file: main.root.path, line: 1 },
    },
  ];
}

/** The folder is a part of a workspace that begins above it. */
function workspaceAbove(top: Manifest, workspace: Workspace): WarningFact[] {
  const stated = stringAt(top.toml.table, 'package', 'workspace');
  const isOut = stated !== undefined && isOutside(resolveFolder('', stated));
  const above = isOut ? stated : stated === undefined ? unstatedWorkspace(top, workspace) : undefined;
  if (above === undefined) return [];
  return [
    {
      code: 'workspace-outside',
      message: `this package belongs to the workspace in ${above}, and a container build from this folder sees nothing above it. Run this again with --dir ${above}`,
      evidence: { file: top.path, line: lineOf(top.toml, isOut ? 'package.workspace' : 'package') },
    },
  ];
}

/** Cargo looks upwards for a workspace that does not exclude the package. */
function unstatedWorkspace(top: Manifest, workspace: Workspace): string | undefined {
  if (isTable(top.toml.table.workspace)) return undefined;
  const names = workspace.root.split(/[\\/]/);
  for (const { folder, text } of workspace.manifestsAbove()) {
    const toml = readToml(text);
    const own = names.slice(-folder.split('/').length).join('/');
    const isRoot = isTable(toml.table.workspace) && !isExcluded(own, { folder: '', path: '', toml });
    if (isRoot) return folder;
  }
  return undefined;
}

function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
