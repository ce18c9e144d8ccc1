import type { ReviewLine, ReviewSection, SetupState } from '../../../flow/types.ts';

/** What somebody who agreed to one state has not seen of another, a few words each; empty where it is the same. */
export function unseen(before: SetupState, now: SetupState): readonly string[] {
  const old = new Map(linesOf(before).map((line) => [line.path, line]));
  const fresh = linesOf(now);
  const paths = new Set(fresh.map(({ path }) => path));
  const noted = new Set(before.sections.flatMap(graveOf));
  return [
    ...(before.mode === now.mode && before.proven === now.proven ? [] : [`the mode is ${modeWords(now)}`]),
    ...fresh.flatMap((line) => changeIn(old.get(line.path), line)),
    ...[...old.values()].filter(({ path }) => !paths.has(path)).map(({ title }) => `${title} is gone`),
    ...now.sections.flatMap(graveOf).filter((note) => !noted.has(note)),
  ];
}

/** The same as one line: what to look at, and what to do then. */
export function unseenWords([first = '', ...more]: readonly string[]): string {
  const others = more.length === 0 ? '' : ` (and ${more.length} more)`;
  return `Not written yet, press w again: ${first.replace(/\.$/, '')}${others}.`;
}

function changeIn(before: ReviewLine | undefined, now: ReviewLine): readonly string[] {
  if (!before) return [`${now.title} is new here: ${now.value || 'it needs an answer'}`];
  if (before.value !== now.value)
    return [`${now.title} is ${now.value || 'without a value'} now, was ${before.value || 'without one'}`];
  if (before.state !== now.state && now.state !== 'answered')
    return [`${now.title} ${now.state === 'open' ? 'needs an answer' : (now.problem ?? 'does not go')}`];
  const isBad = now.check?.level === 'bad' && now.check.text !== before.check?.text;
  return isBad ? [`${now.title} ${now.value}: ${now.check?.text ?? ''}`] : [];
}

function linesOf({ sections }: SetupState): readonly ReviewLine[] {
  return sections.flatMap(({ lines }) => lines);
}

function graveOf({ notes, grave = notes.length }: ReviewSection): readonly string[] {
  return notes.slice(0, grave);
}

function modeWords({ mode, proven }: SetupState): string {
  return mode === 'paper' ? 'PAPER' : proven ? 'LIVE' : 'LIVE?';
}
