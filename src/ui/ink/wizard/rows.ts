import type { Check, ReviewLine, ReviewSection } from '../../../flow/types.ts';
import type { Glyphs } from '../../glyphs.ts';
import { filled, width, wrap } from '../../words.ts';
import type { Field } from '../parts/field.ts';
import type { Tone } from '../theme.tsx';
import { type Cells, type Columns, cellsOf, columnsOf, rightWords, valueWords } from './columns.ts';
import { noteRows } from './note-rows.ts';
import { type Editing, isOpen } from './view.ts';

/** One line of the right pane, before paint. */
export type Row =
  | { readonly kind: 'blank' }
  | { readonly kind: 'text'; readonly tone: Tone; readonly text: string }
  | { readonly kind: 'note'; readonly sign: string; readonly tone: Tone; readonly text: string }
  | ({
      readonly kind: 'line';
      readonly mark: string;
      readonly focused: boolean;
      readonly tone: Tone;
      readonly checkTone: Tone;
    } & Cells)
  | { readonly kind: 'field'; readonly title: string; readonly field: Field; readonly secret: boolean }
  | { readonly kind: 'option'; readonly label: string; readonly hint: string; readonly focused: boolean };

/** Rows and which of them belong to the item under the cursor. */
export interface Pane {
  readonly rows: readonly Row[];
  readonly focus: { readonly from: number; readonly to: number };
}

/** Where a pane is painted. */
export interface Ground {
  readonly columns: number;
  readonly glyphs: Glyphs;
  /** How many rows are in sight. */
  readonly lines: number;
  /** Help stands beside the pane: it is not said again under the line. */
  readonly beside: boolean;
}

/** Words that belong to the line above them stand further in. */
const UNDER = 4;

/** A section's title, as the first row of its pane. */
export function titleRows(title: string): readonly Row[] {
  return [{ kind: 'text', tone: 'strong', text: title }, { kind: 'blank' }];
}

/** The right pane for a section. */
export function sectionPane(
  section: ReviewSection,
  cursor: number,
  editing: Editing | undefined,
  ground: Ground,
): Pane {
  const rows: Row[] = [...titleRows(section.title)];
  let focus = { from: 0, to: 0 };
  const sizes = columnsOf(section.lines, ground.columns);
  section.lines.forEach((line, index) => {
    const from = rows.length;
    rows.push(...lineRows(line, index === cursor, editing, sizes, ground));
    // The title stays in sight with the first line.
    if (index === cursor) focus = { from: index === 0 ? 0 : from, to: rows.length - 1 };
  });
  rows.push(...noteRows(section, ground));
  return { rows, focus };
}

/** A line and what belongs under it. */
export function lineRows(
  line: ReviewLine,
  focused: boolean,
  editing: Editing | undefined,
  sizes: Columns,
  ground: Ground,
): readonly Row[] {
  if (focused && editing?.path === line.path) {
    return [editingRow(line.title, editing, sizes, ground), ...answerRows(line, editing, ground)];
  }
  const row = lineRow(line, focused, sizes, ground.glyphs);
  if (focused) return [row, ...detailRows(line, row, ground)];
  return [row, ...texts('bad', line.problem ?? '', ground.columns)];
}

/** Words under a line. */
export function texts(tone: Tone, text: string, columns: number, indent = UNDER): readonly Row[] {
  return wrap(text, columns - indent).map((line) => ({ kind: 'text', tone, text: ' '.repeat(indent) + line }));
}

/** How a check is coloured. */
export function checkTone(check: Check | undefined): Tone {
  const tones = { good: 'good', warn: 'warn', bad: 'bad', looking: 'dim' } as const;
  return check ? tones[check.level] : 'plain';
}

function lineRow(line: ReviewLine, focused: boolean, sizes: Columns, glyphs: Glyphs): Extract<Row, { kind: 'line' }> {
  const open = isOpen(line);
  return {
    kind: 'line',
    mark: focused ? glyphs.current : open ? glyphs.open : ' ',
    focused,
    tone: line.state === 'invalid' ? 'bad' : open ? 'warn' : 'plain',
    checkTone: checkTone(line.check),
    ...cellsOf(line, sizes, glyphs.more),
  };
}

/** The first row of what is being answered. */
export function editingRow(title: string, editing: Editing, sizes: Columns, { glyphs }: Ground): Row {
  const shown = filled(title, sizes.title, glyphs.more);
  if (editing.kind !== 'choice')
    return { kind: 'field', title: shown, field: editing.field, secret: editing.kind === 'secret' };
  const rest = { value: '', check: '', right: '', tone: 'plain', checkTone: 'plain' } as const;
  return { kind: 'line', mark: glyphs.current, focused: true, title: shown, ...rest };
}

/** The options of a choice; what the one under the cursor means is there to its end. */
export function optionRows(editing: Editing, columns: number): readonly Row[] {
  if (editing.kind !== 'choice') return [];
  return editing.options.flatMap(({ label, hint }, index): readonly Row[] => {
    const focused = index === editing.index;
    const isLong = UNDER + OPTION_SIGN + width(label) + width(hint) > columns;
    if (!focused || !isLong) return [{ kind: 'option', label, hint, focused }];
    return [{ kind: 'option', label, hint: '', focused }, ...texts('dim', hint, columns, UNDER + OPTION_SIGN)];
  });
}

/** The sign before an option, and the blanks around its words. */
const OPTION_SIGN = 4;

/** Under the line being answered: the options, the problem, what the world says, what enter does. */
function answerRows(line: ReviewLine, editing: Editing, { columns, beside }: Ground): readonly Row[] {
  const said = editing.problem === '' && editing.kind !== 'choice' ? editing.check : undefined;
  const empty =
    editing.kind === 'secret' && line.value === '' ? texts('dim', emptyMeans(editing.required), columns) : [];
  return [
    ...optionRows(editing, columns),
    ...texts('bad', editing.problem, columns),
    ...(said ? texts(checkTone(said), [said.text, said.advice].filter(Boolean).join('; '), columns) : []),
    ...(beside ? [] : texts('dim', line.help, columns)),
    ...empty,
  ];
}

function emptyMeans(required: boolean): string {
  return required ? 'Enter on an empty field leaves it for later.' : 'Optional: enter on an empty field leaves it out.';
}

/** Under the line with the cursor: what was cut off, the problem, the help. */
function detailRows(line: ReviewLine, row: Cells, { columns, beside }: Ground): readonly Row[] {
  const isShort = (cell: string, whole: string) => width(cell.trim()) < width(whole.trim());
  const value = isShort(row.value, valueWords(line)) ? texts('plain', valueWords(line), columns) : [];
  const { check, origin } = line;
  const said = check ? [check.text, check.advice].filter(Boolean).join('; ') : '';
  const isTold = check && (isShort(row.check, check.text) || (check.advice && isShort(row.right, check.advice)));
  const from = check?.advice !== undefined || isShort(row.right, rightWords(line));
  return [
    ...value,
    ...(isTold ? texts(checkTone(check), said, columns) : []),
    ...texts('bad', line.problem ?? '', columns),
    ...(beside ? [] : from && origin.text !== '' ? texts('dim', `from ${origin.text}`, columns) : []),
    ...(beside ? [] : texts('dim', line.help, columns)),
  ];
}
