import type { Decide } from '../artifacts/plan.ts';
import { SetupError } from '../errors.ts';
import { nearestOf } from '../stack/known-keys.ts';
import type { ConflictChoice, FileAction } from './types.ts';

/** What flags say about conflicts: for every file, and for some. */
export interface OnConflict {
  readonly all?: 'keep' | 'replace';
  readonly paths: ReadonlyMap<string, ConflictChoice>;
}

const CHOICES: readonly string[] = ['keep', 'replace', 'merge'];

function isChoice(text: string): text is ConflictChoice {
  return CHOICES.includes(text);
}

/** Reads every `--on-conflict`: `keep` or `replace` for all, `PATH=keep|replace|merge` for one. @throws SetupError exit 2. */
export function parseOnConflict(texts: readonly string[]): OnConflict {
  let all: OnConflict['all'];
  const paths = new Map<string, ConflictChoice>();
  for (const text of texts) {
    const at = text.lastIndexOf('=');
    const choice = text.slice(at + 1);
    if (at > 0 && isChoice(choice)) paths.set(text.slice(0, at).replace(/^\.\//, ''), choice);
    else if (text === 'keep' || text === 'replace') all = text;
    else throw unreadable(text);
  }
  return { paths, ...(all === undefined ? {} : { all }) };
}

function unreadable(text: string): SetupError {
  const why =
    text === 'merge'
      ? 'merge is decided for each file'
      : `${text} is none of keep, replace, PATH=keep, PATH=replace and PATH=merge`;
  return new SetupError('usage', `--on-conflict: ${why}.`, {
    code: 'bad-on-conflict',
    next: ['For all: --on-conflict keep or replace. For one: --on-conflict PATH=keep, PATH=replace or PATH=merge'],
  });
}

/** Refuses a path that names no file of the stack: a slip of the hand would decide nothing. @throws SetupError exit 2. */
export function refuseStrangePaths(
  { paths }: OnConflict,
  files: readonly FileAction[],
  others: readonly string[],
): void {
  const known = [...files.map(({ path }) => path), ...others];
  const strange = [...paths.keys()].find((path) => !known.includes(path));
  if (strange === undefined) return;
  const meant = nearestOf(strange, known);
  throw new SetupError(
    'usage',
    `--on-conflict ${strange}: no such file of ours${meant === undefined ? '.' : `; did you mean ${meant}?`}`,
    {
      code: 'bad-on-conflict',
      next: ['See the files: trading-setup init --dry-run'],
    },
  );
}

/** What the flags decide; a decision for one file beats the one for all. */
export function decidedBy({ all, paths }: OnConflict): Decide {
  return (path) => paths.get(path) ?? all;
}

/** The flags that say the same. */
export function onConflictFlags(decided: ReadonlyMap<string, ConflictChoice>): string {
  return [...decided].map(([path, choice]) => ` --on-conflict ${path}=${choice}`).join('');
}
