import { cpus, totalmem } from 'node:os';
import { engineHost } from '../engine/check.ts';
import { SetupError } from '../errors.ts';
import type { Runner } from '../system/run.ts';
import { listedContainers, portsOf } from './containers.ts';
import { LOOK_MS, withDeadline } from './deadline.ts';
import type { HostFacts, PortHolder, Sought } from './facts.ts';
import { portHolders } from './ports.ts';
import { freeBytesIn } from './room.ts';
import { type Here, observeSystem } from './system.ts';

/** How many ports after a wanted one are looked at for a free one. */
const NEIGHBOURS = 20;

type Machine = Pick<HostFacts, 'cpus' | 'memoryBytes' | 'engineProblem'> & {
  readonly remote: boolean;
  readonly root?: string;
};

async function machine(runner: Pick<Runner, 'run'>): Promise<Machine> {
  try {
    return await engineHost(runner);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { cpus: cpus().length, memoryBytes: totalmem(), remote: false, engineProblem: error.message };
  }
}

/** Programs of this machine; its ports say nothing about an engine on another one. */
async function programs(wanted: readonly number[], remote: boolean): Promise<readonly PortHolder[]> {
  if (remote) return [];
  const near = wanted.flatMap((port) => Array.from({ length: NEIGHBOURS }, (_, index) => port + index));
  return [...(await portHolders([...new Set(near)]))].map(([port, who]) => ({ port, who }));
}

/** What the repository makes worth looking for; known when it has been read. */
export interface Wanted {
  readonly ports: readonly number[];
  readonly system: Sought;
}

/** Where a look takes long. */
export interface Slow {
  /** How long the engine may take to answer; 8 seconds. */
  readonly patienceMs?: number;
  /** Called with what is waited for, and with what that came to, in a sentence each. */
  readonly tell?: (text: string) => void;
}

/**
 * Looks once at the machine of the engine, and at this one for what belongs to the repository; changes nothing. An
 * engine that accepts calls and does not answer is none, after a while.
 */
export async function observeHost(
  asked: Pick<Runner, 'run'>,
  wanted: Promise<Wanted>,
  probeKeychain: () => Promise<HostFacts['keychain']>,
  here: Here,
  { patienceMs = LOOK_MS, tell = () => undefined }: Slow = {},
): Promise<HostFacts> {
  const { runner, problem } = withDeadline(asked, patienceMs, () =>
    tell(`Waiting for the Docker engine to answer, ${Math.ceil(patienceMs / 1000)} s at most.`),
  );
  const listed = listedContainers(runner);
  const [{ remote, root, ...found }, keychain, rows, ports, system] = await Promise.all([
    machine(runner),
    probeKeychain(),
    listed,
    wanted.then((each) => each.ports),
    observeSystem(
      runner,
      wanted.then((each) => each.system),
      here,
      listed,
    ),
  ]);
  const unanswered = problem()?.message;
  // Half an answer is none: without its list of containers nobody knows what runs.
  const trouble = unanswered === undefined ? {} : { engineProblem: found.engineProblem ?? unanswered };
  if (unanswered !== undefined) tell(`${unanswered} Going on without it; what runs there is not known.`);
  const containers = portsOf(rows);
  const published = new Set(containers.map(({ port }) => port));
  const local = (await programs(ports, remote)).filter(({ port }) => !published.has(port));
  const where = remote ? ({ remote } as const) : {};
  const freeBytes = remote ? undefined : await freeBytesIn(root);
  const room = freeBytes === undefined ? {} : { freeBytes };
  return { ...found, ...trouble, ...where, ...room, keychain, holders: [...containers, ...local], system };
}
