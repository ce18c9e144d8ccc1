import type { RepoFacts } from '../../detect/facts.ts';
import type { Origin } from '../../flow/types.ts';
import type { HostFacts, PortHolder } from '../../host/facts.ts';
import { TUI_PORT } from '../names.ts';
import { detected, fallback, fromHost } from '../origin.ts';
import { type Overlay, valueAt } from '../overlay.ts';
import type { Stack } from '../schema.ts';

/** Routes that change something. */
const ACTING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** The API can start or stop trading and does not ask who is calling. */
export function needsLogin(facts: RepoFacts): boolean {
  return !facts.apiLogin && facts.routes.some(({ method, mounted }) => mounted && ACTING.has(method));
}

function heldBy(holders: readonly PortHolder[], port: number): PortHolder | undefined {
  return holders.find((holder) => holder.port === port);
}

/** The port itself or the next one after it that nobody holds and that is not among `taken`. */
export function nextFree(holders: readonly PortHolder[], wanted: number, taken: readonly number[]): number {
  let port = wanted;
  while (heldBy(holders, port) || taken.includes(port)) port += 1;
  return port;
}

/** The wanted port, or the next free one with who holds the wanted one. */
function freePort({ holders }: HostFacts, wanted: number, taken: readonly number[], otherwise: Origin) {
  const port = nextFree(holders, wanted, taken);
  if (port === wanted) return { port, origin: otherwise };
  const holder = heldBy(holders, wanted);
  return { port, origin: fromHost(`${wanted} is used by ${holder?.who ?? 'another service of this stack'}`) };
}

/** Ports on the host that somebody has decided: what is chosen here keeps away from them. */
export interface DecidedPorts {
  readonly api?: number;
  readonly tui?: number;
}

/** The ports that an overlay decides. */
export function decidedPorts(decided: Overlay): DecidedPorts {
  const [api, tui] = [valueAt(decided, 'ports.api.host'), valueAt(decided, 'ports.tui')];
  return { ...(typeof api === 'number' ? { api } : {}), ...(typeof tui === 'number' ? { tui } : {}) };
}

export interface DesignedPorts {
  readonly ports: Stack['ports'];
  readonly origins: readonly (readonly [path: string, Origin])[];
}

export function designPorts(
  facts: RepoFacts,
  host: HostFacts,
  daemon: string,
  hasTui: boolean,
  decided: DecidedPorts = {},
): DesignedPorts {
  const [listening] = facts.ports;
  // Moved away from a decided port only where it moves anyway: otherwise the two are said to be the same.
  const given = decided.tui === undefined || decided.tui === listening?.port ? [] : [decided.tui];
  const api = listening && freePort(host, listening.port, given, detected(listening.evidence));
  const other = decided.api ?? api?.port;
  const tui = hasTui
    ? freePort(host, TUI_PORT, other === undefined ? [] : [other], fallback('usual port of ttyd'))
    : undefined;
  return {
    ports: {
      bind: '127.0.0.1',
      api:
        listening && api
          ? { service: daemon, container: listening.port, host: api.port, via: needsLogin(facts) ? 'gate' : 'direct' }
          : null,
      tui: tui?.port ?? null,
    },
    origins: [
      ['ports.bind', fallback('only this machine')],
      ...(api ? [['ports.api.host', api.origin] as const] : []),
      ...(tui ? [['ports.tui', tui.origin] as const] : []),
    ],
  };
}
