import { observe } from '../../../engine/observe.ts';
import type { Proof } from '../do/prove.ts';
import { learnEnds } from '../do/store.ts';
import { readersOf } from '../plan.ts';
import { isWitness, type Session, valuesOf } from '../session.ts';
import type { Side } from '../types.ts';

/** What the provider of each new credential says when it is asked out of a container that uses it. */
export async function proveProviders(session: Session, side: Side): Promise<readonly Proof[]> {
  // Going back, the old value is what it was; a provider that is down must not keep anything from it.
  if (side === 'old') return [];
  const { bench, journal } = session;
  const values = valuesOf(session, 'new');
  const { containers } = await observe(bench.runner, bench.stack.id);
  const proofs: Proof[] = [];
  const ends = new Map<string, string>();
  for (const { name } of journal.now.secrets) {
    const readers = readersOf(bench.stack, [name]).filter((service) => isWitness(session, service));
    const reader = containers.find(({ service, state }) => readers.includes(service) && state === 'running');
    const verdict = reader && (await bench.check(name, values, { container: reader.id }));
    if (!verdict) continue;
    const { level, expires } = verdict;
    if (expires !== undefined) ends.set(name, expires);
    const text = `${name}, asked from ${reader.service}: ${verdict.text}`;
    // Nobody could be asked is no proof, and no reason to take back what works.
    proofs.push({ names: [name], text, good: level === 'unknown' ? undefined : level === 'good' });
  }
  await learnEnds(session, ends);
  return proofs;
}
