import type { RepoFacts } from '../../detect/facts.ts';
import { contractOf } from '../contract.ts';
import type { Stack } from '../schema.ts';

/**
 * The services with the plain settings that each gives up without and that only a person can give. What the stack gives
 * by itself, such as the address of a database, is not among them.
 */
export function withRequired(facts: RepoFacts, stack: Stack): Stack['services'] {
  const contract = contractOf(facts, stack);
  return Object.fromEntries(
    Object.entries(stack.services).map(([name, service]) => {
      const lines = contract.find((each) => each.service === name)?.variables ?? [];
      const required = lines.filter(({ state, secret }) => state === 'missing' && !secret).map((line) => line.name);
      return [name, required.length === 0 ? service : { ...service, required }];
    }),
  );
}
