import type { Check, SetupState, SetupStore } from '../../../flow/types.ts';
import { Secret } from '../../../secret.ts';
import type { Key } from '../keys.ts';
import { textOf } from '../parts/field.ts';
import { createEnding } from './ending.ts';
import { itemOf, placeOf } from './items.ts';
import { compared, opened, placeText, settled } from './navigate.ts';
import { press } from './press.ts';
import { type Editing, type Intent, onReview, type WizardView } from './view.ts';
import { CHECK_AFTER_MS, createWatcher } from './watcher.ts';

/** Files are compared anew when no further change has come for so long. */
const COMPARE_AFTER_MS = 60;

/** The wizard without paint: keys in, views out, intents to the store. */
export interface Wizard {
  /** @throws whatever went wrong where nobody waits for it: so it ends the screen that shows the view. */
  getView(): WizardView;
  subscribe(listener: () => void): () => void;
  press(key: Key): void;
  /** How many lines the right pane has: by that pages are turned. */
  sized(page: number): void;
}

/** A wizard over a store; `end` is called with the answer of the person. */
export function createWizard(
  store: SetupStore,
  end: (answer: 'write' | 'quit') => void,
  checkAfterMs: number = CHECK_AFTER_MS,
): Wizard {
  let view = opened(store.getState());
  const listeners = new Set<() => void>();
  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown): void => {
    failure = { error };
    for (const listener of listeners) listener();
  };
  const told = (path: string, text: string, check: Check | undefined): void => {
    const { editing } = view;
    if (editing && editing.kind !== 'choice' && editing.path === path && textOf(editing.field) === text)
      show({ ...view, editing: { ...editing, check } });
  };
  const watcher = createWatcher(store, checkAfterMs, told, fail);
  const show = (next: WizardView): void => {
    view = next;
    for (const listener of listeners) listener();
    if (listeners.size > 0) store.visit(placeText(placeOf(view)));
  };
  /** The state whose files are shown: comparing them takes longer than a key may. */
  let known: SetupState | undefined;
  let later: NodeJS.Timeout | undefined;
  const look = (): void => {
    clearTimeout(later);
    if (known === view.setup) return;
    known = view.setup;
    show(compared(view, view.setup.files));
  };
  const lookLater = (afterMs: number): void => {
    clearTimeout(later);
    later = setTimeout(look, afterMs);
    // A person who leaves does not wait for it.
    later.unref();
  };
  const follow = (): void => {
    try {
      show(settled(view, store.getState()));
      lookLater(COMPARE_AFTER_MS);
    } catch (error) {
      fail(error);
    }
  };
  const ending = createEnding(store, {
    end,
    view: () => view,
    show,
    refresh() {
      follow();
      look();
    },
  });
  const perform = (intent: Intent): void => {
    if (intent.type === 'end') {
      ending.finish(intent.answer);
      return;
    }
    show(settled(done(store, view, intent), store.getState()));
    if (intent.type === 'decide') look();
    else lookLater(COMPARE_AFTER_MS);
  };

  return {
    getView() {
      if (failure) throw failure.error;
      return view;
    },
    subscribe(listener) {
      listeners.add(listener);
      const leave = store.subscribe(follow);
      // What changed between the first picture and now was told to nobody.
      if (store.getState() !== view.setup) view = settled(view, store.getState());
      lookLater(0);
      return () => {
        clearTimeout(later);
        watcher.stop();
        listeners.delete(listener);
        leave();
      };
    },
    press(key) {
      ending.forget();
      if (!view.files || needsFiles(view, key)) look();
      const before = textIn(view.editing);
      const pressed = press(view, key);
      show(pressed.view);
      if (pressed.intent) perform(pressed.intent);
      const { editing } = view;
      if (editing && editing.kind !== 'choice' && textIn(editing) !== before)
        watcher.watch(editing.path, textOf(editing.field));
    },
    sized(page) {
      if (page !== view.page) show({ ...view, page });
    },
  };
}

/** Whether a key may lead to a file: then what is shown of the files has to be true. */
function needsFiles(view: WizardView, key: Key): boolean {
  return !view.editing && (onReview(view) || key.text === 'o' || key.text === 'w');
}

function textIn(editing: Editing | undefined): string | undefined {
  return editing && editing.kind !== 'choice' ? textOf(editing.field) : undefined;
}

function done(store: SetupStore, view: WizardView, intent: Exclude<Intent, { type: 'end' }>): WizardView {
  const told = (message: string): WizardView => ({ ...view, message });
  switch (intent.type) {
    case 'change':
      return taken(view, store.change(intent.path, intent.text));
    case 'enter-secret':
      return taken(view, store.enterSecret(intent.name, new Secret(intent.value)));
    case 'skip-secret':
      store.skipSecret(intent.name);
      return { ...view, editing: undefined, message: skipped(intent.name, intent.required) };
    case 'decide': {
      const item = itemOf(view);
      const choice =
        item?.kind === 'file' ? item.file.choices?.find(({ value }) => value === intent.choice) : undefined;
      if (choice) store.decide(intent.path, choice.value);
      return { ...view, editing: undefined };
    }
    case 'reset':
      return told(store.reset(intent.path) ?? 'It is what it was by itself again.');
    case 'undo':
      return told(
        store.undo()
          ? 'Took the last change back; U does it again.'
          : 'Nothing to undo: nothing was changed in this run. Enter changes a line.',
      );
    case 'redo':
      return told(store.redo() ? 'Did it again.' : 'Nothing to do again: u takes a change back first.');
    case 'start-afresh':
      store.startAfresh();
      return told('Started afresh; u brings the answers back.');
  }
}

function taken(view: WizardView, problem: string | undefined): WizardView {
  if (problem === undefined) return { ...view, editing: undefined };
  return view.editing ? { ...view, editing: { ...view.editing, problem } } : { ...view, message: problem };
}

function skipped(name: string, required: boolean): string {
  return required
    ? `${name} is left for later; the start will ask for it.`
    : // The name once: the line has 80 columns.
      `Left out. Later: trading-setup secrets set ${name}`;
}
