import type { Face } from '../face.ts';
import { silentFace } from '../silent.ts';
import type { Terminal } from '../terminal.ts';
import { type Ask, askOn, isGivenUp } from './ask.ts';
import { operatePlainly } from './operation.ts';
import { reviewPlainly } from './review.ts';
import { spinnerOn, stillOn } from './spinner.ts';

/** The face of a person at a terminal, line by line: for `--plain`, `TERM=dumb` and screen readers. */
export function plainFace(terminal: Terminal, { spin }: { readonly spin: boolean }, ask: Ask = askOn(terminal)): Face {
  const print = (text: string): void => {
    terminal.output.write(`${text}\n`);
  };
  return {
    kind: 'plain',
    review: async (opening) => reviewPlainly(await opening, ask, print),
    operation: (events, cancel) =>
      operatePlainly(events, cancel, terminal, spin ? spinnerOn(terminal) : stillOn(terminal)),
    board: silentFace(terminal).board,
    say: print,
    confirm: (question, fallback) => givenUp(ask.yes(question, fallback), false),
    askText: (question) => givenUp(ask.words(question), undefined),
    askSecret: async (question) => {
      const answer = await givenUp(ask.passphrase(question), undefined);
      return answer?.length === 0 ? undefined : answer;
    },
  };
}

async function givenUp<T>(answer: Promise<T>, instead: T): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (isGivenUp(error)) return instead;
    throw error;
  }
}
