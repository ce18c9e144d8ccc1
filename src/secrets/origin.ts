import { createHash } from 'node:crypto';
import { volumesOf } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import { secretConsumers } from './consumers.ts';

/** To be raised when `renderDeliveries` makes something else of the same values. */
const RENDERING = 1;

/**
 * What the content of each service's secret volume is made of, by service: its templates, and the keyed fingerprints of
 * the values in them. Equal ones have equal content, which can be told without any value.
 * @param prints of every value that there is, by name.
 */
export function origins(stack: Stack, prints: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const consumers = [...secretConsumers(stack)];
  const services = volumesOf(stack).flatMap(({ kind, service }) => (kind === 'secrets' ? [service] : []));
  return new Map(
    services.map((service) => {
      const names = consumers.flatMap(([name, readers]) => (readers.includes(service) ? [name] : [])).sort();
      const made = {
        rendering: RENDERING,
        service,
        templates: stack.services[service]?.secrets ?? {},
        gateUser: stack.secrets.gateUser,
        values: names.map((name) => [name, prints.get(name) ?? '']),
      };
      return [service, createHash('sha256').update(JSON.stringify(made)).digest('hex')] as const;
    }),
  );
}
