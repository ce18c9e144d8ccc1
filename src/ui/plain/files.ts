import type { ConflictChoice, FileChange, SetupStore } from '../../flow/types.ts';
import { DECISIONS, isUndecided } from '../conflict-words.ts';
import { fileText } from './review-text.ts';
import type { Talk } from './talk.ts';

/** Files about which nobody has decided. */
export function undecided(files: readonly FileChange[]): readonly FileChange[] {
  return files.filter(isUndecided);
}

/** Asks about a file that is there already; what would change in it is shown to whoever wants to see it. */
export async function decide(
  { path, note, diff, choices = [] }: FileChange,
  store: SetupStore,
  talk: Talk,
): Promise<void> {
  const why = note === undefined ? '' : `: ${note}`;
  for (;;) {
    const decided = await talk.ask.choice<ConflictChoice | 'show' | 'later'>(
      `${path} is there already, and not as trading-setup would write it${why}.`,
      [
        ...choices.map(({ value, means }) => ({ value, name: `${DECISIONS[value]}: ${means}` })),
        { value: 'show', name: 'Show the difference' },
        { value: 'later', name: 'Decide later' },
      ],
    );
    if (decided === 'later') return;
    if (decided !== 'show') return store.decide(path, decided);
    talk.show(diff);
  }
}

/** One file after the other: its difference, and of a conflict what becomes of it. */
export async function lookAtFiles(store: SetupStore, talk: Talk): Promise<void> {
  for (;;) {
    const { files } = store.getState();
    const changed = files.filter(({ action }) => action !== 'unchanged');
    if (changed.length === 0) return talk.tell('Nothing changes in any file.');
    const file = await talk.ask.choice<FileChange | undefined>('Which file?', [
      ...changed.map((one) => ({ value: one, name: fileText(one) })),
      { value: undefined, name: 'Back' },
    ]);
    if (!file) return;
    if (file.action === 'conflict') await decide(file, store, talk);
    else talk.show(file.diff === '' ? `No line of ${file.path} changes.` : file.diff);
  }
}
