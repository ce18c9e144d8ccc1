import { certain, guess } from './belief.ts';
import type { Package } from './cargo/manifest.ts';
import type { EnvRead } from './env/reads.ts';
import type { ConfigFileFact, DatabaseFact, EnvFact, SubcommandFact } from './facts.ts';
import { bodyOf } from './rust/functions.ts';
import type { Followed } from './subcommands/subcommands.ts';

type Kind = DatabaseFact['kind'];

/** Databases that the program is told about by the environment or its configuration. */
export function detectDatabases(
  packages: readonly Package[],
  env: readonly EnvFact[],
  config: readonly ConfigFileFact[],
): DatabaseFact[] {
  const drivers = driversOf(packages);
  const only = drivers.length === 1 ? drivers[0] : undefined;
  return [...env.flatMap((fact) => fromEnv(fact, only) ?? []), ...config.flatMap(fromConfig)];
}

/** Kinds of database that the packages can talk to. */
export function driversOf(packages: readonly Package[]): Kind[] {
  const dependencies = packages.flatMap((item) => item.dependencies);
  const has = (kind: Kind, crates: readonly string[]): boolean =>
    dependencies.some(({ name, features }) => {
      const generic = /^(?:sqlx|diesel|sea-orm|diesel-async)$/.test(name);
      return crates.includes(name) || (generic && features.some((feature) => feature.includes(kind)));
    });
  return [
    ...(has('postgres', ['tokio-postgres', 'postgres', 'deadpool-postgres']) ? (['postgres'] as const) : []),
    ...(has('sqlite', ['rusqlite', 'tokio-rusqlite', 'libsqlite3-sys']) ? (['sqlite'] as const) : []),
  ];
}

/** The kind that a URL names. */
function kindOfUrl(url: string): Kind | undefined {
  if (/^postgres(?:ql)?:/i.test(url)) return 'postgres';
  return /^sqlite:/i.test(url) ? 'sqlite' : undefined;
}

const DATABASE_NAME = /(?:^|_)(?:DATABASE|DB|POSTGRES(?:QL)?|PG|SQLITE|TIMESCALE(?:DB)?)_(?:URL|URI|DSN|PATH)$/;

function fromEnv(fact: EnvFact, only: Kind | undefined): DatabaseFact | undefined {
  const stated = fact.default === undefined ? undefined : kindOfUrl(fact.default);
  if (fact.dead || (stated === undefined && !DATABASE_NAME.test(fact.name))) return undefined;
  const kind = stated ?? kindOfName(fact.name) ?? only;
  if (kind === undefined) return undefined;
  return {
    kind,
    via: { env: fact.name },
    ...(fact.default !== undefined && { url: fact.default }),
    openedBy: [],
    ...(stated === undefined ? guess(fact.evidence) : certain(fact.evidence)),
  };
}

function kindOfName(name: string): Kind | undefined {
  if (/SQLITE/.test(name)) return 'sqlite';
  return /POSTGRES|PG|TIMESCALE/.test(name) ? 'postgres' : undefined;
}

function fromConfig({ path, values }: ConfigFileFact): DatabaseFact[] {
  return Object.entries(values).flatMap(([configKey, { value, line }]) => {
    const kind = kindOfUrl(value);
    return kind === undefined
      ? []
      : [{ kind, via: { configKey }, url: value, openedBy: [], ...certain({ file: path, line }) }];
  });
}

/** The address of a PostgreSQL database carries its password. */
export function withSecretUrls(env: readonly EnvFact[], databases: readonly DatabaseFact[]): EnvFact[] {
  const secret = new Set(databases.flatMap(({ kind, via }) => (kind === 'postgres' && 'env' in via ? [via.env] : [])));
  return env.map((fact) => (secret.has(fact.name) ? { ...fact, secret: true } : fact));
}

/** Adds to a subcommand the databases that the code it calls opens. */
export function withDatabases(
  { fact, functions, arms }: Followed,
  databases: readonly DatabaseFact[],
  reads: readonly EnvRead[],
): SubcommandFact {
  const bodies = [...arms.map(({ code }) => code), ...[...functions].map(bodyOf)];
  const opened = databases.flatMap(({ via }) => {
    if ('configKey' in via) return bodies.some((code) => readsKey(code, via.configKey)) ? [via.configKey] : [];
    const readHere = reads.some(
      (read) => read.name === via.env && read.function !== undefined && functions.has(read.function),
    );
    return readHere ? [via.env] : [];
  });
  return { ...fact, databases: [...new Set(opened)] };
}

/** `config.database.url`, or the whole section handed on: `&config.database`. */
function readsKey(code: string, key: string): boolean {
  const [section = '', ...rest] = key.split('.').map((part) => part.replace(/\W/g, '_'));
  // A key at the top is only told from other fields by its name.
  return (
    new RegExp(`\\.\\s*${section}\\b(?!\\s*\\()`).test(code) ||
    (rest.length > 0 && new RegExp(`\\b${section}\\s*\\.\\s*${rest.join('\\s*\\.\\s*')}\\b`).test(code))
  );
}
