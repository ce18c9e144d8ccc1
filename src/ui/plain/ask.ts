import { confirm, input, password, rawlist } from '@inquirer/prompts';
import { Secret } from '../../secret.ts';
import type { Terminal } from '../terminal.ts';
import { folded } from './talk.ts';

export interface Option<T> {
  readonly value: T;
  readonly name: string;
}

/** Questions, one after the other; every one throws when the person presses Ctrl-C (`isGivenUp`). */
export interface Ask {
  /** `check` returns a sentence where the text is no answer; it is shown, and the question asked again. */
  text(question: string, now: string, check: (text: string) => string | undefined): Promise<void>;
  /**
   * Options are numbered and answered by their number: nothing has to be seen to move.
   * @param help shown for `?`, then the question is asked again.
   */
  choice<T>(question: string, options: readonly Option<T>[], help?: string): Promise<T>;
  /** `check` decides on an empty answer too. */
  secret(question: string, check: (text: string) => string | undefined): Promise<void>;
  words(question: string): Promise<string>;
  passphrase(question: string): Promise<Secret>;
  yes(question: string, fallback: boolean): Promise<boolean>;
}

/** Stands for `?` among the values of a choice. */
const HELP = Symbol('help');

/**
 * Questions by inquirer on a terminal. It reads the keys itself and draws the line of the question anew for each of
 * them, a choice with all its options; what was answered stays as one line.
 */
export function askOn({ input: stdin, output }: Pick<Terminal, 'input' | 'output'>): Ask {
  const context = { input: stdin, output };
  const verdict = (check: (text: string) => string | undefined) => (text: string) => check(text) ?? true;
  return {
    async text(message, now, check) {
      const start = now === '' ? {} : { default: now, prefill: 'editable' as const };
      await input({ message, ...start, validate: verdict(check) }, context);
    },
    async choice<T>(message: string, options: readonly Option<T>[], help = '') {
      const choices = [...options, ...(help === '' ? [] : [{ value: HELP, name: 'What is this?', key: '?' } as const])];
      for (;;) {
        const chosen = await rawlist<T | typeof HELP>({ message, choices }, context);
        if (chosen !== HELP) return chosen as T; // a symbol of ours is no T
        output.write(`${folded(help, output.columns || 80)}\n`);
      }
    },
    async secret(message, check) {
      await password({ message, mask: '*', validate: verdict(check) }, context);
    },
    words: (message) => input({ message }, context),
    async passphrase(message) {
      return new Secret(await password({ message, mask: '*' }, context));
    },
    yes: (message, fallback) => confirm({ message, default: fallback }, context),
  };
}

/** A question that ended by Ctrl-C, or with the terminal. */
export class GivenUp extends Error {}

/** Whether a question ended by Ctrl-C. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof GivenUp || (error instanceof Error && error.name === 'ExitPromptError');
}
