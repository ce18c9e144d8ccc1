import { credentialFor } from '../../catalog/credentials/index.ts';
import type { RepoFacts, ServiceFact } from '../../detect/facts.ts';
import type { Stack } from '../schema.ts';
import { credentialFacts } from './secrets.ts';

/** Names under which a daemon that trades is usually started, the likeliest first. */
const DAEMON_NAMES = ['run', 'daemon', 'start', 'trade', 'live', 'serve', 'server'];
/** Words in the name of a program that places orders, and words of one that only stands beside it. */
const TRADES =
  /(?:^|[-_ ])(?:trad(?:e|er|ing)|execut(?:e|or|ion)|bot|live|strategy|strat|engine|oms|maker|mm|arb)(?:$|[-_ ])/i;
const BESIDE =
  /(?:^|[-_ ])(?:api|gateway|gw|web|https?|server|dashboard|monitor|metrics|record(?:er)?|collect(?:or)?|ingest(?:er)?|feed|data|report(?:er)?|stats|backtest(?:er)?|replay|sim(?:ulator)?|paper|test)(?:$|[-_ ])/i;
/** Words in the name of a secret that a program is called with or calls others with, and that places no orders. */
const NO_TRADING_KEY =
  /(?:^|_)(?:BEARER|JWT|SESSION|COOKIE|WEBHOOK|TELEGRAM|DISCORD|SLACK|SENTRY|SMTP|ADMIN|AUTH)(?:_|$)/;

/** A program to run as a service; `service` is absent where nothing says that it runs on. */
export interface Program {
  readonly binary: string;
  readonly args: readonly string[];
  readonly service?: ServiceFact;
}

/** Whether a service is given what places orders, as far as the names of its variables say. */
function readsTradingKey(facts: RepoFacts, service: ServiceFact): boolean {
  return credentialFacts(facts, program(service)).some(
    ({ name, secret }) => credentialFor(name)?.credential.trades ?? (secret && !NO_TRADING_KEY.test(name)),
  );
}

/**
 * How likely a service is the one that trades, the most telling first: its key, its name, that it goes down cleanly on
 * SIGTERM, which was written for a daemon, and that it listens. Smaller is likelier.
 */
function rank(facts: RepoFacts, service: ServiceFact): readonly number[] {
  const { name, signals, kind } = service;
  const place = DAEMON_NAMES.indexOf(name);
  return [
    readsTradingKey(facts, service) ? 0 : 1,
    TRADES.test(name) && !BESIDE.test(name) ? 0 : 1,
    signals.includes('SIGTERM') ? 0 : 1,
    place === -1 ? DAEMON_NAMES.length : place,
    BESIDE.test(name) ? 1 : 0,
    kind === 'daemon' ? 0 : 1,
  ];
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return (a[at] ?? 0) - (b[at] ?? 0);
}

function program(service: ServiceFact): Program {
  return { binary: service.binary, args: service.args, service };
}

function runsOn({ kind }: ServiceFact): boolean {
  return kind === 'daemon' || kind === 'worker';
}

/** The daemon: the long-running program that most likely trades, else the first binary that is no login. */
export function findDaemon(facts: RepoFacts): Program | undefined {
  const [best] = facts.services
    .filter(runsOn)
    .map((service) => ({ service, rank: rank(facts, service) }))
    .sort((a, b) => compare(a.rank, b.rank));
  if (best) return program(best.service);
  const logins = new Set(facts.helpers.filter(({ kind }) => kind === 'login').map((helper) => helper.binary));
  const binary = facts.binaries.find(({ bin }) => !logins.has(bin)) ?? facts.binaries[0];
  return binary && { binary: binary.bin, args: [] };
}

/** Whether what listens in this repository is another program than this one. */
export function listensElsewhere({ services }: RepoFacts, { service }: Program): boolean {
  return service?.kind === 'worker' && !service.serves && services.some(({ kind }) => kind === 'daemon');
}

/** The program of the repository that a service runs: of its binary, the one whose words it is given. */
export function serviceOf(
  { services }: RepoFacts,
  { binary, args }: Pick<Program, 'binary' | 'args'>,
): ServiceFact | undefined {
  return services
    .filter((each) => each.binary === binary && each.args.every((word) => args.includes(word)))
    .sort((a, b) => b.args.length - a.args.length)[0];
}

/** Long-running programs of the repository that no service of a stack runs. */
export function notStarted(facts: RepoFacts, { services }: Pick<Stack, 'services'>): readonly ServiceFact[] {
  const started = Object.values(services).map((service) => serviceOf(facts, service));
  return facts.services.filter((each) => runsOn(each) && !started.includes(each));
}

function opensPostgres(facts: RepoFacts, service: ServiceFact): boolean {
  return postgresKeys(facts).some((key) => service.databases.includes(key));
}

/**
 * Services beside the daemon. Only what works on the PostgreSQL database is proposed: a second program that trades
 * must be a person's decision.
 */
export function findWorkers(facts: RepoFacts, daemon: Program): readonly Program[] {
  return facts.services
    .filter(({ kind, name }) => kind === 'worker' && name !== daemon.service?.name)
    .filter((service) => opensPostgres(facts, service))
    .map(program);
}

/** Names of a terminal that watches what runs, and of one that tries something out. */
const WATCHES = /(?:^|[-_ ])(?:live|bot|monitor|dashboard)(?:$|[-_ ])/i;
const TRIES = /(?:^|[-_ ])(?:back-?test(?:er|s|ing)?|replay|test|sim(?:ulator)?|demo)(?:$|[-_ ])/i;

/** The terminal program: the first that watches what runs, else the first that does not only try something out. */
export function findTui(facts: RepoFacts): ServiceFact | undefined {
  const known = ({ name }: ServiceFact) => (TRIES.test(name) ? 2 : WATCHES.test(name) ? 0 : 1);
  return facts.services.filter(({ kind }) => kind === 'tui').toSorted((a, b) => known(a) - known(b))[0];
}

/** Environment or config keys that hold a PostgreSQL URL; one that is written in the code cannot be told another. */
export function postgresKeys(facts: RepoFacts): readonly string[] {
  return facts.databases
    .filter(({ kind }) => kind === 'postgres')
    .flatMap(({ via }) => ('env' in via ? [via.env] : 'configKey' in via ? [via.configKey] : []));
}
