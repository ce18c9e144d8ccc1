import type { SetupState, SetupStore } from '../../../flow/types.ts';
import { written } from './press.ts';
import { unseen, unseenWords } from './seen.ts';
import type { WizardView } from './view.ts';

/** What an ending needs of its wizard. */
export interface EndingPorts {
  readonly end: (answer: 'write' | 'quit') => void;
  readonly view: () => WizardView;
  readonly show: (view: WizardView) => void;
  /** Takes what the store says now, with the files compared anew. */
  readonly refresh: () => void;
}

/** The end of a wizard: a write waits for the look at the machine, and until what it changed was seen. */
export interface Ending {
  finish(answer: 'write' | 'quit'): void;
  /** The person does something else: what was agreed to is not any more. */
  forget(): void;
}

const LOOKING = 'Looking at the machine first: Docker, ports, keychain. Any key stops the write.';

export function createEnding(store: Pick<SetupStore, 'observed'>, { end, view, show, refresh }: EndingPorts): Ending {
  let isObserved = !view().setup.machine.some(({ check }) => check.level === 'looking');
  /** What was on the screen when the person said that it be written. */
  let agreed: SetupState | undefined;
  const again = (): void => {
    if (!agreed) return;
    const before = agreed;
    agreed = undefined;
    refresh();
    const pressed = written(view());
    const news = unseen(before, view().setup);
    if (!pressed.intent) show(pressed.view);
    else if (news.length > 0) show({ ...pressed.view, message: unseenWords(news) });
    else end('write');
  };
  store.observed.then(
    () => {
      isObserved = true;
    },
    () => undefined,
  );
  return {
    finish(answer) {
      if (answer === 'quit' || isObserved) return end(answer);
      agreed = view().setup;
      show({ ...view(), message: LOOKING });
      // What went wrong with the look is told by who writes.
      void store.observed.then(again, () => agreed && end('write'));
    },
    forget() {
      agreed = undefined;
    },
  };
}
