import type { ReviewLine } from '../../../flow/types.ts';
import type { Key } from '../keys.ts';
import { fieldOf, textOf, typed } from '../parts/field.ts';
import { type Editing, type Intent, lineOf, type Pressed, secretName, type WizardView } from './view.ts';

/** The view with the line under the cursor opened for an answer. */
export function edited(view: WizardView): WizardView {
  const line = lineOf(view);
  return line ? { ...view, editing: editingOf(line) } : view;
}

/** A key while a line is being answered. */
export function pressedInField(view: WizardView, editing: Editing, key: Key): Pressed {
  if (key.name === 'escape') return { view: { ...view, editing: undefined } };
  if (key.name === 'enter' || key.name === 'tab') return answered(view, editing);
  return { view: { ...view, editing: editing.kind === 'choice' ? chosen(editing, key) : keyed(editing, key) } };
}

function editingOf(line: ReviewLine): Editing {
  const { path, input } = line;
  switch (input.kind) {
    case 'text':
      return { kind: 'text', path, field: fieldOf(line.edit ?? line.value), problem: line.problem ?? '' };
    case 'secret':
      return { kind: 'secret', path, field: fieldOf(''), required: input.required, problem: '' };
    case 'choice': {
      const index = input.options.findIndex(({ value, label }) => value === line.value || label === line.value);
      return { kind: 'choice', path, options: input.options, index: Math.max(0, index), problem: line.problem ?? '' };
    }
  }
}

function keyed(editing: Exclude<Editing, { kind: 'choice' }>, key: Key): Editing {
  const field = typed(editing.field, key, editing.kind === 'secret' ? 'many' : 'one');
  return field === editing.field ? editing : { ...editing, field, problem: '' };
}

function chosen(editing: Extract<Editing, { kind: 'choice' }>, key: Key): Editing {
  const by = key.name === 'up' || key.text === 'k' ? -1 : key.name === 'down' || key.text === 'j' ? 1 : 0;
  const count = editing.options.length;
  return by === 0 || count === 0 ? editing : { ...editing, index: (editing.index + by + count) % count };
}

function answered(view: WizardView, editing: Editing): Pressed {
  const intent = intentOf(editing, lineOf(view));
  return intent ? { view, intent } : { view: { ...view, editing: undefined } };
}

/** Nothing where the answer is the one that is there: an unchanged default stays a default. */
function intentOf(editing: Editing, line: ReviewLine | undefined): Intent | undefined {
  const { path } = editing;
  if (editing.kind === 'choice') {
    const option = editing.options[editing.index];
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
