import type { DatabaseFact, RepoFacts } from '../../detect/facts.ts';
import type { Service, Stack } from '../schema.ts';
import { databaseVariable, type ListenOverride, listenOverride, overrideOf } from './configuration.ts';
import { chooseHealth, stayingUp } from './health.ts';
import { listensElsewhere, type Program, postgresKeys } from './programs.ts';
import { givenFacts } from './secrets.ts';

const DATA_FOLDER = '/data';
/** Time for open requests and files; the program says in its log when it needs more. */
const DAEMON_GRACE = '30s';
const WORKER_GRACE = '10s';

type Database = Stack['database'];

function key({ via }: DatabaseFact): string {
  if ('env' in via) return via.env;
  return 'configKey' in via ? via.configKey : via.code;
}

function opened(facts: RepoFacts, program: Program, kind: DatabaseFact['kind']): readonly DatabaseFact[] {
  const names = program.service?.databases;
  return facts.databases.filter((fact) => fact.kind === kind && (names === undefined || names.includes(key(fact))));
}

function sqliteFile(fact: DatabaseFact): string {
  const file = fact.url
    ?.replace(/^sqlite:(\/\/)?/, '')
    .replace(/\?.*$/, '')
    .split('/')
    .at(-1);
  return file && /^[\w.-]+$/.test(file) ? file : 'data.db';
}

/** sqlx opens a missing file only with `mode=rwc`; the path is absolute, so that it is in the volume. */
function sqliteVariables(facts: RepoFacts, program: Program): readonly (readonly [string, string])[] {
  return opened(facts, program, 'sqlite').flatMap((fact) => {
    const variable = databaseVariable(facts, fact, `sqlite://${DATA_FOLDER}/${sqliteFile(fact)}?mode=rwc`);
    return variable ? [variable] : [];
  });
}

function postgresSecrets(
  facts: RepoFacts,
  program: Program,
  database: Database,
): readonly (readonly [string, string])[] {
  if (database.kind === 'none') return [];
  const url = `postgresql://${database.role}:${'${DATABASE_PASSWORD|url}'}@database:5432/${database.name}`;
  return opened(facts, program, 'postgres').flatMap((fact) => {
    const { password } = fact.parts ?? {};
    if (fact.parts) return password === undefined ? [] : partVariable(facts, fact, password, '${DATABASE_PASSWORD}');
    const variable = databaseVariable(facts, fact, url);
    return variable ? [variable] : [];
  });
}

/** The variable of one part of a database's address. */
function partVariable(
  facts: RepoFacts,
  { via }: DatabaseFact,
  name: string,
  value: string,
): readonly (readonly [string, string])[] {
  if ('env' in via) return [[name, value]];
  // A table that is given inline would lose its other parts.
  const variable = facts.config.prefix?.split === undefined ? undefined : overrideOf(facts, name, value);
  return variable ? [variable] : [];
}

/** Where the database is, for a program that is told so in parts. */
function postgresSettings(facts: RepoFacts, program: Program, database: Database): Readonly<Record<string, string>> {
  if (database.kind === 'none') return {};
  const values = { host: 'database', port: '5432', user: database.role, name: database.name } as const;
  const variables = opened(facts, program, 'postgres').flatMap((fact) =>
    (['host', 'port', 'user', 'name'] as const).flatMap((part) => {
      const name = fact.parts?.[part];
      return name === undefined ? [] : partVariable(facts, fact, name, values[part]);
    }),
  );
  return Object.fromEntries(variables);
}

function logLevel(facts: RepoFacts): Readonly<Record<string, string>> {
  return facts.env.some(({ name, dead }) => name === 'RUST_LOG' && !dead) ? { RUST_LOG: 'info' } : {};
}

function usesPostgres(facts: RepoFacts, program: Program): boolean {
  const names = program.service?.databases;
  return postgresKeys(facts).some((name) => names === undefined || names.includes(name));
}

/** Flags are only given to a program that was seen to run on: whether another binary knows them is not known. */
function withoutFlags(listen: ListenOverride, { service }: Program): ListenOverride {
  return service?.serves === false ? { ...listen, before: [], after: [] } : listen;
}

const NOTHING_TO_LISTEN: ListenOverride = { before: [], after: [], environment: {} };

/** Its database is brought to its schema for it, where nothing in the program does that itself. */
function schemaOf(facts: RepoFacts, sqlite: readonly (readonly [string, string])[]): Pick<Service, 'migrations'> {
  const folder = facts.sqlx?.folder;
  const isWithout = facts.warnings.some(({ code }) => code === 'database-without-schema');
  const [[, url = ''] = []] = sqlite;
  const file = /([\w.-]+)\?mode=rwc/.exec(url)?.[1];
  if (folder === undefined || !isWithout || file === undefined) return {};
  return { migrations: { from: folder, file } };
}

/** The service of the daemon: it alone is given the trading credentials. */
export function designDaemon(facts: RepoFacts, program: Program, database: Database): Service {
  const isOther = listensElsewhere(facts, program);
  const listen = isOther ? NOTHING_TO_LISTEN : withoutFlags(listenOverride(facts), program);
  const sqlite = sqliteVariables(facts, program);
  const credentials = givenFacts(facts, program).map(({ name }) => [name, `\${${name}}`] as const);
  return {
    binary: program.binary,
    args: [...listen.before, ...program.args, ...listen.after],
    environment: {
      ...listen.environment,
      ...postgresSettings(facts, program, database),
      ...Object.fromEntries(sqlite),
      ...logLevel(facts),
    },
    secrets: { ...Object.fromEntries(credentials), ...Object.fromEntries(postgresSecrets(facts, program, database)) },
    health: isOther ? stayingUp() : chooseHealth(facts).health,
    data: sqlite.length > 0 ? DATA_FOLDER : null,
    database: database.kind !== 'none' && usesPostgres(facts, program),
    stopGrace: DAEMON_GRACE,
    ...schemaOf(facts, sqlite),
  };
}

/** A service beside the daemon: the database and nothing that trades. */
export function designWorker(facts: RepoFacts, program: Program, database: Database): Service {
  return {
    binary: program.binary,
    args: [...program.args],
    environment: { ...postgresSettings(facts, program, database), ...logLevel(facts) },
    secrets: Object.fromEntries(postgresSecrets(facts, program, database)),
    health: stayingUp(),
    data: null,
    database: database.kind !== 'none' && usesPostgres(facts, program),
    stopGrace: WORKER_GRACE,
  };
}
