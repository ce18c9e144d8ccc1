import type { SetupStore } from '../../flow/types.ts';
import { redact } from '../../secret.ts';
import type { Face } from '../face.ts';
import { silentFace } from '../silent.ts';
import type { Terminal } from '../terminal.ts';
import { foldedWords, printable } from '../words.ts';
import { type Ask, askOn, isGivenUp } from './ask.ts';
import { askByLines } from './ask-lines.ts';
import { operatePlainly } from './operation.ts';
import { printably } from './printably.ts';
import { reviewPlainly } from './review.ts';
import { rotatePlainly } from './rotate.ts';
import { spinnerOn, stillOn } from './spinner.ts';
import { talkOn } from './talk.ts';

/**
 * The face of a person at a terminal, line by line: for `--plain`, `TERM=dumb` and screen readers.
 * @param spin false where nothing may move or be drawn twice: no spinner, and the simplest questions.
 */
export function plainFace(
  terminal: Terminal,
  { spin }: { readonly spin: boolean },
  asking: Ask = spin ? askOn(terminal) : askByLines(terminal),
): Face {
  const ask = printably(asking);
  const print = (text: string): void => {
    const { output } = terminal;
    output.write(`${foldedWords(printable(redact(text)), output.columns || 80)}\n`);
  };
  return {
    kind: 'plain',
    async review(opening) {
      // A signal ends the process where no question meets it.
      let opened: SetupStore | undefined;
      const forget = terminal.onExit(() => print(`\nNothing was written.${opened ? draftText(opened) : ''}`));
      const keep = (store: SetupStore): SetupStore => (opened = store);
      try {
        return await reviewPlainly(opening.then(keep), talkOn(terminal, ask));
      } finally {
        forget();
      }
    },
    rotate: (store) => rotatePlainly(store, talkOn(terminal, ask), terminal.now),
    operation: (events, cancel, desk) =>
      operatePlainly(
        events,
        cancel,
        terminal,
        spin ? spinnerOn(terminal) : stillOn(terminal),
        desk && { desk, talk: talkOn(terminal, ask) },
      ),
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

/** What is said of a draft where there can be one: something was typed, and it can be kept. */
function draftText(store: SetupStore): string {
  const { sections, resumed, unkept } = store.getState();
  const typed = sections.some(({ lines }) => lines.some(({ origin }) => origin.source === 'typed'));
  return !unkept && (typed || resumed) ? ' Your answers are kept as a draft, without secrets.' : '';
}

async function unlessGivenUp<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (isGivenUp(error)) return undefined;
    throw error;
  }
}
