import type { RepoFacts } from '../detect/facts.ts';
import type { Endpoint } from '../questions/endpoints.ts';
import type { Stack } from '../stack/schema.ts';

/** Variables that hold an address of a venue, by their name. */
const NAMED = /(?:^|_)(?:URL|URI|ENDPOINT|RPC|WSS?)(?:_|$)/;
const NO_VENUE = /DATABASE|(?:^|_)DB(?:_|$)|POSTGRES|REDIS|SQLITE/;
const ADDRESS = /^(?:https?|wss?):\/\//;

/** Addresses that services of a stack can be given, or are given. */
export function endpointsOf(facts: RepoFacts, stack: Stack): readonly Endpoint[] {
  return Object.entries(stack.services).flatMap(([service, { binary, args, environment, secrets }]) => {
    const readers = facts.services
      .filter((one) => one.binary === binary && one.args.every((arg, at) => args[at] === arg))
      .map(({ name }) => name);
    const read = facts.env.filter(
      ({ name, dead, default: url = 'https://', services }) =>
        !dead &&
        NAMED.test(name) &&
        !NO_VENUE.test(name) &&
        ADDRESS.test(url) &&
        !(name in stack.secrets.entries) &&
        !(name in secrets) &&
        // Without services that were told apart the program is the whole binary.
        (readers.length === 0 || services.some((each) => readers.includes(each))),
    );
    const told = Object.keys(environment).filter(
      (name) => ADDRESS.test(environment[name] ?? '') && !read.some((each) => each.name === name),
    );
    return [
      ...read.map(({ name, default: url }) => ({ service, name, ...(url === undefined ? {} : { url }) })),
      ...told.map((name) => ({ service, name })),
    ];
  });
}
