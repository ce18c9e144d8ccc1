import { certain, likely } from '../belief.ts';
import type { Alternative, BinaryFact, Evidence, WarningFact } from '../facts.ts';
import { isTable, lineOf, stringAt, stringsAt, valueAt } from '../toml.ts';
import type { Workspace } from '../workspace.ts';
import { type Package, packageValue, resolveFolder } from './manifest.ts';

/** The binaries of a package, its default one first. */
export function binariesOf(workspace: Workspace, item: Package): BinaryFact[] {
  return targetsOf(workspace, item).binaries;
}

/** What keeps cargo from building the binaries of these packages, or makes them overwrite each other. */
export function binaryWarnings(workspace: Workspace, packages: readonly Package[]): WarningFact[] {
  const targets = packages.map((item) => targetsOf(workspace, item));
  const first = new Map<string, BinaryFact>();
  const shared = targets.flatMap(({ binaries }) =>
    binaries.flatMap((binary) => {
      const other = first.get(binary.bin);
      if (other === undefined) first.set(binary.bin, binary);
      if (other === undefined || other.package === binary.package) return [];
      const message = `${other.package} and ${binary.package} both build a binary called ${binary.bin}, and one overwrites the other. Give one of them another name`;
      return [{ code: 'binary-duplicate', message, evidence: binary.evidence }];
    }),
  );
  return [...targets.flatMap(({ warnings }) => warnings), ...shared];
}

interface Targets {
  readonly binaries: BinaryFact[];
  readonly warnings: readonly WarningFact[];
}

/** A binary before it is told what it was believed over. */
interface Target {
  readonly bin: string;
  readonly path: string;
  readonly requiredFeatures: readonly string[];
  readonly evidence: Evidence;
  readonly over: readonly Alternative[];
  readonly sure: boolean;
}

function targetsOf(workspace: Workspace, item: Package): Targets {
  const found = foundTargets(workspace, item);
  const declared = declaredTargets(workspace, item, found);
  const names = new Set(declared.targets.map(({ bin }) => bin));
  const paths = new Set(declared.stated);
  const rest = found.filter(({ bin, path }) => !names.has(bin) && !paths.has(path));
  const isAutomatic = automatic(item);
  const replaced = found.filter(({ bin, path }) => paths.has(path) && !names.has(bin));
  const passedOver: readonly Alternative[] = isAutomatic.yes
    ? []
    : rest.map(({ bin, evidence }) => ({ value: bin, why: isAutomatic.why, evidence }));
  const all = [...declared.targets, ...(isAutomatic.yes ? rest : [])];
  const { unique, warnings } = withoutDuplicates(item, all);
  const preferred = defaultRun(item, unique);
  const sorted = [
    ...unique.filter(({ bin }) => bin === preferred.bin),
    ...unique.filter(({ bin }) => bin !== preferred.bin),
  ];
  return {
    binaries: sorted.map((target, index) => {
      const swapped = replaced.filter(({ path, bin }) => path === target.path && bin !== target.bin);
      const over = [
        ...target.over,
        ...swapped.map(({ bin, path }) => ({
          value: bin,
          why: `[[bin]] gives ${path} another name`,
          evidence: target.evidence,
        })),
        ...otherNames(
          item,
          target.bin,
          swapped.map(({ bin }) => bin),
        ),
        ...(index === 0 ? [...passedOver, ...(preferred.bin === target.bin ? preferred.over : [])] : []),
      ];
      const { bin, path, requiredFeatures, evidence } = target;
      return { package: item.name, bin, path, requiredFeatures, ...(target.sure ? certain : likely)(evidence, over) };
    }),
    warnings: [...unnamedPackage(item), ...declared.warnings, ...warnings, ...preferred.warnings],
  };
}

/** Names that people take for that of the binary. */
function otherNames(item: Package, bin: string, told: readonly string[]): Alternative[] {
  const evidence = { file: item.path, line: lineOf(item.toml, 'package.name') };
  const folder = item.folder.split('/').at(-1) ?? '';
  const known = new Set([bin, ...told]);
  return [
    ...(known.has(item.name) ? [] : [{ value: item.name, why: 'that is the name of the package', evidence }]),
    ...(folder === '' || known.has(folder) || folder === item.name
      ? []
      : [{ value: folder, why: 'that is the name of the folder', evidence }]),
  ];
}

interface Declared {
  readonly targets: readonly Target[];
  /** Paths that `[[bin]]` tables state; a found binary at one of them is that binary. */
  readonly stated: readonly string[];
  readonly warnings: readonly WarningFact[];
}

function declaredTargets(workspace: Workspace, item: Package, found: readonly Target[]): Declared {
  const tables = valueAt(item.toml.table, 'bin');
  const targets: Target[] = [];
  const stated: string[] = [];
  const warnings: WarningFact[] = [];
  for (const [index, table] of (Array.isArray(tables) ? tables : []).entries()) {
    if (!isTable(table)) continue;
    const at = `bin.${index}`;
    const bin = stringAt(table, 'name');
    const own = stringAt(table, 'path');
    const evidence = { file: item.path, line: lineOf(item.toml, bin === undefined ? at : `${at}.name`) };
    if (bin === undefined) {
      const message = `a [[bin]] of ${item.path} has no name, and cargo refuses the package. Add name = "…"`;
      warnings.push({ code: 'binary-unnamed', message, evidence });
      continue;
    }
    const requiredFeatures = stringsAt(table, 'required-features');
    if (own !== undefined) stated.push(inFolder(item, own));
    const source = own === undefined ? usualSource(workspace, item, bin, found) : { path: inFolder(item, own) };
    const exists = source.path !== undefined && (workspace.has(source.path) || workspace.truncated);
    if (source.path === undefined || !exists)
      warnings.push({
        code: 'binary-missing',
        message: `the source of the binary ${bin} ${source.path === undefined ? 'is in no place where cargo looks' : `should be ${source.path}, which is not there`}. Set path in its [[bin]], or add the file`,
        evidence,
      });
    const path = source.path ?? inFolder(item, `src/bin/${bin}.rs`);
    targets.push({ bin, path, requiredFeatures, evidence, over: [], sure: exists });
  }
  return { targets, stated, warnings };
}

/** Where cargo looks for the source of a `[[bin]]` without a path. */
function usualSource(
  workspace: Workspace,
  item: Package,
  bin: string,
  found: readonly Target[],
): { readonly path: string | undefined } {
  const inferred = found.find((target) => target.bin === bin);
  if (inferred) return { path: inferred.path };
  if (edition(item) !== '2015') return { path: undefined };
  const hasLibrary = item.toml.table.lib !== undefined || workspace.has(inFolder(item, 'src/lib.rs'));
  const candidates = [...(hasLibrary ? [] : [`src/${bin}.rs`]), 'src/main.rs', 'src/bin/main.rs'];
  return { path: candidates.map((path) => inFolder(item, path)).find((path) => workspace.has(path)) };
}

/** Cargo takes a manifest without an edition for one of 2015. */
function edition(item: Package): string {
  const stated = packageValue(item, 'edition')?.value;
  return typeof stated === 'string' ? stated : '2015';
}

/** Whether binaries are found by their place beside those that are declared. */
function automatic(item: Package): { readonly yes: boolean; readonly why: string } {
  const stated = valueAt(item.toml.table, 'package', 'autobins');
  if (typeof stated === 'boolean') return { yes: stated, why: 'autobins = false: only [[bin]] counts' };
  const why = 'in edition 2015 a [[bin]] turns the others off';
  return { yes: !Array.isArray(item.toml.table.bin) || edition(item) !== '2015', why };
}

/** Binaries by their place: `src/main.rs`, `src/bin/NAME.rs`, `src/bin/NAME/main.rs`. */
function foundTargets(workspace: Workspace, item: Package): Target[] {
  const main = inFolder(item, 'src/main.rs');
  const folder = `${inFolder(item, 'src/bin')}/`;
  const others = filesBelow(workspace, folder).flatMap((path) => {
    const bin = /^([^./][^/]*?)(?:\.rs|\/main\.rs)$/.exec(path.slice(folder.length))?.[1];
    return bin === undefined ? [] : [found(bin, path)];
  });
  return [...(workspace.has(main) ? [found(item.name, main)] : []), ...others];
}

function found(bin: string, path: string): Target {
  return { bin, path, requiredFeatures: [], evidence: { file: path, line: 1 }, over: [], sure: true };
}

/** Files in a folder; the listing is sorted, so that a thousand packages do not read it a thousand times. */
function filesBelow(workspace: Workspace, folder: string): readonly string[] {
  const { files } = workspace;
  let low = 0;
  let high = files.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((files[middle] ?? '') < folder) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (files[end]?.startsWith(folder)) end++;
  return files.slice(low, end);
}

/** The first of a name counts; cargo refuses a package that has it twice. */
function withoutDuplicates(item: Package, all: readonly Target[]): { unique: Target[]; warnings: WarningFact[] } {
  const unique = new Map<string, Target>();
  const warnings: WarningFact[] = [];
  for (const target of all) {
    const known = unique.get(target.bin);
    if (known === undefined) {
      unique.set(target.bin, target);
      continue;
    }
    const other = {
      value: target.path,
      why: `a second binary called ${target.bin}: cargo refuses the package`,
      evidence: target.evidence,
    };
    unique.set(target.bin, { ...known, over: [...known.over, other] });
    const message = `${item.name} has two binaries called ${target.bin}, ${known.path} and ${target.path}, and cargo refuses it. Give one of them another name`;
    warnings.push({ code: 'binary-duplicate', message, evidence: target.evidence });
  }
  return { unique: [...unique.values()], warnings };
}

interface Preferred {
  readonly bin: string | undefined;
  readonly over: readonly Alternative[];
  readonly warnings: readonly WarningFact[];
}

function defaultRun(item: Package, targets: readonly Target[]): Preferred {
  const bin = stringAt(item.toml.table, 'package', 'default-run');
  if (bin === undefined) return { bin, over: [], warnings: [] };
  const evidence = { file: item.path, line: lineOf(item.toml, 'package.default-run') };
  const why = 'default-run names another one';
  const others = targets.filter((target) => target.bin !== bin).map((target) => ({ value: target.bin, why, evidence }));
  if (others.length < targets.length) return { bin, over: others, warnings: [] };
  const message = `default-run of ${item.name} is ${bin}, which is none of its binaries, and cargo refuses the package. Name one of them`;
  return { bin, over: [], warnings: [{ code: 'default-run-unknown', message, evidence }] };
}

function unnamedPackage(item: Package): WarningFact[] {
  if (item.toml.error !== undefined || stringAt(item.toml.table, 'package', 'name') !== undefined) return [];
  return [
    {
      code: 'package-unnamed',
      message: `${item.path} has no package name, and cargo refuses it. Add name = "…" to [package]`,
      evidence: { file: item.path, line: lineOf(item.toml, 'package') },
    },
  ];
}

function inFolder(item: Package, path: string): string {
  return resolveFolder(item.folder, path);
}
