import type { ReviewSection } from '../../../flow/types.ts';
import { cut, wrap } from '../../words.ts';
import { MARK } from './columns.ts';
import type { Ground, Row } from './rows.ts';

/** A note takes no more lines than this in a pane; the help has it whole. */
const MOST_LINES = 2;
/** A wall of notes is read by nobody: so many, and more only where there is much room. */
const MOST_NOTES = 5;
/** What the lines of a section usually take. */
const LINES = 24;

/** The notes under the lines of a section: warnings first, in colour only their sign. */
export function noteRows({ notes, grave = notes.length }: ReviewSection, ground: Ground): readonly Row[] {
  if (notes.length === 0) return [];
  const shown = notes.slice(0, Math.max(MOST_NOTES, Math.floor((ground.lines - LINES) / MOST_LINES)));
  const isShort = shown.some((note) => wrap(note, ground.columns - MARK).length > MOST_LINES);
  const left = notes.length - shown.length;
  const rest = left > 0 ? `${left} more: ? shows them` : isShort ? '? shows all of it' : '';
  return [
    { kind: 'blank' },
    ...shown.flatMap((note, index) => noteLines(note, index < grave, ground)),
    ...(rest === '' ? [] : [{ kind: 'text', tone: 'dim', text: `  ${rest}` } as const]),
  ];
}

function noteLines(note: string, isGrave: boolean, { columns, glyphs }: Ground): readonly Row[] {
  const lines = wrap(note, columns - MARK);
  const shown = lines.slice(0, MOST_LINES);
  const last = shown.length - 1;
  const isCut = lines.length > MOST_LINES;
  return shown.map((line, index) => ({
    kind: 'note',
    sign: index > 0 ? ' ' : isGrave ? glyphs.open : glyphs.dot,
    tone: isGrave ? 'plain' : 'dim',
    text: isCut && index === last ? cut(`${line} ${lines[MOST_LINES] ?? ''}`, columns - MARK, glyphs.more) : line,
  }));
}
