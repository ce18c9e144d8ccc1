import type { Session } from '../session.ts';

function namesOf({ journal }: Session): readonly string[] {
  return journal.now.secrets.map(({ name }) => name);
}

/** The new values are kept as pending: from here on a crash does not lose them. */
export function stage({ journal, store, values }: Session): Promise<void> {
  const ends = journal.now.secrets.flatMap(({ name, expires }) =>
    expires === undefined ? [] : [[name, expires] as const],
  );
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
