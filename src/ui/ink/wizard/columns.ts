import type { ReviewLine } from '../../../flow/types.ts';
import { cut, cutStart, filled, width } from '../../words.ts';

/** What a line says, in the order of its columns. */
export interface Cells {
  readonly title: string;
  readonly value: string;
  readonly check: string;
  /** At the right edge: where the value comes from, or what would do instead. */
  readonly right: string;
}

/** How many columns a section gives to titles, values and checks; what is left is at the right. */
export interface Columns {
  readonly room: number;
  readonly title: number;
  readonly value: number;
  readonly check: number;
}

/** A mark and a blank. */
export const MARK = 2;
const GAP = 2;
/** So much of an origin is always shown. */
const LEAST_RIGHT = 10;

function longest(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(width));
}

/** The columns for lines in a pane: titles get what they need, and names of secrets more of it than other titles. */
export function columnsOf(lines: readonly ReviewLine[], columns: number): Columns {
  const room = Math.max(0, columns - MARK);
  const checked = lines.filter(({ check }) => check !== undefined);
  const value = Math.min(longest(checked.map((line) => valueWords(line))), Math.floor(room * 0.3));
  const check = Math.min(longest(checked.map((line) => line.check?.text ?? '')), Math.floor(room * 0.35));
  const others =
    Math.min(longest(lines.map(valueWords)), 18) + Math.min(longest(lines.map(rightWords)), LEAST_RIGHT) + 2 * GAP;
  const most = Math.max(Math.floor(room * 0.36), Math.min(room - others, Math.floor(room * 0.65)));
  return { room, title: Math.min(Math.max(8, longest(lines.map(({ title }) => title))), most), value, check };
}

/** The value of a line, or what stands in its place. */
export function valueWords({ value, input, state }: ReviewLine): string {
  if (value !== '') return value;
  return input.kind === 'secret' ? 'not entered' : state === 'answered' ? '' : 'needs an answer';
}

/** What would do instead says more than where the value comes from. */
export function rightWords({ check, origin }: ReviewLine): string {
  return check?.advice ?? origin.text;
}

/** The cells of a line, cut and filled so that they stand in their columns. */
export function cellsOf(line: ReviewLine, columns: Columns, more: string): Cells {
  const title = filled(line.title, columns.title, more) + blanks(GAP);
  const rest = Math.max(0, columns.room - columns.title - GAP);
  const value = valueWords(line);
  const right = rightWords(line);
  if (line.check === undefined) return { title, check: '', ...shared(value, right, rest, more) };
  const check = line.check.text;
  // What is long takes from what is free at the right, as far as anything is.
  const shown = filled(value, columns.value, more) + blanks(GAP);
  const left = rest - width(shown);
  const told = shared(check, right, left, more, columns.check);
  return { title, value: shown, check: told.value, right: told.right };
}

/** Two texts in the same room: the first as whole as it can be, the second at the right edge. */
function shared(
  first: string,
  second: string,
  room: number,
  more: string,
  least = 0,
): { readonly value: string; readonly right: string } {
  const size = rightSize(Math.max(width(first), least), width(second), room);
  const gap = size > 0 ? GAP : 0;
  const right = originIn(second, size, more);
  const value = filled(first, Math.max(0, room - size - gap), more) + blanks(gap);
  return { value, right: blanks(size - width(right)) + right };
}

/** What the right edge gets: what is left, and where the first text is cut anyway, a little of it. */
function rightSize(first: number, second: number, room: number): number {
  const free = room - first - GAP;
  if (free >= Math.min(second, LEAST_RIGHT)) return Math.min(second, free);
  return first <= room ? 0 : Math.min(second, LEAST_RIGHT, Math.floor(room / 3));
}

/** Of a file and line the end says more than the start. */
function originIn(text: string, columns: number, more: string): string {
  if (width(text) <= columns) return text;
  const [place] = /^[^\s,]+\/[^\s,]+/.exec(text) ?? [];
  return place === undefined ? cut(text, columns, more) : cutStart(place, columns, more);
}

function blanks(count: number): string {
  return ' '.repeat(Math.max(0, count));
}
