import type { Manifest, Package } from './cargo/manifest.ts';
import type { Evidence, RepoFacts } from './facts.ts';
import { lineOf, readToml, stringAt, valueAt } from './toml.ts';
import type { Workspace } from './workspace.ts';

/** The Rust version that the repository asks for. */
export function detectToolchain(
  workspace: Workspace,
  root: Manifest | undefined,
  packages: readonly Package[],
): RepoFacts['toolchain'] {
  const pinned = pinnedChannel(workspace);
  const stated = largest(packages.flatMap((item) => rustVersion(item, root)));
  const evidence = pinned?.evidence ?? stated?.evidence;
  return {
    ...(pinned && { channel: pinned.value }),
    ...(stated && { rustVersion: stated.value }),
    ...(evidence && { evidence }),
  };
}

interface Found {
  readonly value: string;
  readonly evidence: Evidence;
}

/** `rust-toolchain` may be TOML or one bare line; cargo prefers it over `rust-toolchain.toml`. */
function pinnedChannel(workspace: Workspace): Found | undefined {
  for (const file of ['rust-toolchain', 'rust-toolchain.toml']) {
    const text = workspace.text(file);
    const toml = readToml(text);
    const channel = stringAt(toml.table, 'toolchain', 'channel');
    if (channel !== undefined) return { value: channel, evidence: { file, line: lineOf(toml, 'toolchain.channel') } };
    const bare = /^[\w.-]+$/.exec(text.trim())?.[0];
    if (bare !== undefined) return { value: bare, evidence: { file, line: 1 } };
  }
  return undefined;
}

function rustVersion(item: Package, root: Manifest | undefined): Found[] {
  const value = valueAt(item.toml.table, 'package', 'rust-version');
  if (typeof value === 'string')
    return [{ value, evidence: { file: item.path, line: lineOf(item.toml, 'package.rust-version') } }];
  const shared = root && stringAt(root.toml.table, 'workspace', 'package', 'rust-version');
  if (value === undefined || root === undefined || shared === undefined) return [];
  return [{ value: shared, evidence: { file: root.path, line: lineOf(root.toml, 'workspace.package.rust-version') } }];
}

function largest(found: readonly Found[]): Found | undefined {
  return found.reduce<Found | undefined>(
    (best, next) => (best && compare(best.value, next.value) >= 0 ? best : next),
    undefined,
  );
}

function compare(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (let at = 0; at < 3; at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
