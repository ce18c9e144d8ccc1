import type { EnvFact, PortFact, RepoFacts, RouteFact, SubcommandFact } from '../../src/detect/facts.ts';

const evidence = { file: 'src/main.rs', line: 1 };

/** Facts of a repository with one binary and nothing else, with whatever of it is different. */
export function facts(over: Partial<RepoFacts> = {}): RepoFacts {
  return {
    version: 1,
    root: '/repo',
    name: 'bot',
    workspace: { kind: 'single', members: ['.'] },
    binaries: [{ package: 'bot', bin: 'bot', path: 'src/main.rs', evidence }],
    lockfile: 'tracked',
    toolchain: {},
    nativeLibraries: [],
    subcommands: [],
    env: [],
    config: { files: [] },
    ports: [],
    databases: [],
    migrations: [],
    hypertables: [],
    routes: [],
    apiLogin: false,
    endpoints: [],
    existing: [],
    warnings: [],
    ...over,
  };
}

export function subcommand(name: string, over: Partial<SubcommandFact> = {}): SubcommandFact {
  const kind = 'daemon';
  return {
    binary: 'bot',
    name,
    kind,
    confidence: 'likely',
    signals: [],
    evidence,
    databases: [],
    serves: false,
    ...over,
  };
}

export function env(name: string, over: Partial<EnvFact> = {}): EnvFact {
  return { name, required: false, secret: false, readBy: ['bot'], dead: false, evidence, ...over };
}

export function route(method: string, path: string, over: Partial<RouteFact> = {}): RouteFact {
  return { method, path, mounted: true, evidence, ...over };
}

export function listens(port: number, over: Partial<PortFact> = {}): PortFact {
  return { port, evidence, ...over };
}

export function endpoint(url: string, testnet: boolean): RepoFacts['endpoints'][number] {
  return { url, testnet, evidence: { file: 'src/venue.rs', line: 7 } };
}

/** A PostgreSQL URL in the environment. */
export const POSTGRES: RepoFacts['databases'][number] = {
  kind: 'postgres',
  via: { env: 'DB_URL' },
  url: 'postgres://me:[secret]@localhost/Trade-Book?sslmode=disable',
  evidence,
};
