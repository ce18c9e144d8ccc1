import type { FileChange, ReviewSection, SetupState } from '../../../flow/types.ts';
import { isUndecided } from '../../conflict-words.ts';
import { charactersOf, cut, filled, uptime, width, wrap } from '../../words.ts';
import type { Tone } from '../theme.tsx';
import { columnsOf } from './columns.ts';
import { fileKey, type Item, itemsOf } from './items.ts';
import {
  checkTone,
  editingRow,
  type Ground,
  lineRows,
  optionRows,
  type Pane,
  type Row,
  texts,
  titleRows,
} from './rows.ts';
import type { WizardView } from './view.ts';

const TONES: Readonly<Record<FileChange['action'], Tone>> = {
  create: 'good',
  update: 'accent',
  unchanged: 'dim',
  kept: 'dim',
  merged: 'accent',
  removed: 'warn',
  conflict: 'bad',
};

/** Wide enough for every title of a section and every action on a file. */
const TITLE = 13;
/** From so many lines on there is room for whole sentences. */
const TALL = 34;

/** The right pane of "Review": what is open, the action, what will be, the machine, the files, the same as a command. */
export function reviewPane(view: WizardView, ground: Ground): Pane {
  const rows: Row[] = [...titleRows('Review'), ...draftRows(view.setup, ground)];
  let focus = { from: 0, to: 0 };
  const items = itemsOf(view);
  const open = items.flatMap((item) => (item.kind === 'line' ? [item.line] : []));
  const sizes = columnsOf(open, ground.columns);
  items.forEach((item, index) => {
    rows.push(...between(items[index - 1], item, view.setup, ground));
    const focused = index === view.line;
    const from = rows.length;
    if (item.kind === 'line') rows.push(...lineRows(item.line, focused, view.editing, sizes, ground));
    else rows.push(...itemRows(item, focused, view, ground));
    if (focused) focus = { from: index === 0 ? 0 : from, to: rows.length - 1 };
  });
  if (view.files) rows.push(...commandPart(view.setup.equivalent, ground));
  return { rows, focus };
}

/** A draft that was taken up, and how to be rid of it. */
function draftRows({ resumed }: SetupState, { columns }: Ground): readonly Row[] {
  if (!resumed) return [];
  const { answers, ageMs } = resumed;
  const text = `Your draft of ${uptime(ageMs)} ago goes on, with ${answers === 1 ? 'one answer' : `${answers} answers`}; f starts afresh.`;
  return [...texts('accent', text, columns, 0), { kind: 'blank' }];
}

/** What stands before an item that begins another part. */
function between(before: Item | undefined, item: Item, setup: SetupState, ground: Ground): readonly Row[] {
  if (before === undefined || before.kind === item.kind) return [];
  if (item.kind !== 'file') return [{ kind: 'blank' }];
  return [{ kind: 'blank' }, ...machineRows(setup, ground), { kind: 'blank' }];
}

function itemRows(
  item: Exclude<Item, { kind: 'line' }>,
  focused: boolean,
  view: WizardView,
  ground: Ground,
): readonly Row[] {
  const mark = focused ? ground.glyphs.current : ' ';
  const line = (title: string, value: string, tone: Tone): Extract<Row, { kind: 'line' }> => ({
    kind: 'line',
    mark,
    focused,
    title,
    value,
    tone,
    check: '',
    checkTone: 'plain',
    right: '',
  });
  switch (item.kind) {
    case 'write':
      return [
        line('Write these files  ', view.files ? summary(view.files) : '', 'dim'),
        ...waitRows(view, item, ground),
      ];
    case 'section':
      return sectionRows(item.section, focused, line, ground);
    case 'file':
      return fileRows(item.file, focused, view, ground, line);
  }
}

/** What a section will be, in as many lines as it takes where there are many; else the one under the cursor. */
function sectionRows(
  { title, summary: words = '' }: ReviewSection,
  focused: boolean,
  line: (title: string, value: string, tone: Tone) => Row,
  { columns, lines, glyphs }: Ground,
): readonly Row[] {
  const room = columns - TITLE - 2;
  const [first = '', ...more] = focused || lines >= TALL ? wrap(words, room) : [cut(words, room, glyphs.more)];
  return [
    line(filled(title, TITLE), first, 'plain'),
    ...more.map((text) => ({ kind: 'text', tone: 'plain', text: ' '.repeat(TITLE + 2) + text }) as const),
  ];
}

/** Before the files are known the machine stands under the sections, where it will be. */
function waitRows({ files }: WizardView, _: Item, { columns }: Ground): readonly Row[] {
  return files ? [] : texts('dim', 'comparing with what is there', columns);
}

function fileRows(
  file: FileChange,
  focused: boolean,
  { editing }: WizardView,
  ground: Ground,
  line: (title: string, value: string, tone: Tone) => Extract<Row, { kind: 'line' }>,
): readonly Row[] {
  const { path, action, note = '', decided } = file;
  if (focused && editing?.path === fileKey(path)) {
    const sizes = { room: ground.columns, title: ground.columns - 6, value: 0, check: 0 };
    return [editingRow(path, editing, sizes, ground), ...optionRows(editing, ground.columns)];
  }
  const word = decided ?? action;
  const row = line(filled(word, TITLE), path, decided === undefined ? TONES[action] : 'good');
  const mark = focused ? row.mark : isUndecided(file) ? ground.glyphs.open : ' ';
  const room = ground.columns - TITLE - 4 - width(path);
  const said = isUndecided(file) ? ['decide: enter', note].filter(Boolean).join('; ') : note;
  const more = focused && width(said) > room ? texts('dim', said, ground.columns) : [];
  return [{ ...row, mark, right: said === '' ? '' : `  ${said}` }, ...more];
}

/** Engine, disk, keychain: what they say, and what to do where it is bad. */
function machineRows({ machine }: SetupState, { columns }: Ground): readonly Row[] {
  return machine.flatMap(({ title, check }): readonly Row[] => {
    const advice = check.advice ?? '';
    const isLong = TITLE + 4 + width(check.text) + width(advice) > columns;
    const row: Row = {
      kind: 'line',
      mark: check.level === 'bad' || check.level === 'warn' ? '!' : ' ',
      focused: false,
      title: filled(title, TITLE),
      value: '',
      tone: 'plain',
      check: check.text,
      checkTone: checkTone(check),
      right: advice === '' || isLong ? '' : `  ${advice}`,
    };
    return [row, ...(isLong ? texts('dim', advice, columns, TITLE + 2) : [])];
  });
}

/** `3 to create, 1 to decide`. */
export function summary(files: readonly FileChange[]): string {
  const words = {
    create: 'to create',
    update: 'to update',
    merged: 'to merge',
    removed: 'to remove',
    decided: 'decided',
    conflict: 'to decide',
  } as const;
  const kinds = ['create', 'update', 'merged', 'removed', 'decided', 'conflict'] as const;
  const kindOf = (file: FileChange) => (file.decided === undefined ? file.action : 'decided');
  const parts = kinds
    .map((kind) => ({ kind, files: files.filter((file) => kindOf(file) === kind).length }))
    .filter((one) => one.files > 0)
    .map((one) => `${one.files} ${words[one.kind]}`);
  return parts.length === 0 ? 'nothing changes' : parts.join(', ');
}

function commandPart(command: string, { columns }: Ground): readonly Row[] {
  return [
    { kind: 'blank' },
    { kind: 'text', tone: 'dim', text: '  The same without questions:' },
    ...commandRows(command, columns),
  ];
}

/** A command that can be copied: broken only before a flag, because elsewhere a break may fall into quotes. */
function commandRows(command: string, columns: number): readonly Row[] {
  const lines: string[] = [];
  for (const part of command.split(/ (?=--)/)) {
    const last = lines.at(-1);
    if (last !== undefined && width(`${last} ${part}`) <= columns - 6) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(part);
  }
  return lines.flatMap((line, index) => {
    const text = `${index === 0 ? '  ' : '    '}${line}${index < lines.length - 1 ? ' \\' : ''}`;
    return pieces(text, columns).map((piece): Row => ({ kind: 'text', tone: 'plain', text: piece }));
  });
}

/** A text over several lines as a terminal would break it. */
function pieces(text: string, columns: number): readonly string[] {
  const characters = charactersOf(text);
  const count = Math.ceil(characters.length / columns);
  return Array.from({ length: count }, (_, at) => characters.slice(at * columns, (at + 1) * columns).join(''));
}
