import type { SetupStore } from '../../../flow/types.ts';
import { Secret } from '../../../secret.ts';
import type { Key } from '../keys.ts';
import { opened, settled } from './navigate.ts';
import { press } from './press.ts';
import type { Intent, WizardView } from './view.ts';

/** The wizard without paint: keys in, views out, intents to the store. */
export interface Wizard {
  getView(): WizardView;
  subscribe(listener: () => void): () => void;
  press(key: Key): void;
}

/** A wizard over a store; `end` is called with the answer of the person. */
export function createWizard(store: SetupStore, end: (answer: 'write' | 'quit') => void): Wizard {
  let view = opened(store.getState());
  const listeners = new Set<() => void>();
  const show = (next: WizardView): void => {
    view = next;
    for (const listener of listeners) listener();
  };
  return {
    getView: () => view,
    subscribe(listener) {
      listeners.add(listener);
      const leave = store.subscribe(() => show(settled(view, store.getState())));
      // What changed between the first picture and now was told to nobody.
      if (store.getState() !== view.setup) view = settled(view, store.getState());
      return () => {
        listeners.delete(listener);
        leave();
      };
    },
    press(key) {
      const pressed = press(view, key);
      show(pressed.view);
      if (pressed.intent?.type === 'end') end(pressed.intent.answer);
      else if (pressed.intent) show(settled(done(store, view, pressed.intent), store.getState()));
    },
  };
}

function done(store: SetupStore, view: WizardView, intent: Exclude<Intent, { type: 'end' }>): WizardView {
  switch (intent.type) {
    case 'change':
      return taken(view, store.change(intent.path, intent.text));
    case 'enter-secret':
      return taken(view, store.enterSecret(intent.name, new Secret(intent.value)));
    case 'skip-secret':
      store.skipSecret(intent.name);
      return { ...view, editing: undefined, message: skipped(intent.name, intent.required) };
    case 'undo':
      return store.undo()
        ? { ...view, message: 'Took the last change back.' }
        : { ...view, message: 'Nothing to undo.' };
  }
}

function taken(view: WizardView, problem: string | undefined): WizardView {
  if (problem === undefined) return { ...view, editing: undefined };
  return view.editing ? { ...view, editing: { ...view.editing, problem } } : { ...view, message: problem };
}

function skipped(name: string, required: boolean): string {
  return required
    ? `${name} is left for later; the start will ask for it.`
    : `${name} is left out; enter it later with: trading-setup secrets set ${name}`;
}
