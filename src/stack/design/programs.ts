import type { RepoFacts, SubcommandFact } from '../../detect/facts.ts';

/** Names under which a daemon that trades is usually started, the likeliest first. */
const DAEMON_NAMES = ['run', 'daemon', 'start', 'trade', 'live', 'serve', 'server'];

/** A program to run as a service; `subcommand` is absent where the binary takes none. */
export interface Program {
  readonly binary: string;
  readonly args: readonly string[];
  readonly subcommand?: SubcommandFact;
}

function rank(subcommand: SubcommandFact): number {
  const place = DAEMON_NAMES.indexOf(subcommand.name);
  const known = place === -1 ? DAEMON_NAMES.length : place;
  // One that goes down cleanly on SIGTERM was written to be a daemon.
  return known - (subcommand.signals.includes('SIGTERM') ? DAEMON_NAMES.length + 1 : 0);
}

function program(subcommand: SubcommandFact): Program {
  return { binary: subcommand.binary, args: [subcommand.name], subcommand };
}

/** The daemon: a long-running subcommand, else the first binary. */
export function findDaemon(facts: RepoFacts): Program | undefined {
  const daemons = facts.subcommands.filter(({ kind }) => kind === 'daemon');
  const [best] = [...daemons].sort((a, b) => rank(a) - rank(b));
  if (best) return program(best);
  const [worker] = facts.subcommands.filter(({ kind }) => kind === 'worker');
  if (worker) return program(worker);
  const [binary] = facts.binaries;
  return binary && { binary: binary.bin, args: [] };
}

function opensPostgres(facts: RepoFacts, subcommand: SubcommandFact): boolean {
  return postgresKeys(facts).some((key) => subcommand.databases.includes(key));
}

/**
 * Services beside the daemon. Only what works on the PostgreSQL database is proposed: a second program that trades
 * must be a person's decision.
 */
export function findWorkers(facts: RepoFacts, daemon: Program): readonly Program[] {
  return facts.subcommands
    .filter(({ kind, name }) => kind === 'worker' && name !== daemon.subcommand?.name)
    .filter((subcommand) => opensPostgres(facts, subcommand))
    .map(program);
}

export function findTui(facts: RepoFacts): SubcommandFact | undefined {
  return facts.subcommands.find(({ kind }) => kind === 'tui');
}

/** Environment or config keys that hold a PostgreSQL URL. */
export function postgresKeys(facts: RepoFacts): readonly string[] {
  return facts.databases
    .filter(({ kind }) => kind === 'postgres')
    .map(({ via }) => ('env' in via ? via.env : via.configKey));
}
