import { certain } from '../belief.ts';
import type { BinaryFact, Evidence } from '../facts.ts';
import { isTable, lineOf, stringAt, valueAt } from '../toml.ts';
import type { Workspace } from '../workspace.ts';
import type { Package } from './manifest.ts';

/** The binaries of a package, its default one first. */
export function binariesOf(workspace: Workspace, item: Package): BinaryFact[] {
  const declared = declaredBinaries(workspace, item);
  const paths = new Set(declared.map(({ path }) => path));
  const names = new Set(declared.map(({ bin }) => bin));
  const automatic = valueAt(item.toml.table, 'package', 'autobins') === false ? [] : foundBinaries(workspace, item);
  const all = [...declared, ...automatic.filter(({ path, bin }) => !paths.has(path) && !names.has(bin))];
  const preferred = stringAt(item.toml.table, 'package', 'default-run');
  return [...all.filter(({ bin }) => bin === preferred), ...all.filter(({ bin }) => bin !== preferred)];
}

function declaredBinaries(workspace: Workspace, item: Package): BinaryFact[] {
  const tables = valueAt(item.toml.table, 'bin');
  if (!Array.isArray(tables)) return [];
  return tables.flatMap((table, index) => {
    const bin = isTable(table) ? stringAt(table, 'name') : undefined;
    if (bin === undefined || !isTable(table)) return [];
    const stated = stringAt(table, 'path');
    const path = stated === undefined ? usualPath(workspace, item, bin) : inFolder(item, stated.replace(/^\.\//, ''));
    return [fact(item, bin, path, { file: item.path, line: lineOf(item.toml, `bin.${index}.name`) })];
  });
}

/** Where cargo looks for the source of `[[bin]]` without a path. */
function usualPath(workspace: Workspace, item: Package, bin: string): string {
  const candidates = [`src/bin/${bin}.rs`, `src/bin/${bin}/main.rs`, 'src/main.rs'].map((path) => inFolder(item, path));
  return candidates.find((path) => workspace.has(path)) ?? inFolder(item, 'src/main.rs');
}

function foundBinaries(workspace: Workspace, item: Package): BinaryFact[] {
  const main = inFolder(item, 'src/main.rs');
  const folder = inFolder(item, 'src/bin/');
  const others = workspace.files.flatMap((path) => {
    if (!path.startsWith(folder)) return [];
    const bin = /^([^/]+?)(?:\.rs|\/main\.rs)$/.exec(path.slice(folder.length))?.[1];
    return bin === undefined ? [] : [fact(item, bin, path, { file: path, line: 1 })];
  });
  return [...(workspace.has(main) ? [fact(item, item.name, main, { file: main, line: 1 })] : []), ...others];
}

function inFolder(item: Package, path: string): string {
  return item.folder === '' ? path : `${item.folder}/${path}`;
}

function fact(item: Package, bin: string, path: string, evidence: Evidence): BinaryFact {
  return { package: item.name, bin, path, requiredFeatures: [], ...certain(evidence) };
}
