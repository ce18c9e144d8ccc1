import type { RepoFacts } from '../../detect/facts.ts';
import { SetupError } from '../../errors.ts';
import type { Origin } from '../../flow/types.ts';
import type { HostFacts } from '../../host/facts.ts';
import { DATABASE, GATE, MIGRATE, TUI } from '../names.ts';
import { detected, fallback, fromHost, type Origins } from '../origin.ts';
import { type Overlay, overlay } from '../overlay.ts';
import { SCHEMA_VERSION, type Stack } from '../schema.ts';
import { designAdoption } from './adopt.ts';
import { chooseRust, designBuild } from './build.ts';
import { designDatabase } from './database.ts';
import { chooseHealth } from './health.ts';
import { chooseMode } from './mode.ts';
import { decidedPorts, designPorts } from './ports.ts';
import { findDaemon, findTui, findWorkers, listensElsewhere, type Program } from './programs.ts';
import { withRequired } from './required.ts';
import { designCommands, designEntries } from './secrets.ts';
import { designDaemon, designWorker } from './services.ts';
import { strategyOrigins } from './strategy.ts';

/** The service name of the daemon. */
export const DAEMON = 'app';

export interface Design {
  readonly stack: unknown;
  readonly origins: Origins;
  readonly modeReason: string;
}

export interface DesignInput {
  readonly facts: RepoFacts;
  readonly host: HostFacts;
  /** What was already decided; it wins, and what depends on it follows. */
  readonly decided: Overlay;
  /** Six hexadecimal digits for a new stack id. */
  readonly suffix: string;
  readonly writtenBy: string;
  /** A person can be asked for a passphrase. */
  readonly interactive: boolean;
}

function noBinary(facts: RepoFacts): SetupError {
  return new SetupError('usage', `No Rust binary was found in ${facts.root}.`, {
    code: 'no-binary',
    next: [
      'Run trading-setup in the folder of a cargo workspace with a binary, or name it: --dir DIR',
      'To look at a working example: trading-setup try',
    ],
  });
}

/** The subcommand's name, unless a service of another kind has it. */
function workerName(program: Program): string {
  const name = program.args[0] ?? program.binary;
  return [DAEMON, DATABASE, MIGRATE, TUI, GATE].includes(name) ? `${name}-worker` : name;
}

function services(facts: RepoFacts, daemon: Program, database: Stack['database']): Stack['services'] {
  const workers = findWorkers(facts, daemon).map((program) => [workerName(program), program] as const);
  return {
    [DAEMON]: designDaemon(facts, daemon, database),
    ...Object.fromEntries(workers.map(([name, program]) => [name, designWorker(facts, program, database)])),
  };
}

function store({ host, interactive }: DesignInput): Pick<Stack['secrets'], 'store' | 'unlock'> {
  const unlock = interactive ? 'passphrase' : 'key-file';
  return { store: host.keychain.available ? 'keychain' : 'vault', unlock };
}

/** The stack that is proposed for a repository on a host, and where each of its values comes from. Pure. */
export function design(input: DesignInput): Design {
  const { facts, host, decided } = input;
  const daemon = findDaemon(facts);
  if (!daemon) throw noBinary(facts);
  const database = overlay(designDatabase(facts, host), decided.database ?? {}) as Stack['database']; // validated by the caller
  const tui = findTui(facts);
  const programs = services(facts, daemon, database);
  const access = tui
    ? { access: 'browser', binary: tui.binary, args: [...tui.args], environment: {} }
    : { access: 'none' };
  // What another program listens on is no port of this one.
  const heard = listensElsewhere(facts, daemon) ? { ...facts, ports: [] } : facts;
  const ports = designPorts(heard, host, DAEMON, tui !== undefined, decidedPorts(decided));
  // Also where nothing uses the login yet: one answer later something may.
  const gate = tui !== undefined || ports.ports.api !== null;
  const adoption = designAdoption(facts.root, host, { services: programs, database });
  const adopts = adoption.adopt !== undefined || decided.adopt !== undefined;
  const secrets = {
    ...store(input),
    gateUser: 'operator',
    entries: designEntries(facts, daemon, { database: database.kind !== 'none', gate, adopts }),
    ...designCommands(facts, DAEMON),
  };
  const { mode, reason } = chooseMode(facts, { services: programs, secrets });
  const stack = {
    version: SCHEMA_VERSION,
    writtenBy: input.writtenBy,
    id: `${facts.name}-${input.suffix}`,
    name: facts.name,
    mode,
    build: designBuild(facts, [...Object.values(programs).map(({ binary }) => binary), ...(tui ? [tui.binary] : [])]),
    services: programs,
    tui: access,
    database,
    ports: ports.ports,
    secrets,
    ...(adoption.adopt ? { adopt: adoption.adopt } : {}),
  };
  const from = origins(input, daemon, [...ports.origins, ...adoption.origins, ...strategyOrigins(facts, stack.build)]);
  // Its parts are those of a stack; what is decided is laid over it before anybody validates it.
  const asked = { ...stack, services: withRequired(facts, stack as Stack) };
  return { stack: overlay(asked, decided), origins: from, modeReason: reason };
}

function origins({ facts, host }: DesignInput, daemon: Program, more: readonly (readonly [string, Origin])[]): Origins {
  const tui = findTui(facts);
  const migration = facts.migrations.find(({ kind }) => kind !== 'embedded');
  const workers = findWorkers(facts, daemon);
  const binary = facts.binaries.find(({ bin }) => bin === daemon.binary);
  return new Map<string, Origin>([
    ...more,
    ['name', detected(binary?.evidence)],
    ['mode', detected(facts.endpoints[0]?.evidence)],
    [`services.${DAEMON}.args`, detected(daemon.service?.evidence ?? binary?.evidence)],
    [`services.${DAEMON}.health`, detected(chooseHealth(facts).evidence)],
    [`services.${DAEMON}.data`, detected(facts.databases.find(({ kind }) => kind === 'sqlite')?.evidence)],
    ...workers.map(
      (worker) =>
        [`services.${workerName(worker)}`, detected(worker.service?.evidence, 'works on the database')] as const,
    ),
    ['tui', tui ? detected(tui.evidence) : fallback('no terminal program found')],
    ['database.kind', detected(facts.databases.find(({ kind }) => kind === 'postgres')?.evidence)],
    ['database.name', detected(facts.databases.find(({ kind }) => kind === 'postgres')?.evidence)],
    ['database.migrations', migration ? detected(migration.evidence) : fallback('no SQL files found')],
    ['database.memory', fromHost('a quarter of the memory, 1 to 8 GB')],
    ['build.rustImage', chooseRust(facts).origin],
    ['build.locked', fallback(`Cargo.lock is ${facts.lockfile}`)],
    ['secrets.store', fromHost(host.keychain.why)],
    ['secrets.gateUser', fallback('any name')],
    ['account.onlyTrader', fallback('only a person knows')],
    ['ports.api.via', facts.apiLogin ? fallback('the API has a login of its own') : fallback('the API has no login')],
  ]);
}
