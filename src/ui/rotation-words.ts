import { expiryWords } from '../events/expiry.ts';
import type { Entering, RotationPlan, RotationRow, RotationState } from '../flow/rotation/types.ts';

const DAY = 86_400_000;

/** Over the list, on every face. */
export const WHICH = 'Which secrets get a new value?';

/** Beside it, where the chosen values are in the wrong hands. */
export const LEAKED = 'The old values are leaked.';

/** What `--compromised` means. */
export const COMPROMISED =
  'The old values are in the wrong hands: they are never put back, and if something fails, what reads them stays stopped until it is mended.';

/** Said where a person leaves before anything was done. */
export const NOTHING_CHANGED = 'Nothing was changed.';

/** `set 82 days ago`. */
export function setWords({ set }: Pick<RotationRow, 'set'>, now: number): string {
  if (set === undefined) return 'set at an unknown time';
  const days = Math.floor((now - Date.parse(set)) / DAY);
  if (days < 1) return 'set today';
  return days === 1 ? 'set yesterday' : `set ${days} days ago`;
}

/** `expires in 47h59m`; empty where the end is not known. */
export function endWords({ expires, atLatest }: Pick<RotationRow, 'expires' | 'atLatest'>, now: number): string {
  return expires === undefined ? '' : expiryWords(expires, now, atLatest);
}

/** Whether the old value can come back. */
export function backWords({ back }: Pick<RotationRow, 'back'>): string {
  switch (back) {
    case 'always':
      return 'The old value comes back if something fails.';
    case 'until-revoked':
      return 'The old value comes back if something fails, until you revoke it.';
    case 'never':
      return 'The old value never comes back once the new one works.';
  }
}

/** Everything about a row that the list itself has no room for, a sentence each. */
export function rowDetails(row: RotationRow, now: number, compromised: boolean): readonly string[] {
  const end = endWords(row, now);
  const when = [setWords(row, now), ...(end === '' ? [] : [end])].join(', ');
  const readers = row.readers.length === 0 ? 'nobody reads it' : `read by ${row.readers.join(', ')}`;
  return [
    `${capital(row.about)}.`,
    `${capital(when)}, ${readers}. ${row.source === 'made' ? 'The new value is made here.' : 'You enter the new value.'}`,
    ...(compromised ? [] : [backWords(row)]),
  ];
}

/** What to know before a value is entered. */
export function enteringDetails({ name, about, from, scope, several }: Entering): readonly string[] {
  return [
    `${capital(about)}.`,
    `From: ${from}`,
    ...(scope === undefined ? [] : [`Choose: ${scope}`]),
    ...(several
      ? [`It has several lines: paste all of it at once, or leave and give its file with --from-file ${name}=FILE`]
      : []),
  ];
}

/** `New value of NAME (1 of 2)`. */
export function enteringTitle({ name, at, of }: Entering): string {
  return of === 1 ? `New value of ${name}` : `New value of ${name} (${at} of ${of})`;
}

/** A part of a plan: a title and its lines. */
export interface PlanPart {
  readonly title: string;
  readonly lines: readonly string[];
  /** How the lines are marked. */
  readonly kind: 'steps' | 'words' | 'warnings' | 'items';
}

/** A plan in the order in which a person decides by it. */
export function planParts(plan: RotationPlan): readonly PlanPart[] {
  const part = (title: string, lines: readonly string[], kind: PlanPart['kind'] = 'words'): readonly PlanPart[] =>
    lines.length === 0 ? [] : [{ title, lines, kind }];
  return [
    // Steps come behind: where not all of it fits, what cannot be undone and who is interrupted has to be seen.
    ...part('Before you agree', plan.warnings, 'warnings'),
    ...part('Interruption', [
      plan.interruption,
      ...(plan.untouched.length === 0 ? [] : [`Not restarted: ${plan.untouched.join(', ')}.`]),
    ]),
    ...part('For you to do on the way, with its readers stopped', plan.before, 'items'),
    ...part(
      'Steps',
      plan.steps.map(({ title, cause }) => `${title} (${cause})`),
      'steps',
    ),
    ...part('For you to do afterwards', plan.after, 'items'),
  ];
}

/** A plan in lines, as it is printed. */
export function planLines(plan: RotationPlan): readonly string[] {
  return planParts(plan).flatMap(({ title, lines, kind }) => [
    `${title}:`,
    ...lines.map((line, index) => `  ${kind === 'steps' ? `${index + 1}. ` : ''}${line}`),
  ]);
}

/** The question under a plan. */
export function agreeWords({ word, name }: Pick<RotationState, 'word' | 'name'>): string {
  return word === undefined ? `Rotate now in ${name}?` : `Type ${word} to rotate now in ${name}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1).replace(/\.$/, '');
}
