import type { Key } from '../keys.ts';
import { edited, pressedInField } from './edit.ts';
import { atNext, atReview, blocks, moved, turned } from './navigate.ts';
import { isOpen, type Overlay, onReview, type Pressed, type WizardView } from './view.ts';

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
    case 'enter':
      return onReview(view) ? enteredReview(view) : { view: edited(view) };
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
      return onReview(view) ? written(view) : { view: atReview(view) };
    case 'o':
      return { view: atNext(view, isOpen) ?? { ...view, message: 'Nothing is open.' } };
    case 'u':
      return { view, intent: { type: 'undo' } };
    case '?':
      return { view: { ...view, overlay: { kind: 'help' } } };
    default:
      return { view };
  }
}

function enteredReview(view: WizardView): Pressed {
  if (view.line === 0) return written(view);
  const file = view.setup.files[view.line - 1];
  if (!file || file.diff === '') return { view: { ...view, message: 'Nothing changes in this file.' } };
  return { view: { ...view, overlay: { kind: 'diff', path: file.path, top: 0 } } };
}

/** Writing with an unanswered line would write a guess: go to the line instead. */
function written(view: WizardView): Pressed {
  const open = atNext({ ...view, section: -1 }, blocks);
  if (!open) return { view, intent: { type: 'end', answer: 'write' } };
  return { view: { ...open, message: 'This line needs an answer before the files can be written.' } };
}

function pressedInOverlay(view: WizardView, overlay: Overlay, key: Key): WizardView {
  const by = scrollOf(key);
  if (overlay.kind === 'diff' && by !== 0) {
    const file = view.setup.files.find(({ path }) => path === overlay.path);
    const last = Math.max(0, (file?.diff.split('\n').length ?? 1) - 1);
    return { ...view, overlay: { ...overlay, top: Math.min(Math.max(0, overlay.top + by), last) } };
  }
  const leaves = key.name === 'escape' || key.name === 'enter' || key.text === '?' || key.text === 'q';
  return leaves ? { ...view, overlay: undefined } : view;
}

function scrollOf(key: Key): number {
  if (key.name === 'up' || key.text === 'k') return -1;
  if (key.name === 'down' || key.text === 'j') return 1;
  if (key.name === 'page-up') return -15;
  if (key.name === 'page-down' || key.text === ' ') return 15;
  if (key.name === 'home') return -Infinity;
  return key.name === 'end' ? Infinity : 0;
}
