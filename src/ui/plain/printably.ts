import { printable } from '../words.ts';
import type { Ask, Option } from './ask.ts';

/** The same questions with words that only say something: names of files and services come from the repository. */
export function printably(ask: Ask): Ask {
  return {
    text: (question, now, check, help) => ask.text(printable(question), now, check, help),
    choice: <T>(question: string, options: readonly Option<T>[], help?: string) =>
      ask.choice(
        printable(question),
        options.map(({ value, name }) => ({ value, name: printable(name) })),
        help,
      ),
    secret: (question, check, help) => ask.secret(printable(question), check, help),
    words: (question) => ask.words(printable(question)),
    passphrase: (question) => ask.passphrase(printable(question)),
    yes: (question, fallback) => ask.yes(printable(question), fallback),
  };
}
