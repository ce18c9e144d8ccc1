import type { FileChange } from '../flow/types.ts';

/** What an action means where no change says more. */
const NOTES: Partial<Record<FileChange['action'], string>> = {
  kept: 'your edit stays',
  merged: 'your edits, and what is new',
};

/** One change with its difference; of a conflict also what can be decided. */
function linesOf({ path, action, diff, note = NOTES[action], choices = [] }: FileChange): readonly string[] {
  return [
    `${action}: ${path}${note === undefined ? '' : ` (${note})`}`,
    ...choices.map(({ value, means }) => `  --on-conflict ${path}=${value}: ${means}`),
    ...(diff === '' ? [] : [diff]),
  ];
}

/** What a write would do, to be read from top to bottom; what stays as it is in one line at the end. */
export function changesText(changes: readonly FileChange[]): string {
  const same = changes.filter(({ action }) => action === 'unchanged').map(({ path }) => path);
  const lines = changes.filter(({ action }) => action !== 'unchanged').flatMap(linesOf);
  return [...lines, ...(same.length === 0 ? [] : [`unchanged: ${same.join(', ')}`])].join('\n');
}
