import type { FileChange, SetupState } from '../../../flow/types.ts';
import type { Glyphs } from '../../glyphs.ts';
import { charactersOf, count, filled, width } from '../../words.ts';
import type { Tone } from '../theme.tsx';
import { openIn } from './navigate.ts';
import { type Pane, type Row, texts } from './rows.ts';

const TONES: Readonly<Record<FileChange['action'], Tone>> = {
  create: 'good',
  update: 'accent',
  unchanged: 'dim',
  kept: 'dim',
  merged: 'accent',
  removed: 'warn',
  conflict: 'bad',
};

/** The right pane of "Review": the action, what is missing, the files, the same without questions. */
export function reviewPane(setup: SetupState, cursor: number, columns: number, glyphs: Glyphs): Pane {
  const head: readonly Row[] = [
    {
      kind: 'line',
      mark: cursor === 0 ? glyphs.current : ' ',
      focused: cursor === 0,
      title: 'Write these files',
      value: `  ${summary(setup.files)}`,
      tone: 'dim',
      origin: '',
    },
    ...missingRows(setup, columns),
    { kind: 'blank' },
  ];
  const files = setup.files.map((file, index) => fileRow(file, index + 1 === cursor, glyphs));
  const tail: readonly Row[] = [
    { kind: 'blank' },
    { kind: 'text', tone: 'dim', text: '  The same without questions:' },
    ...commandRows(setup.equivalent, columns),
    { kind: 'blank' },
    ...texts('dim', setup.modeReason, columns, 2),
  ];
  const at = cursor === 0 ? 0 : head.length + cursor - 1;
  return { rows: [...head, ...files, ...tail], focus: { from: at, to: at } };
}

/** `3 to create, 1 to decide`. */
export function summary(files: readonly FileChange[]): string {
  const words = {
    create: 'to create',
    update: 'to update',
    merged: 'to merge',
    removed: 'to remove',
    conflict: 'to decide',
  } as const;
  const actions = ['create', 'update', 'merged', 'removed', 'conflict'] as const;
  const parts = actions
    .map((action) => ({ action, files: files.filter((file) => file.action === action).length }))
    .filter((one) => one.files > 0)
    .map((one) => `${one.files} ${words[one.action]}`);
  return parts.length === 0 ? 'nothing changes' : parts.join(', ');
}

function missingRows(setup: SetupState, columns: number): readonly Row[] {
  const open = setup.sections.reduce((sum, { lines }) => sum + openIn(lines), 0);
  if (open === 0) return [];
  return texts('warn', `${count(open, 'line is', 'lines are')} still open: o goes to the next one.`, columns, 2);
}

function fileRow(file: FileChange, focused: boolean, glyphs: Glyphs): Row {
  return {
    kind: 'line',
    mark: focused ? glyphs.current : file.action === 'conflict' ? glyphs.open : ' ',
    focused,
    title: filled(file.action, 11),
    value: file.path,
    tone: TONES[file.action],
    origin: file.note === undefined ? '' : ` ${file.note}`,
  };
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
