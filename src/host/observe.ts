import { cpus, totalmem } from 'node:os';
import { checkEngine, type EngineFacts } from '../engine/check.ts';
import { SetupError } from '../errors.ts';
import type { Runner } from '../system/run.ts';
import { publishedPorts } from './containers.ts';
import type { HostFacts, PortHolder } from './facts.ts';
import { portHolders } from './ports.ts';

/** How many ports after a wanted one are looked at for a free one. */
const NEIGHBOURS = 20;

async function engine(runner: Runner): Promise<EngineFacts | SetupError> {
  try {
    return await checkEngine(runner);
  } catch (error) {
    if (error instanceof SetupError) return error;
    throw error;
  }
}

async function holders(runner: Runner, wanted: readonly number[], remote: boolean): Promise<readonly PortHolder[]> {
  const near = wanted.flatMap((port) => Array.from({ length: NEIGHBOURS }, (_, index) => port + index));
  const containers = await publishedPorts(runner);
  // The ports of this machine say nothing about an engine on another one.
  const local = remote ? new Map<number, string>() : await portHolders([...new Set(near)]);
  const published = new Set(containers.map(({ port }) => port));
  const programs = [...local].filter(([port]) => !published.has(port)).map(([port, who]) => ({ port, who }));
  return [...containers, ...programs];
}

/** Looks once at the machine of the engine; nothing of it is changed. */
export async function observeHost(
  runner: Runner,
  wantedPorts: Promise<readonly number[]>,
  probeKeychain: () => Promise<HostFacts['keychain']>,
): Promise<HostFacts> {
  const [found, keychain, wanted] = await Promise.all([engine(runner), probeKeychain(), wantedPorts]);
  if (found instanceof SetupError) {
    const here = { cpus: cpus().length, memoryBytes: totalmem() };
    return { ...here, engineProblem: found.message, keychain, holders: await holders(runner, wanted, false) };
  }
  const { remote } = found;
  return { cpus: found.cpus, memoryBytes: found.memoryBytes, keychain, holders: await holders(runner, wanted, remote) };
}
