import type { Desk, Waiting } from '../../flow/rotation/desk.ts';
import { isGivenUp } from './ask.ts';
import type { Spinner } from './spinner.ts';
import type { Talk } from './talk.ts';

/** Where a step of an operation waits for the person, and how it is talked about. */
export interface Meeting {
  readonly desk: Desk;
  readonly talk: Talk;
}

/** Asks whenever a step waits, with nothing moving meanwhile; returns how to end that. */
export function meetAt({ desk, talk }: Meeting, spinner: Pick<Spinner, 'stop'>): () => void {
  let asking = false;
  const meet = async (): Promise<void> => {
    if (asking) return;
    asking = true;
    try {
      for (let waiting = desk.get(); waiting; waiting = desk.get()) {
        // One terminal has one owner.
        spinner.stop();
        await asked(waiting, desk, talk);
        await settled(desk, waiting);
      }
    } catch (error) {
      if (!isGivenUp(error)) throw error;
      desk.later();
    } finally {
      asking = false;
    }
  };
  const changed = (): void => {
    if (desk.get()) void meet();
  };
  changed();
  return desk.subscribe(changed);
}

async function asked(waiting: Waiting, desk: Desk, { ask, tell, show }: Talk): Promise<void> {
  if (waiting.kind === 'manual') {
    if (waiting.said !== '') tell(waiting.said);
    const answer = await ask.choice('Is it done?', [
      { value: 'done', name: waiting.polled ? 'It is done: look' : 'It is done' },
      { value: 'later', name: 'Later: it is asked again by trading-setup rotate' },
    ]);
    return answer === 'done' ? desk.done() : desk.later();
  }
  // An address must not be broken.
  for (const line of waiting.lines) show(line);
  const value = await ask.passphrase(waiting.question);
  const problem = value.length === 0 ? 'Nothing was typed.' : desk.enter(value);
  if (problem !== undefined) tell(problem);
}

/** Until the wait is over, or shows something new to decide by. */
function settled(desk: Desk, before: Waiting): Promise<void> {
  if (before.kind === 'entry' || desk.get() !== before) return Promise.resolve();
  return new Promise((resolve) => {
    const forget = desk.subscribe(() => {
      forget();
      resolve();
    });
  });
}
