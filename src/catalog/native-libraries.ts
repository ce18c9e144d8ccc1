/** Debian packages that a crate linking a system library needs, beyond what the official Rust image has. */
export interface NativePackages {
  readonly build: readonly string[];
  readonly runtime: readonly string[];
}

/** By crate, for Debian 13. The Rust image brings compilers, pkg-config, OpenSSL, SQLite and PostgreSQL headers. */
const PACKAGES: Readonly<Record<string, NativePackages>> = {
  'openssl-sys': { build: [], runtime: ['ca-certificates', 'libssl3t64'] },
  'libsqlite3-sys': { build: [], runtime: [] },
  'pq-sys': { build: [], runtime: ['libpq5'] },
  'prost-build': { build: ['protobuf-compiler'], runtime: [] },
  'protobuf-codegen': { build: ['protobuf-compiler'], runtime: [] },
  'libz-sys': { build: [], runtime: ['zlib1g'] },
  'zmq-sys': { build: ['libzmq3-dev'], runtime: ['libzmq5'] },
  bindgen: { build: ['libclang-dev'], runtime: [] },
  'aws-lc-sys': { build: ['cmake'], runtime: [] },
  'rdkafka-sys': { build: ['cmake'], runtime: [] },
};

/** What a crate needs; nothing for one that is not in the list. */
export function packagesFor(crate: string): NativePackages {
  return PACKAGES[crate] ?? { build: [], runtime: [] };
}
