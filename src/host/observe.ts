import { cpus, totalmem } from 'node:os';
import { engineHost } from '../engine/check.ts';
import { SetupError } from '../errors.ts';
import type { Runner } from '../system/run.ts';
import { publishedPorts } from './containers.ts';
import type { HostFacts, PortHolder } from './facts.ts';
import { portHolders } from './ports.ts';

/** How many ports after a wanted one are looked at for a free one. */
const NEIGHBOURS = 20;

type Machine = Pick<HostFacts, 'cpus' | 'memoryBytes' | 'engineProblem'> & { readonly remote: boolean };

async function machine(runner: Runner): Promise<Machine> {
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

/** Looks once at the machine of the engine; nothing of it is changed. */
export async function observeHost(
  runner: Runner,
  wantedPorts: Promise<readonly number[]>,
  probeKeychain: () => Promise<HostFacts['keychain']>,
): Promise<HostFacts> {
  const [{ remote, ...found }, keychain, containers, wanted] = await Promise.all([
    machine(runner),
    probeKeychain(),
    publishedPorts(runner),
    wantedPorts,
  ]);
  const published = new Set(containers.map(({ port }) => port));
  const local = (await programs(wanted, remote)).filter(({ port }) => !published.has(port));
  return { ...found, keychain, holders: [...containers, ...local] };
}
