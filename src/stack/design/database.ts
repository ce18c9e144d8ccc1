import { TIMESCALEDB_IMAGE } from '../../catalog/images.ts';
import type { RepoFacts } from '../../detect/facts.ts';
import type { Stack } from '../schema.ts';
import { postgresKeys } from './programs.ts';

const GIB = 1024 ** 3;
/** The database gets a quarter of the host's memory, within these bounds (GB): the daemon must not be starved. */
const MEMORY = { share: 4, least: 1, most: 8 };
const MOST_CPUS = 4;

function identifier(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
    .replace(/^(?=\d)/, '_');
}

function databaseName(facts: RepoFacts): string {
  const fact = facts.databases.find(({ kind }) => kind === 'postgres');
  const part = facts.env.find(({ name }) => name === fact?.parts?.name)?.default;
  const name = fact?.url?.replace(/\?.*$/, '').split('/')[3] ?? part;
  return identifier(name && name !== '' ? name : facts.name);
}

/** TimescaleDB where the program opens PostgreSQL, sized from the host. */
export function designDatabase(
  facts: RepoFacts,
  host: { readonly cpus: number; readonly memoryBytes: number },
): Stack['database'] {
  if (postgresKeys(facts).length === 0) return { kind: 'none' };
  const quarter = Math.floor(host.memoryBytes / MEMORY.share / GIB);
  const name = databaseName(facts);
  return {
    kind: 'timescaledb',
    image: TIMESCALEDB_IMAGE,
    name,
    role: name,
    migrations: facts.migrations.filter(({ kind }) => kind !== 'embedded').map(({ path }) => path),
    memory: `${Math.min(MEMORY.most, Math.max(MEMORY.least, quarter))}GB`,
    cpus: Math.min(MOST_CPUS, host.cpus),
  };
}
