import { confirm, input, rawlist } from '@inquirer/prompts';
import { Secret } from '../../secret.ts';
import type { Terminal } from '../terminal.ts';
import { folded } from '../words.ts';
import { linesOn } from './lines.ts';

export interface Option<T> {
  readonly value: T;
  readonly name: string;
}

/** What is wrong with an answer, in a sentence; it is shown, and the question asked again. */
type Verdict = (text: string) => string | undefined;

/**
 * Questions, one after the other; every one throws when the person presses Ctrl-C (`isGivenUp`). Where there is help, it
 * is shown for `?`, and the question asked again.
 */
export interface Ask {
  text(question: string, now: string, check: Verdict, help?: string): Promise<void>;
  /** Options are numbered and answered by their number: nothing has to be seen to move. */
  choice<T>(question: string, options: readonly Option<T>[], help?: string): Promise<T>;
  /** `check` decides on an empty answer too. */
  secret(question: string, check: Verdict, help?: string): Promise<void>;
  words(question: string): Promise<string>;
  passphrase(question: string): Promise<Secret>;
  yes(question: string, fallback: boolean): Promise<boolean>;
}

/** Stands for `?` among the values of a choice. */
const HELP = Symbol('help');

/**
 * Questions by inquirer on a terminal. It reads the keys itself and draws the line of the question anew for each of
 * them, a choice with all its options; what was answered stays as one line. Secrets are read without it: of a paste of
 * several lines it takes the first, and gives the echo back while the others come.
 */
export function askOn(terminal: Pick<Terminal, 'input' | 'output' | 'onInterrupt' | 'remote'>): Ask {
  const { input: stdin, output } = terminal;
  const context = { input: stdin, output };
  const lines = linesOn(terminal);
  const secretly = (message: string): Promise<string> => lines.readSecret(`? ${message} `, '*');
  const tell = (text: string): void => {
    output.write(`${folded(text, output.columns || 80)}\n`);
  };
  /** Asks until the answer is one. */
  const asked = async (
    prompt: (validate: (text: string) => string | true) => Promise<string>,
    check: Verdict,
    help: string,
    start = '',
  ): Promise<void> => {
    // Behind a text that is there already the cursor is at its end.
    const isHelp = (text: string): boolean => help !== '' && ['?', `${start}?`].includes(text.trim());
    await lines.settle();
    while (isHelp(await prompt((text) => isHelp(text) || (check(text) ?? true)))) tell(help);
  };
  return {
    text(message, now, check, help = '') {
      const start = now === '' ? {} : { default: now, prefill: 'editable' as const };
      return asked((validate) => input({ message, ...start, validate }, context), check, help, now);
    },
    async choice<T>(message: string, options: readonly Option<T>[], help = '') {
      const choices = [...options, ...(help === '' ? [] : [{ value: HELP, name: 'What is this?', key: '?' } as const])];
      await lines.settle();
      for (;;) {
        const chosen = await rawlist<T | typeof HELP>({ message, choices }, context);
        if (chosen !== HELP) return chosen as T; // a symbol of ours is no T
        tell(help);
      }
    },
    async secret(message, check, help = '') {
      for (;;) {
        const typed = await secretly(message);
        const said = help !== '' && typed.trim() === '?' ? help : check(typed);
        if (said === undefined) return;
        tell(said);
      }
    },
    async words(message) {
      await lines.settle();
      return input({ message }, context);
    },
    async passphrase(message) {
      return new Secret(await secretly(message));
    },
    async yes(message, fallback) {
      await lines.settle();
      return confirm({ message, default: fallback }, context);
    },
  };
}

/** A question that ended by Ctrl-C, or with the terminal. */
export class GivenUp extends Error {}

/** Whether a question ended by Ctrl-C. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof GivenUp || (error instanceof Error && error.name === 'ExitPromptError');
}
