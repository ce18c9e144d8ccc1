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
    confirm: (question, fallback) => unlessGivenUp(ask.yes(question, fallback)),
    choose: (question, options, details = '') => {
      if (details !== '') print(details);
      return unlessGivenUp(
        ask.choice(
          question,
          options.map(({ value, label }) => ({ value, name: label })),
        ),
      );
    },
    askText: (question) => unlessGivenUp(ask.words(question)),
    askSecret: (question) => unlessGivenUp(ask.passphrase(question)),
  };
}

async function unlessGivenUp<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isGivenUp(error)) return undefined;
    throw error;
  }
}
