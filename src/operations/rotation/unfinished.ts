import { itemsOf } from './do/manual.ts';
import { disk, type Journal, readJournal } from './journal.ts';
import { manualNames } from './plan.ts';
import type { Unfinished } from './types.ts';

/** The rotation that an earlier run left unfinished; undefined: none. Opens no store. @throws SetupError where its journal is damaged. */
export async function readUnfinished(journal: string): Promise<Unfinished | undefined> {
  const found = await readJournal(journal, disk);
  return found && unfinishedOf(found);
}

/** What a journal says to a person. */
export function unfinishedOf(journal: Journal): Unfinished {
  const { secrets, since, direction, noReturn, at } = journal;
  return {
    names: secrets.map(({ name }) => name),
    since,
    direction,
    forwardOnly: noReturn,
    manual: leftIn(journal),
    at: at ?? 'before its first step',
  };
}

function leftIn(journal: Journal): readonly string[] {
  const { direction, begun, done } = journal;
  if (direction === 'undo') return [];
  const seen =
    direction === 'waiting' && !done.includes('seen') ? itemsOf(journal, journal.unproven ?? [], 'seen') : [];
  // An old value is not ended before the new one is proven.
  const isProven = direction === 'waiting' || begun.includes('promote');
  const [before = [], after = []] = (['before', 'after'] as const).map((when) =>
    done.includes(when) || (when === 'after' && !isProven) ? [] : itemsOf(journal, manualNames(journal, when), when),
  );
  return [...before, ...seen, ...after];
}
