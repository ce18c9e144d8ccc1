import type { ReviewLine, ReviewSection } from '../../../flow/types.ts';
import type { Glyphs } from '../../glyphs.ts';
import { cut, cutStart, filled, width, wrap } from '../../words.ts';
import type { Field } from '../parts/field.ts';
import type { Tone } from '../theme.tsx';
import { type Editing, isOpen } from './view.ts';

/** One line of the right pane, before paint. */
export type Row =
  | { readonly kind: 'blank' }
  | { readonly kind: 'text'; readonly tone: Tone; readonly text: string }
  | {
      readonly kind: 'line';
      readonly mark: string;
      readonly focused: boolean;
      readonly title: string;
      readonly value: string;
      readonly tone: Tone;
      readonly origin: string;
    }
  | { readonly kind: 'field'; readonly title: string; readonly field: Field; readonly secret: boolean }
  | { readonly kind: 'option'; readonly label: string; readonly hint: string; readonly focused: boolean };

/** Rows and which of them belong to the line under the cursor. */
export interface Pane {
  readonly rows: readonly Row[];
  readonly focus: { readonly from: number; readonly to: number };
}

/** Columns of a line: a mark, the title, the value, where it comes from. */
export interface Columns {
  readonly title: number;
  readonly value: number;
  readonly origin: number;
}

const MARK = 2;
/** Words that belong to the line above them stand further in. */
const UNDER = 4;

/** The columns for a pane: the title gets what it needs, the value most of the rest. */
export function columnsOf(lines: readonly ReviewLine[], columns: number): Columns {
  const longest = Math.max(8, ...lines.map(({ title }) => width(title)));
  const title = Math.min(longest, Math.floor(columns * 0.36)) + 2;
  const rest = Math.max(0, columns - MARK - title);
  const value = Math.max(Math.min(rest, 16), Math.floor(rest * 0.55));
  return { title, value: value - 1, origin: Math.max(0, rest - value) };
}

/** The right pane for a section. */
export function sectionPane(
  section: ReviewSection,
  cursor: number,
  editing: Editing | undefined,
  columns: number,
  glyphs: Glyphs,
): Pane {
  const rows: Row[] = [];
  let focus = { from: 0, to: 0 };
  const sizes = columnsOf(section.lines, columns);
  section.lines.forEach((line, index) => {
    const from = rows.length;
    const focused = index === cursor;
    const open = focused && editing?.path === line.path ? editing : undefined;
    rows.push(open ? editingRow(line, open, sizes, glyphs) : lineRow(line, focused, sizes, glyphs));
    if (focused) rows.push(...(open ? answerRows(open, columns, line) : detailRows(line, sizes, columns)));
    else if (line.problem) rows.push(...texts('bad', line.problem, columns));
    if (focused) focus = { from, to: rows.length - 1 };
  });
  for (const note of section.notes) rows.push({ kind: 'blank' }, ...noteRows(note, columns, glyphs));
  return { rows, focus };
}

/** Words under a line. */
export function texts(tone: Tone, text: string, columns: number, indent = UNDER): readonly Row[] {
  return wrap(text, columns - indent).map((line) => ({ kind: 'text', tone, text: ' '.repeat(indent) + line }));
}

function lineRow(line: ReviewLine, focused: boolean, sizes: Columns, glyphs: Glyphs): Row {
  const open = isOpen(line);
  const empty = line.input.kind === 'secret' ? 'not entered' : open ? 'needs an answer' : '';
  return {
    kind: 'line',
    mark: focused ? glyphs.current : open ? glyphs.open : ' ',
    focused,
    title: filled(line.title, sizes.title - 1, glyphs.more),
    value: filled(line.value || empty, sizes.value, glyphs.more),
    tone: line.state === 'invalid' ? 'bad' : open ? 'warn' : 'plain',
    origin: originOf(line, sizes.origin, glyphs),
  };
}

/** Of a file and line the end says more than the start. */
function originOf({ origin: { text } }: ReviewLine, columns: number, glyphs: Glyphs): string {
  return /^\S+\/\S+$/.test(text) ? cutStart(text, columns, glyphs.more) : cut(text, columns, glyphs.more);
}

function editingRow(line: ReviewLine, editing: Editing, sizes: Columns, glyphs: Glyphs): Row {
  const title = filled(line.title, sizes.title - 1, glyphs.more);
  if (editing.kind !== 'choice')
    return { kind: 'field', title, field: editing.field, secret: editing.kind === 'secret' };
  return { kind: 'line', mark: glyphs.current, focused: true, title, value: '', tone: 'plain', origin: '' };
}

/** Under the line being answered: the options, the problem or what enter does. */
function answerRows(editing: Editing, columns: number, line: ReviewLine): readonly Row[] {
  const options: readonly Row[] =
    editing.kind === 'choice'
      ? editing.options.map(({ label, hint }, index) => ({
          kind: 'option',
          label,
          hint,
          focused: index === editing.index,
        }))
      : [];
  const problem = editing.problem === '' ? [] : texts('bad', editing.problem, columns);
  const empty =
    editing.kind === 'secret' && line.value === '' ? texts('dim', emptyMeans(editing.required), columns) : [];
  return [...options, ...problem, ...texts('dim', line.help, columns), ...empty];
}

function emptyMeans(required: boolean): string {
  return required ? 'Enter on an empty field leaves it for later.' : 'Optional: enter on an empty field leaves it out.';
}

/** Under the line with the cursor: what was cut off, the problem, the help. */
function detailRows(line: ReviewLine, sizes: Columns, columns: number): readonly Row[] {
  const long = width(line.value) > sizes.value ? texts('plain', line.value, columns) : [];
  const origin = width(line.origin.text) > sizes.origin ? texts('dim', `from ${line.origin.text}`, columns) : [];
  return [...long, ...origin, ...texts('bad', line.problem ?? '', columns), ...texts('dim', line.help, columns)];
}

function noteRows(note: string, columns: number, glyphs: Glyphs): readonly Row[] {
  return wrap(note, columns - MARK).map((text, index) => ({
    kind: 'text',
    tone: 'warn',
    text: (index === 0 ? `${glyphs.open} ` : '  ') + text,
  }));
}
