import { isUndecided } from '../../conflict-words.ts';
import type { Key } from '../keys.ts';
import { decidedOn, edited, pressedInField } from './edit.ts';
import { type Item, itemOf } from './items.ts';
import { atBlock, atNextOpen, atReview, moved, returned, turned, visited } from './navigate.ts';
import { pressedInOverlay } from './overlay.ts';
import { onReview, type Pressed, type WizardView } from './view.ts';

/** What a key makes of the wizard; pure. */
export function press(before: WizardView, key: Key): Pressed {
  if (key.name === 'ctrl-c') return { view: before, intent: { type: 'end', answer: 'quit' } };
  const view = before.message === '' ? before : { ...before, message: '' };
  if (view.overlay) return { view: pressedInOverlay(view, view.overlay, key) };
  if (view.editing) return pressedInField(view, view.editing, key);
  return key.name === 'text' ? pressedLetter(view, key.text) : pressedKey(view, key);
}

function pressedKey(view: WizardView, key: Key): Pressed {
  switch (key.name) {
    case 'up':
      return { view: moved(view, -1) };
    case 'down':
      return { view: moved(view, 1) };
    case 'page-up':
      return { view: moved(view, 1 - view.page) };
    case 'page-down':
      return { view: moved(view, view.page - 1) };
    case 'home':
      return { view: moved(view, -Infinity) };
    case 'end':
      return { view: moved(view, Infinity) };
    case 'tab':
    case 'right':
      return { view: turned(view, 1) };
    case 'back-tab':
    case 'left':
      return { view: turned(view, -1) };
    case 'escape':
      return { view: returned(view) };
    case 'enter':
      return entered(view, itemOf(view));
    case 'ctrl':
      return key.text === 'r' ? { view, intent: { type: 'redo' } } : { view };
    default:
      return { view };
  }
}

function pressedLetter(view: WizardView, letter: string): Pressed {
  switch (letter) {
    case 'k':
      return { view: moved(view, -1) };
    case 'j':
      return { view: moved(view, 1) };
    case 'w':
      return onReview(view) && itemOf(view)?.kind === 'write' ? written(view) : { view: atReview(view) };
    case 'o':
      return { view: atNextOpen(view) ?? { ...view, message: 'Nothing is open.' } };
    case 'u':
      return { view, intent: { type: 'undo' } };
    case 'U':
      return { view, intent: { type: 'redo' } };
    case 'r':
      return reset(view, itemOf(view));
    case 'f':
      return view.setup.resumed ? { view, intent: { type: 'start-afresh' } } : { view };
    case 'd':
      return { view: shown(view, itemOf(view)) };
    case '?':
      return { view: { ...view, overlay: { kind: 'help', top: 0 } } };
    default:
      return { view };
  }
}

function entered(view: WizardView, item: Item | undefined): Pressed {
  switch (item?.kind) {
    case 'line':
      return { view: edited(view, item.line) };
    case 'write':
      return written(view);
    case 'section': {
      const [first] = item.section.lines;
      return { view: (first && visited(view, { section: item.section.title, key: first.path })) ?? view };
    }
    case 'file':
      return { view: item.file.action === 'conflict' ? decidedOn(view, item.file) : shown(view, item) };
    case undefined:
      return { view };
  }
}

/** The changes in a file. */
function shown(view: WizardView, item: Item | undefined): WizardView {
  if (item?.kind !== 'file') return { ...view, message: 'Move to a file of the review to see what changes in it.' };
  if (item.file.diff === '') return { ...view, message: 'Nothing changes in this file.' };
  return { ...view, overlay: { kind: 'diff', path: item.file.path, top: 0 } };
}

function reset(view: WizardView, item: Item | undefined): Pressed {
  if (item?.kind === 'line') return { view, intent: { type: 'reset', path: item.line.path } };
  if (item?.kind === 'file') return { view, intent: { type: 'reset', path: item.file.path } };
  return { view };
}

/** Writing with an unanswered line would write a guess: go to the line instead. */
export function written(view: WizardView): Pressed {
  const block = atBlock(view);
  if (!block) return { view, intent: { type: 'end', answer: 'write' } };
  const item = itemOf(block);
  const message =
    item?.kind === 'file' && isUndecided(item.file)
      ? 'This file is yours and ours: decide first (enter), then write.'
      : 'This line needs an answer before the files can be written.';
  return { view: { ...block, message } };
}
