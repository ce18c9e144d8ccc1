import { certain, likely } from '../../src/detect/belief.ts';
import type { EnvFact, PortFact, RepoFacts, RouteFact, ServiceFact, SubcommandFact } from '../../src/detect/facts.ts';

const evidence = { file: 'src/main.rs', line: 1 };
const believed = certain(evidence);

/** Facts of a repository with one binary and nothing else, with whatever of it is different. */
export function facts(over: Partial<RepoFacts> = {}): RepoFacts {
  return {
    version: 1,
    root: '/repo',
    name: 'bot',
    workspace: { kind: 'single', members: ['.'] },
    binaries: [{ package: 'bot', bin: 'bot', path: 'src/main.rs', requiredFeatures: [], ...believed }],
    lockfile: 'tracked',
    toolchain: {},
    nativeLibraries: [],
    subcommands: [],
    signals: [],
    env: [],
    envPrefixes: [],
    buildEnv: [],
    envFiles: [],
    switches: [],
    config: { files: [] },
    ports: [],
    databases: [],
    migrations: [],
    submodules: [],
    tasks: [],
    compileInputs: [],
    helpers: [],
    hypertables: [],
    routes: [],
    apiLogin: false,
    endpoints: [],
    existing: [],
    reasons: { name: believed, lockfile: believed, workspace: believed, apiLogin: believed },
    warnings: [],
    ...over,
    services: over.services ?? (over.subcommands ?? []).filter(({ kind }) => kind !== 'one-shot').map(service),
  };
}

/** The service that a subcommand would be. */
export function service({ name, ...rest }: SubcommandFact): ServiceFact {
  return { ...rest, name, args: name.split(' '), env: [] };
}

export function subcommand(name: string, over: Partial<SubcommandFact> = {}): SubcommandFact {
  const kind = 'daemon';
  return {
    binary: 'bot',
    name,
    kind,
    signals: [],
    ...likely(evidence),
    databases: [],
    serves: false,
    ...over,
  };
}

export function env(name: string, over: Partial<EnvFact> = {}): EnvFact {
  return { name, required: false, secret: false, readBy: ['bot'], services: [], dead: false, ...believed, ...over };
}

export function route(method: string, path: string, over: Partial<RouteFact> = {}): RouteFact {
  return { method, path, mounted: true, health: /health/.test(path), ...believed, ...over };
}

export function listens(port: number, over: Partial<PortFact> = {}): PortFact {
  return { port, ...believed, ...over };
}

export function endpoint(url: string, testnet: boolean): RepoFacts['endpoints'][number] {
  return { url, testnet, by: 'config', ...certain({ file: 'src/venue.rs', line: 7 }) };
}

/** A PostgreSQL URL in the environment. */
export const POSTGRES: RepoFacts['databases'][number] = {
  kind: 'postgres',
  via: { env: 'DB_URL' },
  url: 'postgres://me:[secret]@localhost/Trade-Book?sslmode=disable',
  openedBy: [],
  ...believed,
};
