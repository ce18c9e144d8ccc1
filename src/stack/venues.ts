import { credentialFor, providers } from '../catalog/credentials/index.ts';
import type { RepoFacts } from '../detect/facts.ts';

/** Settings by which a program is told which venue it trades at. */
const TELLS_VENUE: readonly string[] = ['BROKER', 'EXCHANGE', 'VENUE'];

/** Providers at whom orders are placed; a node or a database is none. */
const VENUES: readonly string[] = providers
  .filter(({ credentials }) => credentials.some(({ trades }) => trades))
  .map(({ id }) => id);

/** The venues that the name of an instance tells of: `alpaca-live` of `alpaca`. */
export function venuesIn(instance: string): readonly string[] {
  return VENUES.filter((venue) => instance.includes(venue));
}

/**
 * The venue that a credential is for; undefined: for none that is known.
 * @param said as for `credentialFor`.
 */
export function venueOf(secret: string, said: string): string | undefined {
  const id = credentialFor(secret, said)?.provider.id;
  return id !== undefined && VENUES.includes(id) ? id : undefined;
}

/** Whether a credential of a venue is for an instance; `venues` are all that the program has credentials of. */
export function isForInstance(
  venue: string,
  instance: string,
  { names, venues }: { readonly names: readonly string[]; readonly venues: readonly string[] },
): boolean {
  const own = venuesIn(instance);
  if (own.length > 0) return own.includes(venue);
  const isTaken = (each: string) => names.some((name) => name.includes(each));
  // Where each has an instance that is called like it, nobody can tell at which of them this one trades.
  return !isTaken(venue) || venues.every(isTaken);
}

/** Whether a setting tells a program its venue. */
export function tellsVenue(variable: string): boolean {
  return TELLS_VENUE.includes(variable);
}

/** What an instance is told of its venue, where its program reads it and its name says it; nothing is guessed. */
export function toldVenue({ env }: RepoFacts, binary: unknown, instance: string): Readonly<Record<string, string>> {
  const [venue, ...others] = venuesIn(instance);
  if (venue === undefined || others.length > 0 || typeof binary !== 'string') return {};
  const read = env.filter(({ name, dead, readBy }) => tellsVenue(name) && !dead && readBy.includes(binary));
  return Object.fromEntries(read.map(({ name }) => [name, venue]));
}
