import { type Believed, certain, guess, likely } from './belief.ts';
import type { Package } from './cargo/manifest.ts';
import { type Code, dependencyClosure, isDead } from './code.ts';
import type { EnvRead } from './env/reads.ts';
import type { Alternative, ConfigFileFact, DatabaseFact, EnvFact, Evidence } from './facts.ts';
import { groupBy } from './group.ts';
import { kindOpened, kindOpenedWith } from './openers.ts';
import { type Runner, readsAt } from './runners.ts';
import { functionAt, sourcesWith } from './rust/program.ts';
import { lineAt } from './rust/source.ts';
import { withoutPasswords } from './secret-names.ts';

type Kind = DatabaseFact['kind'];

/** The variable or key by which a program is told of a database; where it is written in the code, that text. */
export function databaseKey({ via }: Pick<DatabaseFact, 'via'>): string {
  if ('env' in via) return via.env;
  return 'configKey' in via ? via.configKey : via.code;
}

/** Databases that the program is told about by the environment or its configuration, or that its code names. */
export function detectDatabases(
  packages: readonly Package[],
  code: Code,
  env: readonly EnvFact[],
  config: readonly ConfigFileFact[],
  reads: readonly EnvRead[],
): DatabaseFact[] {
  const drivers = driversOf(packages);
  const only = onlyKind(packages, code, reads);
  const hasFiles = drivers.includes('sqlite');
  const fromFiles = onePerKey(config.flatMap((file) => fromConfig(file, hasFiles)));
  const keys = new Set(fromFiles.map(databaseKey));
  const told = [
    // A variable that only overrides a key of a file is that key.
    ...env
      .filter(({ key }) => key === undefined || !keys.has(key))
      .flatMap((fact) => fromEnv(fact, only, hasFiles) ?? []),
    ...fromFiles,
  ];
  if (!told.some(({ kind }) => kind === 'postgres') && drivers.includes('postgres'))
    told.push(...inParts(env, config).slice(0, 1));
  const defaults = new Set(told.map(({ url }) => url));
  const fixed = fromCode(code).filter(({ url }) => !defaults.has(url));
  const makes = makesFiles(packages, code);
  return [...told, ...fixed].map((fact) => (fact.kind === 'sqlite' ? withCreation(fact, makes) : fact));
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

/** The one kind that can be meant: what is opened with a variable, else by the drivers of the package that reads it, else of the binaries that do. */
function onlyKind(
  packages: readonly Package[],
  code: Code,
  reads: readonly EnvRead[],
): (fact: EnvFact) => Kind | undefined {
  const { binaries, program } = code;
  const packageOf = new Map(program.sources.map((source) => [source.path, program.packageOf.get(source)]));
  return ({ name: variable, readBy, evidence }) => {
    const own = reads.filter(({ name }) => name === variable);
    const opened = kindOpenedWith(code, own);
    if (opened !== undefined) return opened;
    const readers = binaries.filter(({ bin }) => readBy.includes(bin));
    const made = new Set(readers.flatMap((binary) => [...dependencyClosure(binary.package, packages)]));
    const candidates = [
      driversOf(packages.filter(({ name }) => name === packageOf.get(evidence.file))),
      driversOf(packages.filter(({ name }) => made.has(name))),
      driversOf(packages),
    ];
    const [kinds] = candidates.filter(({ length }) => length > 0);
    return kinds?.length === 1 ? kinds[0] : kinds && kindOpened(code);
  };
}

/** The kind that a URL names. */
function kindOfUrl(url: string): Kind | undefined {
  if (/^postgres(?:ql)?:\/\//i.test(url)) return 'postgres';
  return /^sqlite:/i.test(url) ? 'sqlite' : undefined;
}

const DATABASE_NAME =
  /(?:^|_)(?:DATABASE|DB|POSTGRES(?:QL)?|PG|SQLITE|TIMESCALE(?:DB)?)_{1,2}(?:URL|URI|DSN|PATH|FILE|CONNECTION_STRING)$/;

/** A path of an SQLite file, as people name them. */
const DATABASE_FILE = /^[^\s{}]{1,300}\.(?:db|sqlite3?)$/;

/** `hasFiles`: there is a driver for SQLite, so that a file of a database is one, whatever its name. */
function fromEnv(
  fact: EnvFact,
  only: (fact: EnvFact) => Kind | undefined,
  hasFiles: boolean,
): DatabaseFact | undefined {
  const { default: value = '' } = fact;
  const stated = kindOfUrl(value);
  const isFile = DATABASE_FILE.test(value);
  if (fact.dead || (stated === undefined && !(isFile && hasFiles) && !DATABASE_NAME.test(fact.name))) return undefined;
  // Another scheme is another kind of database, which is none of ours.
  if (stated === undefined && /^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return undefined;
  const kind = stated ?? (isFile ? 'sqlite' : (kindOfName(fact.name) ?? only(fact)));
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

function fromConfig({ path, values }: ConfigFileFact, hasFiles: boolean): DatabaseFact[] {
  return Object.entries(values).flatMap(([configKey, { value, line }]): DatabaseFact[] => {
    const stated = kindOfUrl(value);
    const evidence = { file: path, line };
    const fact = { via: { configKey }, url: value, openedBy: [] };
    if (stated !== undefined) return [{ kind: stated, ...fact, ...certain(evidence) }];
    const isFile = hasFiles && DATABASE_FILE.test(value) && !value.includes('://');
    return isFile ? [{ kind: 'sqlite', ...fact, ...likely(evidence) }] : [];
  });
}

const PARTS = {
  host: /^(?:host|hostname|server)$/i,
  port: /^port$/i,
  user: /^(?:user|username)$/i,
  password: /^(?:password|pass|passwd)$/i,
  name: /^(?:name|database|db|dbname|database_name|db_name)$/i,
} as const;
const STEM = /^(?:.*[._])?(?:database|db|postgres|postgresql|pg|timescale|timescaledb)[._]*$/i;

/** `DB_HOST`, `DB_USER`, `DB_PASSWORD` …, or the same keys of a config file: a host, and who logs in there. */
function inParts(env: readonly EnvFact[], config: readonly ConfigFileFact[]): DatabaseFact[] {
  const variables = env.filter(({ dead, key }) => !dead && key === undefined);
  const keys = config.flatMap(({ path, values }) =>
    Object.entries(values).map(([name, { line }]) => ({ name, evidence: { file: path, line } })),
  );
  return [...partsOf(variables, (host) => ({ env: host })), ...partsOf(keys, (host) => ({ configKey: host }))];
}

function partsOf(
  all: readonly { readonly name: string; readonly evidence: Evidence }[],
  via: (host: string) => DatabaseFact['via'],
): DatabaseFact[] {
  return all.flatMap(({ name, evidence }): DatabaseFact[] => {
    const split = /^(.*?[._]|PG)([A-Za-z]+)$/.exec(name);
    const stem = split?.[1] ?? '';
    if (split?.[2] === undefined || !STEM.test(stem) || !PARTS.host.test(split[2])) return [];
    const find = (part: RegExp): string | undefined =>
      all.find((other) => other.name.startsWith(stem) && part.test(other.name.slice(stem.length)))?.name;
    const [port, user, password, base] = [PARTS.port, PARTS.user, PARTS.password, PARTS.name].map(find);
    if (user === undefined && password === undefined) return [];
    const parts = {
      host: name,
      ...(port !== undefined && { port }),
      ...(user !== undefined && { user }),
      ...(password !== undefined && { password }),
      ...(base !== undefined && { name: base }),
    };
    return [{ kind: 'postgres', via: via(name), parts, openedBy: [], ...likely(evidence) }];
  });
}

/** Files build upon each other: the first one speaks, and the others are remembered. */
function onePerKey(facts: readonly DatabaseFact[]): DatabaseFact[] {
  return [...groupBy(facts, databaseKey).values()].flatMap(([first, ...rest]) => {
    if (first === undefined) return [];
    const over = rest.map(
      ({ url = '', evidence }): Alternative => ({ value: url, why: 'another config file says it', evidence }),
    );
    return [over.length === 0 ? first : { ...first, ...certain(first.evidence, over) }];
  });
}

const OPENERS = [
  ...['SqlitePool', 'SqlitePoolOptions', 'SqliteConnectOptions', 'PgPool', 'PgPoolOptions', 'PgConnectOptions'],
  ...['Connection', 'SqliteConnection', 'PgConnection', 'Database', 'AnyPool', 'tokio_postgres', 'rusqlite'],
];

/** URLs and files that are written in living code. */
function fromCode(code: Code): DatabaseFact[] {
  const { program } = code;
  const found = sourcesWith(program, OPENERS).flatMap((source) =>
    source.literals.flatMap(({ value, start }): DatabaseFact[] => {
      if (value.length > 300 || /\{\w*\}|memory/.test(value)) return [];
      const opens = /\b(?:Connection\s*::\s*open(?:_with_flags)?|filename)\s*\(\s*$/.test(
        source.code.slice(Math.max(0, start - 60), start),
      );
      const kind = kindOfUrl(value) ?? (opens && /^[\w./-]+$/.test(value) ? 'sqlite' : undefined);
      if (kind === undefined || isDead(code, functionAt(program, source, start))) return [];
      const url = withoutPasswords(value);
      return [
        { kind, via: { code: url }, url, openedBy: [], ...likely({ file: source.path, line: lineAt(source, start) }) },
      ];
    }),
  );
  return found.filter(({ url }, index) => found.findIndex((other) => other.url === url) === index);
}

/** rusqlite makes a missing file by itself; sqlx only when it is told to. */
function makesFiles(packages: readonly Package[], { program }: Code): Believed | 'always' | undefined {
  const names = new Set(packages.flatMap((item) => item.dependencies.map(({ name }) => name)));
  if (names.has('rusqlite') || names.has('tokio-rusqlite') || names.has('diesel')) return 'always';
  for (const source of sourcesWith(program, ['create_if_missing'])) {
    const at = /\bcreate_if_missing\s*\(\s*true\b/.exec(source.code)?.index;
    if (at !== undefined) return certain({ file: source.path, line: lineAt(source, at) });
  }
  return undefined;
}

function withCreation(fact: DatabaseFact, makes: Believed | 'always' | undefined): DatabaseFact {
  const stated = /[?&]mode=rwc\b/.test(fact.url ?? '');
  return { ...fact, creates: stated || makes !== undefined };
}

/** The address of a PostgreSQL database carries its password. */
export function withSecretUrls(env: readonly EnvFact[], databases: readonly DatabaseFact[]): EnvFact[] {
  const secret = new Set(
    databases.flatMap(({ kind, via, parts }) =>
      kind === 'postgres' && 'env' in via && parts === undefined ? [via.env] : [],
    ),
  );
  return env.map((fact) => (secret.has(fact.name) ? { ...fact, secret: true } : fact));
}

/** Keys of the databases that each runner opens, as far as its code shows. */
export function databasesOf(
  code: Code,
  databases: readonly DatabaseFact[],
  reads: readonly EnvRead[],
  runners: readonly Runner[],
): (runner: Runner) => readonly string[] {
  const opened = new Map(runners.map((runner) => [runner, new Set<string>()]));
  for (const fact of databases) {
    const key = databaseKey(fact);
    for (const runner of openersOf(code, fact, reads, runners)) opened.get(runner)?.add(key);
  }
  return (runner) => [...(opened.get(runner) ?? [])];
}

function openersOf(
  code: Code,
  { via, url, evidence }: DatabaseFact,
  reads: readonly EnvRead[],
  runners: readonly Runner[],
): Runner[] {
  if ('configKey' in via) return runners.filter(({ bodies }) => bodies.some((body) => readsKey(body, via.configKey)));
  if ('code' in via)
    return runners.filter(({ functions }) =>
      [...functions].some(({ source, bodyStart, bodyEnd }) =>
        source.path !== evidence.file
          ? false
          : source.literals.some(
              ({ value, start }) => start >= bodyStart && start < bodyEnd && withoutPasswords(value) === url,
            ),
      ),
    );
  const own = reads.filter(({ name }) => name === via.env);
  const able = runners.filter((runner) => own.some((read) => readsAt(code, runner, read)));
  const seen = able.filter((runner) => own.some((read) => readsAt(code, runner, read) && uses(runner, read)));
  // Nobody is seen to use what the configuration was filled with: any of them may.
  return seen.length > 0 || own.every(({ field }) => field === undefined) ? seen : able;
}

/** The function that reads it is called; a field that is filled has to be looked at as well. */
function uses({ functions, bodies }: Runner, { field, function: item, key }: EnvRead): boolean {
  if (field === undefined) return item !== undefined && functions.has(item);
  if (key?.includes('.')) return bodies.some((body) => readsKey(body, key));
  // A field of arguments may be taken apart; one that code fills itself is named where it is filled.
  const pattern = item === undefined ? new RegExp(`\\b${field}\\b`) : new RegExp(`\\.\\s*${field}\\b`);
  return bodies.some((body) => pattern.test(body));
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
