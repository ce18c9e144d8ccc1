import type { PortHolder } from '../host/facts.ts';
import { valueAt } from '../stack/overlay.ts';
import { isPortPath, portPaths, type World } from './checks.ts';
import type { SetupInput } from './layers.ts';

/** How many ports after a wanted one are looked at, so that a free one can be named. */
const NEIGHBOURS = 20;

/** Looks at ports that nobody had in mind when the machine was looked at. */
export interface Lookout {
  /** Those that a stack, or a part of one, has. */
  at(stack: unknown): Promise<void>;
  /** One that is being typed. */
  near(path: string, text: string): Promise<void>;
}

/**
 * A lookout over a world that others may change meanwhile.
 * @param take is called with everything seen so far; never where nothing new was seen.
 */
export function createLookout(
  look: () => SetupInput['look'],
  world: () => World,
  take: (later: World['later']) => void,
): Lookout {
  const seen = new Set<number>();
  const atPorts = async (ports: readonly number[]): Promise<void> => {
    const eyes = look();
    const fresh = ports.filter((port) => Number.isInteger(port) && port > 0 && port < 65_536 && !seen.has(port));
    if (!eyes || fresh.length === 0 || world().host.pending) return;
    for (const port of fresh) seen.add(port);
    const near = fresh.flatMap((port) => Array.from({ length: NEIGHBOURS }, (_, index) => port + index));
    // A look that fails has seen nothing; it is no reason to stop anybody.
    const found = await eyes([...new Set(near)]).catch(() => new Map<number, string>());
    if (found.size > 0) take(addedTo(world(), found));
  };
  return {
    at: (stack) => atPorts(portPaths(stack).map((path) => Number(valueAt(stack, path)))),
    near: (path, text) => (isPortPath(path) ? atPorts([Number(text.trim())]) : atPorts([])),
  };
}

/** What is told of a port by its container's name is not told again by its proxy. */
function addedTo({ host, later }: World, found: ReadonlyMap<number, string>): World['later'] {
  const fresh = [...found].filter(([port]) => !host.holders.some((holder) => holder.port === port));
  return new Map<number, PortHolder | undefined>([
    ...later,
    ...fresh.map(([port, who]) => [port, { port, who }] as const),
  ]);
}
