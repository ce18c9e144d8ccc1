import type { ConflictChoice, FileChange } from '../flow/types.ts';

/** The decisions about a file that is there already, as every face calls them. */
export const DECISIONS: Readonly<Record<ConflictChoice, string>> = {
  keep: 'Keep',
  replace: 'Replace',
  merge: 'Merge',
};

/** Whether a file waits for a decision. */
export function isUndecided({ action, decided, choices = [] }: FileChange): boolean {
  return action === 'conflict' && decided === undefined && choices.length > 0;
}
