import { type Believed, certain, likely } from '../belief.ts';
import type { Evidence } from '../facts.ts';
import { lineOf } from '../toml.ts';
import type { Workspace } from '../workspace.ts';
import type { Dependency, Package } from './manifest.ts';

/** Crates that link a system library or need one of its tools to build. */
const NATIVE = [
  'alsa-sys',
  'clang-sys',
  'curl-sys',
  'libgit2-sys',
  'libpq-sys',
  'librocksdb-sys',
  'libsqlite3-sys',
  'libssh2-sys',
  'libudev-sys',
  'openssl-sys',
  'pq-sys',
  'prost-build',
  'rdkafka-sys',
  'zmq-sys',
];

/** A crate that needs something of the system. */
export interface NativeLibrary extends Believed {
  readonly name: string;
}

/** From the lock file where there is one, else what the manifests imply. */
export function nativeLibraries(workspace: Workspace, lockFile: string, packages: readonly Package[]): NativeLibrary[] {
  const locked = workspace.text(lockFile);
  if (locked === '') {
    const present = implied(packages);
    return NATIVE.flatMap((name) => {
      const evidence = present.get(name);
      return evidence === undefined ? [] : [{ name, ...likely(evidence) }];
    });
  }
  const lines = lockedNames(locked);
  return NATIVE.flatMap((name) => {
    const line = lines.get(name);
    return line === undefined ? [] : [{ name, ...certain({ file: lockFile, line }) }];
  });
}

/** Names of the lock file's packages with the line of each. */
function lockedNames(lock: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const [index, line] of lock.split('\n').entries()) {
    const name = /^name = "([^"]+)"\r?$/.exec(line)?.[1];
    if (name !== undefined && !lines.has(name)) lines.set(name, index + 1);
  }
  return lines;
}

function implied(packages: readonly Package[]): ReadonlyMap<string, Evidence> {
  const found = new Map<string, Evidence>();
  for (const item of packages) {
    for (const dependency of item.dependencies) {
      const evidence = { file: item.path, line: lineOf(item.toml, `dependencies.${dependency.name}`) };
      for (const name of impliedBy(dependency)) if (!found.has(name)) found.set(name, evidence);
    }
  }
  return found;
}

function impliedBy({ name, features, defaultFeatures, version }: Dependency): string[] {
  const nativeTls = features.some((feature) => feature.includes('native-tls'));
  // reqwest took native TLS by default until 0.13.
  const byDefault = name === 'reqwest' && defaultFeatures && /^[=^~]?0\.(?:\d|1[0-2])(?:\.|$)/.test(version ?? '0.12');
  const sqlite = name === 'rusqlite' || (name === 'sqlx' && features.some((feature) => feature.startsWith('sqlite')));
  return [
    name,
    ...(nativeTls || byDefault || name === 'openssl' || name === 'native-tls' ? ['openssl-sys'] : []),
    ...(sqlite ? ['libsqlite3-sys'] : []),
    ...(name === 'rdkafka' ? ['rdkafka-sys'] : []),
    ...(name === 'rocksdb' ? ['librocksdb-sys'] : []),
  ];
}
