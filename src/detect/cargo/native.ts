import type { Workspace } from '../workspace.ts';
import type { Package } from './manifest.ts';

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

/** From the lock file where there is one, else what the manifests imply. */
export function nativeLibraries(workspace: Workspace, packages: readonly Package[]): string[] {
  const locked = workspace.text('Cargo.lock');
  const present = locked === '' ? implied(packages) : lockedNames(locked);
  return NATIVE.filter((name) => present.has(name));
}

function lockedNames(lock: string): ReadonlySet<string> {
  return new Set([...lock.matchAll(/^name = "([^"]+)"$/gm)].map((match) => match[1] ?? ''));
}

function implied(packages: readonly Package[]): ReadonlySet<string> {
  const found = new Set<string>();
  for (const { name, features, defaultFeatures, version } of packages.flatMap(({ dependencies }) => dependencies)) {
    found.add(name);
    const nativeTls = features.some((feature) => feature.includes('native-tls'));
    // reqwest took native TLS by default until 0.13.
    const byDefault =
      name === 'reqwest' && defaultFeatures && /^[=^~]?0\.(?:\d|1[0-2])(?:\.|$)/.test(version ?? '0.12');
    if (nativeTls || byDefault || name === 'openssl' || name === 'native-tls') found.add('openssl-sys');
    if (name === 'rusqlite' || (name === 'sqlx' && features.some((feature) => feature.startsWith('sqlite'))))
      found.add('libsqlite3-sys');
    if (name === 'rdkafka') found.add('rdkafka-sys');
    if (name === 'rocksdb') found.add('librocksdb-sys');
  }
  return found;
}
