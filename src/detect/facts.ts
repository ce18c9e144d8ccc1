/** Where a fact was read: a path relative to the repository, and a line counted from 1. */
export interface Evidence {
  readonly file: string;
  readonly line: number;
}

export type Confidence = 'certain' | 'likely' | 'guess';

/** A binary that cargo would build. */
export interface BinaryFact {
  readonly package: string;
  readonly bin: string;
  /** Source of its `main`, relative to the repository. */
  readonly path: string;
  readonly evidence: Evidence;
}

export type SubcommandKind =
  /** Long-running, serves or trades: a service. */
  | 'daemon'
  /** Long-running without a port: a service beside the daemon. */
  | 'worker'
  | 'tui'
  | 'one-shot';

export interface SubcommandFact {
  readonly binary: string;
  /** As typed, e.g. `live-bot-tui`. */
  readonly name: string;
  readonly kind: SubcommandKind;
  readonly confidence: Confidence;
  /** Signals it handles, e.g. `SIGTERM`; empty: the default action ends it. */
  readonly signals: readonly string[];
  readonly evidence: Evidence;
  /** Environment and config keys of a database it opens, e.g. `BOT_DATABASE_URL` or `database.url`. */
  readonly databases: readonly string[];
  /** True where it starts the HTTP server. */
  readonly serves: boolean;
}

export interface EnvFact {
  readonly name: string;
  readonly required: boolean;
  readonly default?: string;
  /** Its name or use says that the value is secret. */
  readonly secret: boolean;
  /** Binaries that read it. */
  readonly readBy: readonly string[];
  /** Read only by code that nothing calls. */
  readonly dead: boolean;
  readonly evidence: Evidence;
}

export interface ConfigFileFact {
  readonly path: string;
  /** Git leaves it out, or a value in it looks secret: it must not get into an image. */
  readonly private: boolean;
  /** Leaf values by dotted key, e.g. `server.port` → `8080`, with the line of each. */
  readonly values: Readonly<Record<string, { readonly value: string; readonly line: number }>>;
}

export interface PortFact {
  readonly port: number;
  /** Listen address, where stated. */
  readonly host?: string;
  /** Dotted config key of the port, e.g. `server.port`. */
  readonly key?: string;
  readonly evidence: Evidence;
}

export interface DatabaseFact {
  readonly kind: 'postgres' | 'sqlite';
  /** How the program is told its URL. */
  readonly via: { readonly env: string } | { readonly configKey: string };
  /** The default URL, where stated; a password in it is replaced by `[secret]`. */
  readonly url?: string;
  readonly evidence: Evidence;
}

export interface MigrationFact {
  /** `setup`: an init script; `numbered`: one of an ordered series; `embedded`: compiled in by sqlx. */
  readonly kind: 'setup' | 'numbered' | 'embedded';
  /** A file; for `embedded` the folder. */
  readonly path: string;
  readonly version?: number;
  readonly evidence: Evidence;
}

export interface RouteFact {
  readonly method: string;
  readonly path: string;
  /** False where the router that holds it is never mounted. */
  readonly mounted: boolean;
  readonly evidence: Evidence;
}

export interface EndpointFact {
  readonly url: string;
  readonly testnet: boolean;
  readonly evidence: Evidence;
}

export interface WarningFact {
  /** Stable name, e.g. `lockfile-ignored`, `migration-gap`. */
  readonly code: string;
  readonly message: string;
  readonly evidence?: Evidence;
}

/** Everything that was read from a repository; the document of `inspect --json`. */
export interface RepoFacts {
  readonly version: 1;
  readonly root: string;
  /** A name for the system, from the daemon's binary or the folder: lower case, digits and dashes. */
  readonly name: string;
  /** `members` are folders of packages, `.` for the root. */
  readonly workspace: { readonly kind: 'virtual' | 'root-package' | 'single'; readonly members: readonly string[] };
  readonly binaries: readonly BinaryFact[];
  readonly lockfile: 'tracked' | 'ignored' | 'absent';
  /** `channel` from rust-toolchain(.toml), `rustVersion` the largest `rust-version`. */
  readonly toolchain: { readonly channel?: string; readonly rustVersion?: string; readonly evidence?: Evidence };
  /** Crates that link a system library, e.g. `openssl-sys`. */
  readonly nativeLibraries: readonly string[];
  readonly subcommands: readonly SubcommandFact[];
  readonly env: readonly EnvFact[];
  readonly config: {
    readonly files: readonly ConfigFileFact[];
    /** Environment prefix of figment or config-rs, e.g. `APP_`; `split` is its nesting separator, where set. */
    readonly prefix?: { readonly name: string; readonly split?: string; readonly evidence: Evidence };
  };
  readonly ports: readonly PortFact[];
  readonly databases: readonly DatabaseFact[];
  readonly migrations: readonly MigrationFact[];
  readonly hypertables: readonly string[];
  readonly routes: readonly RouteFact[];
  /** The API checks who calls it. */
  readonly apiLogin: boolean;
  readonly endpoints: readonly EndpointFact[];
  /** Files we would write that are already there. */
  readonly existing: readonly string[];
  readonly warnings: readonly WarningFact[];
}
