import { Secret } from '../../src/secret.ts';
import { SCHEMA_VERSION, Stack } from '../../src/stack/schema.ts';

type Input = Partial<Record<keyof Stack, unknown>>;

const service = {
  binary: 'algo-trade',
  args: ['run'],
  environment: {},
  health: { kind: 'process', seconds: 5 },
  data: null,
  database: true,
  stopGrace: '30s',
};

const entry = { kind: 'generated', required: true, format: 'any', about: 'x' };

/** A small stack; the schema checks it, so that a test cannot drift from the contract. */
export function sampleStack(secrets: Record<string, string>, changes: Input = {}): Stack {
  return Stack.parse({
    version: SCHEMA_VERSION,
    writtenBy: '0.1.0',
    id: 'algo-trade-0a1b2c',
    name: 'algo-trade',
    mode: 'paper',
    build: {
      strategy: 'cargo-chef',
      rustImage: 'rust:1.90-bookworm',
      runtimeImage: 'debian:bookworm-slim',
      cargoChef: '0.1.72',
      locked: true,
      binaries: [{ package: 'algo-trade-cli', bin: 'algo-trade' }],
      buildPackages: [],
      runtimePackages: [],
      assets: [],
    },
    services: { app: { ...service, secrets }, api: { ...service, secrets: {} } },
    tui: { access: 'none' },
    database: { kind: 'none' },
    ports: { bind: '127.0.0.1', api: null, tui: null },
    secrets: {
      store: 'vault',
      unlock: 'key-file',
      gateUser: 'trader',
      entries: {
        DATABASE_SUPERUSER_PASSWORD: entry,
        DATABASE_PASSWORD: entry,
        GATE_PASSWORD: entry,
        API_KEY: { ...entry, kind: 'entered' },
        WEBHOOK: { ...entry, kind: 'entered', required: false },
      },
    },
    ...changes,
  });
}

/** The parts of a stack that bring the database and the gate. */
export const DATABASE = {
  kind: 'timescaledb',
  image: 'timescale/timescaledb:2.22.0-pg17',
  name: 'trading',
  role: 'trader',
  migrations: [],
  memory: '2GB',
  cpus: 2,
};
export const BROWSER = { access: 'browser', binary: 'algo-trade', args: [], environment: {} };

/** Values by name, as a store would give them. */
export function sampleValues(values: Readonly<Record<string, string>>): ReadonlyMap<string, Secret> {
  return new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)]));
}
