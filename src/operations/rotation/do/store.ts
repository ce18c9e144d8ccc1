import type { Journal } from '../journal.ts';
import type { Session } from '../session.ts';

function namesOf({ journal }: Session): readonly string[] {
  return journal.now.secrets.map(({ name }) => name);
}

/** When new values end, as their providers say: it is kept with them. */
export async function learnEnds(session: Session, ends: ReadonlyMap<string, string>): Promise<void> {
  const { journal } = session;
  const { secrets, begun } = journal.now;
  const changed = secrets.map((secret) => ({ ...secret, ...expiresOf(ends.get(secret.name) ?? secret.expires) }));
  if (begun.includes('promote') || changed.every(({ expires }, nth) => expires === secrets[nth]?.expires)) return;
  if (begun.includes('stage')) await stage(session, changed);
  await journal.change({ secrets: changed });
}

function expiresOf(expires: string | undefined) {
  return expires === undefined ? {} : { expires };
}

/** The new values are kept as pending: from here on a crash does not lose them. */
export function stage({ store, values }: Session, secrets: Journal['secrets']): Promise<void> {
  const ends = secrets.flatMap(({ name, expires }) => (expires === undefined ? [] : [[name, expires] as const]));
  return store.stage(values.new, new Map(ends));
}

/** The new values become the current ones. */
export function promote(session: Session): Promise<void> {
  return session.store.promote(namesOf(session));
}

/** The new values are forgotten. */
export function discard(session: Session): Promise<void> {
  return session.store.discard(namesOf(session));
}

/** The old values are forgotten. */
export function confirm(session: Session): Promise<void> {
  return session.store.confirm(namesOf(session));
}
