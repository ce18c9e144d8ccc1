import type { Evidence, RepoFacts } from '../../detect/facts.ts';
import type { Health } from '../schema.ts';

/** How long a service without anything to ask must be up before it counts as healthy. */
const SECONDS_UP = 10;

export interface ChosenHealth {
  readonly health: Health;
  readonly evidence?: Evidence;
}

/** The strongest proof the daemon offers: a health route, any route that can be read, the port, or being up. */
export function chooseHealth(facts: RepoFacts): ChosenHealth {
  const port = facts.ports[0];
  if (!port) return { health: stayingUp() };
  const readable = facts.routes.filter(
    ({ method, mounted, path, health }) =>
      (method === 'GET' || (health && method === 'ANY')) && mounted && /^[\w/.-]+$/.test(path),
  );
  const plain = readable.filter(({ path }) => !/(^|\/)(ws|stream|events|metrics)(\/|$)/.test(path));
  const route = plain.find(({ health }) => health) ?? plain[0];
  if (!route) return { health: { kind: 'tcp', port: port.port }, evidence: port.evidence };
  return { health: { kind: 'http', port: port.port, path: route.path }, evidence: route.evidence };
}

export function stayingUp(): Health {
  return { kind: 'process', seconds: SECONDS_UP };
}
