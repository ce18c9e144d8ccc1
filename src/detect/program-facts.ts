import type { Package } from './cargo/manifest.ts';
import { derivedCli } from './clap/commands.ts';
import { flagsOf } from './clap/flags.ts';
import type { Code } from './code.ts';
import { scriptEnv } from './compiled/build-script.ts';
import { detectConfig } from './config/config.ts';
import { detectEnvFiles } from './config/mentions.ts';
import { impliedReads, prefixFacts, prefixUses } from './config/prefixes.ts';
import { databaseKey, databasesOf, detectDatabases, withSecretUrls } from './databases.ts';
import { detectEndpoints } from './endpoints.ts';
import { builderEnv } from './env/builder-env.ts';
import { clapEnv } from './env/clap-env.ts';
import { detectDotenv, dotenvTrouble } from './env/dotenv.ts';
import { detectBuildEnv, detectEnv, logFilters } from './env/env.ts';
import { envconfigReads } from './env/envconfig.ts';
import { envReads } from './env/reads.ts';
import type { Belief, RepoFacts, WarningFact } from './facts.ts';
import { helpersOf, withoutLogins } from './helpers.ts';
import { detectLogin, openCors } from './login.ts';
import { detectPorts } from './network.ts';
import { detectRoutes } from './routes.ts';
import { runnersOf } from './runners.ts';
import { servicesOf, signalsOf, withOpeners } from './services.ts';
import { detectSqlx, schemaTrouble, sqlxTrouble } from './sql.ts';
import { detectSubcommands } from './subcommands/subcommands.ts';
import { detectSwitches } from './switches.ts';
import { databaseHostTrouble, mentionTrouble } from './trouble.ts';
import type { Workspace } from './workspace.ts';

/** What the code and its configuration say about running it. */
export interface ProgramFacts
  extends Pick<
    RepoFacts,
    | 'subcommands'
    | 'services'
    | 'signals'
    | 'env'
    | 'envPrefixes'
    | 'buildEnv'
    | 'envFiles'
    | 'switches'
    | 'config'
    | 'ports'
    | 'databases'
    | 'sqlx'
    | 'routes'
    | 'apiLogin'
    | 'endpoints'
    | 'helpers'
    | 'dotenv'
  > {
  readonly loginReason: Belief;
  readonly warnings: readonly WarningFact[];
}

/** Reads the entry points of a program and all that they are configured with. */
export function detectProgram(workspace: Workspace, packages: readonly Package[], code: Code): ProgramFacts {
  const { program } = code;
  const cli = derivedCli(program);
  const flags = flagsOf(program, cli);
  const uses = prefixUses(code);
  const { config, warnings: configWarnings } = detectConfig(workspace, code, uses);
  const reads = [
    ...envReads(program),
    ...clapEnv(program, cli),
    ...builderEnv(program),
    ...logFilters(program),
    ...envconfigReads(program),
    ...impliedReads(code, uses, config.files),
  ];
  const followed = detectSubcommands(code, cli);
  const runners = withoutLogins(runnersOf(code, followed));
  const variables = detectEnv(code, reads, runners);
  const found = detectDatabases(packages, code, variables, config.files, reads);
  const env = withSecretUrls(variables, found);
  const opens = databasesOf(code, found, reads, runners);
  const subcommands = followed.map(({ fact }) => {
    const runner = runners.find(({ binary, command }) => binary === fact.binary && command === fact.name);
    return { ...fact, ...(runner && { kind: runner.what.kind }), databases: runner ? opens(runner) : [] };
  });
  const routes = detectRoutes(code);
  const services = servicesOf(runners, env, opens, routes, flags);
  const { apiLogin, reason: loginReason } = detectLogin(code);
  const sqlx = detectSqlx(workspace, packages, code);
  const dotenv = detectDotenv(code);
  const names = {
    env,
    envPrefixes: prefixFacts(uses),
    buildEnv: buildEnvOf(workspace, packages, code),
    envFiles: detectEnvFiles(workspace),
    config,
    ...(sqlx && { sqlx }),
    subcommands,
  };
  return {
    ...names,
    services,
    signals: signalsOf(services),
    switches: detectSwitches(code, env, config.files, flags),
    ports: detectPorts(code, config.files, env, flags),
    databases: withOpeners(found, services, databaseKey),
    routes,
    helpers: helpersOf(runners),
    ...(dotenv && { dotenv }),
    apiLogin,
    loginReason,
    endpoints: detectEndpoints(code, config.files, env),
    warnings: [
      ...configWarnings,
      ...dotenvTrouble(workspace, dotenv),
      ...openCors(code),
      ...sqlxTrouble(sqlx),
      ...schemaTrouble(code, sqlx, found),
      ...databaseHostTrouble(env, config.files),
      ...mentionTrouble(workspace, names),
    ],
  };
}

/** What the code and what build scripts read while compiling, each once. */
function buildEnvOf(workspace: Workspace, packages: readonly Package[], code: Code): RepoFacts['buildEnv'] {
  const all = [...detectBuildEnv(code), ...scriptEnv(workspace, packages)];
  return all
    .filter(({ name }, at) => all.findIndex((each) => each.name === name) === at)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}
