import type { FileChange, ReviewLine } from '../../../flow/types.ts';
import { DECISIONS } from '../../conflict-words.ts';
import type { Key } from '../keys.ts';
import { fieldOf, textOf, typed } from '../parts/field.ts';
import { fileKey, itemOf, lineOf } from './items.ts';
import { type Editing, type Intent, type Pressed, secretName, type WizardView } from './view.ts';

/** The view with a line opened for an answer. */
export function edited(view: WizardView, line: ReviewLine): WizardView {
  return { ...view, editing: editingOf(line) };
}

/** The view with a conflict opened for a decision. */
export function decidedOn(view: WizardView, { path, choices = [], decided }: FileChange): WizardView {
  if (choices.length === 0) return view;
  const options = choices.map(({ value, means }) => ({ value, label: DECISIONS[value], hint: means }));
  const index = Math.max(
    0,
    choices.findIndex(({ value }) => value === decided),
  );
  return { ...view, editing: { kind: 'choice', path: fileKey(path), options, index, problem: '' } };
}

/** A key while a line is being answered. */
export function pressedInField(view: WizardView, editing: Editing, key: Key): Pressed {
  if (key.name === 'escape') return { view: { ...view, editing: undefined } };
  if (key.name === 'enter' || key.name === 'tab') return answered(view, editing);
  return { view: { ...view, editing: editing.kind === 'choice' ? chosen(editing, key) : keyed(editing, key) } };
}

function editingOf(line: ReviewLine): Editing {
  const { path, input } = line;
  const check = line.check === undefined ? {} : { check: line.check };
  switch (input.kind) {
    case 'text':
      return { kind: 'text', path, field: fieldOf(line.edit ?? line.value), problem: line.problem ?? '', ...check };
    case 'secret':
      return { kind: 'secret', path, field: fieldOf(''), required: input.required, problem: '' };
    case 'choice': {
      const index = input.options.findIndex(({ value, label }) => value === line.value || label === line.value);
      return { kind: 'choice', path, options: input.options, index: Math.max(0, index), problem: line.problem ?? '' };
    }
  }
}

/** What was said of the text before is not said of the next one. */
function keyed(editing: Exclude<Editing, { kind: 'choice' }>, key: Key): Editing {
  const field = typed(editing.field, key, editing.kind === 'secret' ? 'many' : 'one');
  if (field === editing.field) return editing;
  const isSame = textOf(field) === textOf(editing.field);
  return isSame ? { ...editing, field } : { ...editing, field, problem: '', check: undefined };
}

function chosen(editing: Extract<Editing, { kind: 'choice' }>, key: Key): Editing {
  const by = key.name === 'up' || key.text === 'k' ? -1 : key.name === 'down' || key.text === 'j' ? 1 : 0;
  const count = editing.options.length;
  return by === 0 || count === 0 ? editing : { ...editing, index: (editing.index + by + count) % count };
}

function answered(view: WizardView, editing: Editing): Pressed {
  const intent = intentOf(view, editing);
  return intent ? { view, intent } : { view: { ...view, editing: undefined } };
}

/** Nothing where the answer is the one that is there: an unchanged default stays a default. */
function intentOf(view: WizardView, editing: Editing): Intent | undefined {
  const line = lineOf(view);
  const { path } = editing;
  if (editing.kind === 'choice') {
    const option = editing.options[editing.index];
    const item = itemOf(view);
    if (item?.kind === 'file') return option && { type: 'decide', path: item.file.path, choice: option.value };
    const same = line?.state === 'answered' && (option?.value === line.value || option?.label === line.value);
    return option && !same ? { type: 'change', path, text: option.value } : undefined;
  }
  const text = textOf(editing.field);
  if (editing.kind === 'text') {
    return line?.state === 'answered' && text === (line.edit ?? line.value)
      ? undefined
      : { type: 'change', path, text };
  }
  if (text !== '') return { type: 'enter-secret', name: secretName(path), value: text };
  // Enter on nothing leaves out what is still missing, and keeps what is already there.
  if (line?.state !== 'open' && line?.value !== '') return undefined;
  return { type: 'skip-secret', name: secretName(path), required: editing.required };
}
