import type { RepoFacts, ServiceFact } from '../../detect/facts.ts';

/** Names under which a daemon that trades is usually started, the likeliest first. */
const DAEMON_NAMES = ['run', 'daemon', 'start', 'trade', 'live', 'serve', 'server'];

/** A program to run as a service; `service` is absent where nothing says that it runs on. */
export interface Program {
  readonly binary: string;
  readonly args: readonly string[];
  readonly service?: ServiceFact;
}

function rank({ name, signals }: ServiceFact): number {
  const place = DAEMON_NAMES.indexOf(name);
  const known = place === -1 ? DAEMON_NAMES.length : place;
  // One that goes down cleanly on SIGTERM was written to be a daemon.
  return known - (signals.includes('SIGTERM') ? DAEMON_NAMES.length + 1 : 0);
}

function program(service: ServiceFact): Program {
  return { binary: service.binary, args: service.args, service };
}

/** The daemon: the likeliest long-running program, else the first binary. */
export function findDaemon(facts: RepoFacts): Program | undefined {
  for (const wanted of ['daemon', 'worker'] as const) {
    const [best] = facts.services.filter(({ kind }) => kind === wanted).sort((a, b) => rank(a) - rank(b));
    if (best) return program(best);
  }
  const [binary] = facts.binaries;
  return binary && { binary: binary.bin, args: [] };
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

export function findTui(facts: RepoFacts): ServiceFact | undefined {
  return facts.services.find(({ kind }) => kind === 'tui');
}

/** Environment or config keys that hold a PostgreSQL URL; one that is written in the code cannot be told another. */
export function postgresKeys(facts: RepoFacts): readonly string[] {
  return facts.databases
    .filter(({ kind }) => kind === 'postgres')
    .flatMap(({ via }) => ('env' in via ? [via.env] : 'configKey' in via ? [via.configKey] : []));
}
