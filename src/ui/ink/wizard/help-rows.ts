import type { ReviewLine, SetupState } from '../../../flow/types.ts';
import { wrap } from '../../words.ts';
import { homeOf, type Item, itemOf } from './items.ts';
import type { Row } from './rows.ts';
import { isOpen, type WizardView } from './view.ts';

const SOURCES: Readonly<Record<ReviewLine['origin']['source'], string>> = {
  default: 'our default',
  host: 'from this machine',
  detected: 'read in the repository',
  saved: 'saved',
  answers: 'from the answers file',
  flag: 'from the command line',
  typed: 'from you',
};

const KEYS: readonly (readonly [string, string])[] = [
  ['up down', 'the line above or below (also k and j)'],
  ['tab', 'the next section (also right); shift-tab goes back'],
  ['enter', 'change the line; on a file, decide or show what changes'],
  ['o', 'the next line that waits for an answer'],
  ['esc', 'back to where you were; leaves a field as it was'],
  ['u  U', 'take the last change back; do it again (also ctrl-r)'],
  ['r', 'the line as it was by itself'],
  ['d', 'what changes in a file; there n and p go from change to change'],
  ['w', 'go to the review; there, write the files'],
  ['ctrl-c', 'quit; nothing is written, your answers stay as a draft'],
];

/** What is to be said of the item under the cursor. */
export function itemHelp(view: WizardView, columns: number): readonly Row[] {
  const item = itemOf(view);
  return item ? [...heading(item), ...bodyOf(item, view.setup, columns)] : [];
}

/** The whole help: the item, the notes of its section, the keys. */
export function helpRows(view: WizardView, columns: number): readonly Row[] {
  const item = itemOf(view);
  const section =
    item?.kind === 'section' ? item.section : item?.kind === 'line' ? homeOf(view, item.line.path) : undefined;
  const notes = section?.notes ?? [];
  return [
    ...itemHelp(view, columns),
    { kind: 'blank' },
    ...(notes.length === 0
      ? []
      : [strong(`To know of ${section?.title ?? ''}`), ...notes.flatMap((note) => paragraph(note, columns)), BLANK]),
    strong('Keys'),
    ...KEYS.flatMap(([key, does]) => definition(key, does, columns, 9)),
  ];
}

const BLANK: Row = { kind: 'blank' };

function strong(text: string): Row {
  return { kind: 'text', tone: 'strong', text };
}

function paragraph(text: string, columns: number, tone: 'plain' | 'dim' | 'bad' | 'warn' = 'plain'): readonly Row[] {
  return wrap(text, columns).map((line) => ({ kind: 'text', tone, text: line }));
}

/** A word, and what is to be said of it beside it. */
function definition(word: string, text: string, columns: number, indent = 8): readonly Row[] {
  return wrap(text, columns - indent).map((line, index) => ({
    kind: 'text',
    tone: 'plain',
    text: `${(index === 0 ? word : '').padEnd(indent)}${line}`,
  }));
}

function heading(item: Item): readonly Row[] {
  const titles = {
    line: () => (item.kind === 'line' ? item.line.title : ''),
    write: () => 'Write these files',
    section: () => (item.kind === 'section' ? item.section.title : ''),
    file: () => (item.kind === 'file' ? item.file.path : ''),
  };
  return [strong(titles[item.kind]()), BLANK];
}

function bodyOf(item: Item, setup: SetupState, columns: number): readonly Row[] {
  switch (item.kind) {
    case 'line':
      return lineHelp(item.line, setup, columns);
    case 'write':
      return [
        ...paragraph(
          'Writes what is listed below into the repository, and asks then whether to build and start it.',
          columns,
        ),
        BLANK,
        ...modeHelp(setup, columns),
      ];
    case 'section':
      return [
        ...paragraph(item.section.summary ?? '', columns),
        BLANK,
        ...paragraph('Enter opens its lines.', columns, 'dim'),
      ];
    case 'file':
      return fileHelp(item, columns);
  }
}

function fileHelp({ file }: Extract<Item, { kind: 'file' }>, columns: number): readonly Row[] {
  const means = {
    create: 'It is not there yet and will be made.',
    update: 'It was written by trading-setup and will be brought up to date.',
    unchanged: 'It is as it should be.',
    kept: 'You edited it, and there is nothing new for it: your edit stays.',
    merged: 'You edited it, and there is something new: both will be in it.',
    removed: 'The stack no longer has it.',
    conflict: 'It is yours as well as ours: only you can decide.',
  } as const;
  const choices = (file.choices ?? []).flatMap(({ value, means: what }) => definition(value, what, columns));
  const note = file.note === undefined ? [] : paragraph(`${file.note}.`, columns);
  return [
    ...paragraph(means[file.action], columns),
    ...note,
    ...choices,
    BLANK,
    ...(file.action === 'conflict' ? definition('flag', `--on-conflict ${file.path}=keep`, columns) : []),
  ];
}

function lineHelp(line: ReviewLine, setup: SetupState, columns: number): readonly Row[] {
  const { help, check, problem, origin, path } = line;
  const said = [check?.text, check?.advice].filter(Boolean).join('; ');
  const isSecret = line.input.kind === 'secret';
  return [
    ...paragraph(help, columns),
    ...(path === 'mode' ? modeHelp(setup, columns) : []),
    BLANK,
    ...paragraph(problem ?? '', columns, 'bad'),
    ...(line.value === '' ? [] : definition('now', line.value, columns)),
    ...(said === '' ? [] : definition('check', said, columns)),
    ...(isOpen(line) && !isSecret ? [] : definition('from', `${SOURCES[origin.source]}: ${origin.text}`, columns)),
    ...(isSecret ? secretHelp(line, columns) : plainHelp(line, columns)),
  ];
}

function secretHelp({ title }: ReviewLine, columns: number): readonly Row[] {
  return [
    ...definition('kept', 'in the store of secrets; never in a file, a flag or the draft', columns),
    ...definition('later', `trading-setup secrets set ${title}`, columns),
  ];
}

function plainHelp({ path, input, value, edit, form }: ReviewLine, columns: number): readonly Row[] {
  const options = input.kind === 'choice' ? input.options : [];
  const now = options.find(({ label }) => label === value)?.value ?? edit ?? value;
  return [
    ...definition('key', `${path} in trading-setup.yaml`, columns),
    ...definition('flag', `--set ${path}=${now === '' || now === '–' ? 'VALUE' : now}`, columns),
    ...(form === undefined ? [] : definition('form', form, columns)),
    ...options.flatMap(({ value: each, label, hint }) =>
      definition(each, `${label}${hint === '' ? '' : `: ${hint}`}`, columns, Math.max(8, each.length + 2)),
    ),
  ];
}

function modeHelp({ mode, modeReason, proven }: SetupState, columns: number): readonly Row[] {
  const word = mode === 'paper' ? 'PAPER' : proven ? 'LIVE' : 'LIVE?';
  const unproven = proven ? '' : ' Nothing proves it: what is not proven to be PAPER is treated as LIVE.';
  return paragraph(`${word}: ${modeReason}${unproven}`, columns, mode === 'paper' ? 'plain' : 'warn');
}
