import type { RepoFacts } from '../../detect/facts.ts';
import type { Origin } from '../../flow/types.ts';
import type { HostFacts, PortHolder } from '../../host/facts.ts';
import { TUI_PORT } from '../names.ts';
import { detected, fallback, fromHost } from '../origin.ts';
import type { Stack } from '../schema.ts';

/** Routes that change something. */
const ACTING = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/** The API can start or stop trading and does not ask who is calling. */
export function needsLogin(facts: RepoFacts): boolean {
  return !facts.apiLogin && facts.routes.some(({ method, mounted }) => mounted && ACTING.has(method));
}

function heldBy(host: HostFacts, port: number): PortHolder | undefined {
  return host.holders.find((holder) => holder.port === port);
}

/** The wanted port, or the next free one with who holds the wanted one. */
function freePort(host: HostFacts, wanted: number, taken: readonly number[], otherwise: Origin) {
  let port = wanted;
  while (heldBy(host, port) || taken.includes(port)) port += 1;
  const holder = heldBy(host, wanted);
  if (port === wanted) return { port, origin: otherwise };
  return { port, origin: fromHost(`${wanted} is used by ${holder?.who ?? 'another service of this stack'}`) };
}

export interface DesignedPorts {
  readonly ports: Stack['ports'];
  readonly origins: readonly (readonly [path: string, Origin])[];
}

export function designPorts(facts: RepoFacts, host: HostFacts, daemon: string, hasTui: boolean): DesignedPorts {
  const [listening] = facts.ports;
  const api = listening && freePort(host, listening.port, [], detected(listening.evidence));
  const tui = hasTui ? freePort(host, TUI_PORT, api ? [api.port] : [], fallback('usual port of ttyd')) : undefined;
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
