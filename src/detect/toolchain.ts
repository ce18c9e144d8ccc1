import { type Package, packageValue } from './cargo/manifest.ts';
import type { Evidence, RepoFacts } from './facts.ts';
import { lineOf, readToml, stringAt } from './toml.ts';
import type { Workspace } from './workspace.ts';

/** The Rust version that the repository asks for; `folder` is where the build starts. */
export function detectToolchain(
  workspace: Workspace,
  folder: string,
  packages: readonly Package[],
): RepoFacts['toolchain'] {
  // rustup looks in the folder of the build first, then above it.
  const pinned = pinnedChannel(workspace, folder) ?? (folder === '' ? undefined : pinnedChannel(workspace, ''));
  const stated = largest(packages.flatMap(rustVersion));
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

/** `rust-toolchain` may be TOML or one bare line; rustup prefers it over `rust-toolchain.toml`. */
function pinnedChannel(workspace: Workspace, folder: string): Found | undefined {
  for (const name of ['rust-toolchain', 'rust-toolchain.toml']) {
    const file = folder === '' ? name : `${folder}/${name}`;
    const text = workspace.text(file);
    const toml = readToml(text);
    const channel = stringAt(toml.table, 'toolchain', 'channel');
    if (channel !== undefined) return { value: channel, evidence: { file, line: lineOf(toml, 'toolchain.channel') } };
    const bare = /^[\w.-]+$/.exec(text.trim())?.[0];
    if (bare !== undefined) return { value: bare, evidence: { file, line: 1 } };
  }
  return undefined;
}

function rustVersion(item: Package): Found[] {
  const found = packageValue(item, 'rust-version');
  return found && typeof found.value === 'string' ? [{ value: found.value, evidence: found.evidence }] : [];
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
