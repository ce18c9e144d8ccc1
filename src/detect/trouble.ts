import { isReadByLibraries } from '../catalog/variables.ts';
import type { ConfigFileFact, EnvFact, EnvFileFact, RepoFacts, WarningFact } from './facts.ts';
import type { Workspace } from './workspace.ts';

type Known = Pick<RepoFacts, 'env' | 'envPrefixes' | 'buildEnv' | 'envFiles' | 'config' | 'sqlx' | 'subcommands'>;

/** What the database image and the like are told with: it is not for the program. */
const OF_IMAGES = /^(?:POSTGRES|TIMESCALEDB|TS_TUNE|PGADMIN|GF|GRAFANA|REDIS|NGINX|TTYD|WATCHTOWER)_/;

/** Whether something reads a variable: the program, its libraries, the compiler, or a prefix. */
export function isRead(
  name: string,
  { env, envPrefixes, buildEnv, sqlx }: Omit<Known, 'envFiles' | 'config' | 'subcommands'>,
): boolean {
  return (
    env.some((fact) => fact.name === name && !fact.dead) ||
    buildEnv.some((fact) => fact.name === name) ||
    envPrefixes.some((fact) => name.toUpperCase().startsWith(fact.name.toUpperCase())) ||
    isReadByLibraries(name) ||
    (name === 'DATABASE_URL' && sqlx !== undefined)
  );
}

const MAX_WARNINGS = 30;

/** The repository's own files compared with what the code reads, both ways. */
export function mentionTrouble(workspace: Workspace, facts: Known): WarningFact[] {
  const scripts = scriptTexts(workspace);
  const unread = facts.envFiles.flatMap(({ path, names }) =>
    names
      .filter(({ name, set }) => set && !isRead(name, facts) && !OF_IMAGES.test(name))
      .filter(({ name }) => !scripts.some((text) => text.includes(name)))
      .map(({ name, line }) => ({
        code: 'env-unread',
        message: facts.env.some((fact) => fact.name === name)
          ? `${path} names ${name}, which only code that nothing calls reads`
          : `${path} names ${name}, and nothing reads it`,
        evidence: { file: path, line },
      })),
  );
  return [...unread.slice(0, MAX_WARNINGS), ...unmentioned(facts).slice(0, MAX_WARNINGS)];
}

/** What the example leaves out; there has to be one. */
function unmentioned({ env, envFiles }: Known): WarningFact[] {
  const examples = envFiles.filter(({ kind }) => kind === 'example');
  const [first] = examples;
  if (first === undefined) return [];
  const named = new Set(envFiles.flatMap(({ names }: EnvFileFact) => names.map(({ name }) => name)));
  return env
    .filter(
      ({ name, dead, key, required }) =>
        !dead && !named.has(name) && !isReadByLibraries(name) && (key === undefined || required),
    )
    .map(({ name, evidence, required }) => ({
      code: 'env-unmentioned',
      message: `${name} is ${required ? 'required' : 'read'}, and ${first.path} does not name it`,
      evidence,
    }));
}

const SCRIPT =
  /(?:^|\/)(?:Dockerfile[\w.-]*|[Mm]akefile|[Jj]ustfile|[\w.-]+\.(?:sh|bash|just|mk|py)|flake\.nix|Procfile)$/;
const MAX_SCRIPTS = 200;

/** Files in which a variable may be used without the program. Compose fills its own files from the environment too. */
function scriptTexts(workspace: Workspace): string[] {
  const scripts = workspace.files.filter((file) => SCRIPT.test(file)).slice(0, MAX_SCRIPTS);
  const compose = workspace.files.filter((file) => /(?:^|\/)(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml$/.test(file));
  const filled = compose.flatMap((file) => workspace.text(file).match(/\$\{?[A-Za-z_]\w{0,100}/g) ?? []);
  return [...scripts.map((file) => workspace.text(file)), filled.join(' ')];
}

const LOCAL = /^(?:localhost|127\.0\.0\.1|::1|\[::1\])$/;
const DATABASE_HOST =
  /(?:^|[._])(?:database|db|postgres|postgresql|pg|timescale|timescaledb)[._](?:host|hostname|server|addr)$/i;

/** Hosts of a database that are told apart from its URL and say localhost. */
export function databaseHostTrouble(env: readonly EnvFact[], config: readonly ConfigFileFact[]): WarningFact[] {
  const message = (name: string): string =>
    `${name} looks for the database on this machine: in a container it is elsewhere`;
  const keys = config.flatMap(({ path, values }) =>
    Object.entries(values)
      .filter(([key, { value }]) => DATABASE_HOST.test(key) && LOCAL.test(value))
      .map(([key, { line }]) => ({
        code: 'database-localhost',
        message: message(key),
        evidence: { file: path, line },
      })),
  );
  const variables = env
    .filter(
      ({ name, dead, key, default: value }) =>
        !dead && key === undefined && (DATABASE_HOST.test(name) || name === 'PGHOST') && LOCAL.test(value ?? ''),
    )
    .map(({ name, evidence }) => ({ code: 'database-localhost', message: message(name), evidence }));
  return [...keys, ...variables];
}
