import { confirm, input, password, rawlist } from '@inquirer/prompts';
import { Secret } from '../../secret.ts';
import type { Terminal } from '../terminal.ts';

export interface Option<T> {
  readonly value: T;
  readonly name: string;
}

/** Questions, one after the other; every one throws when the person presses Ctrl-C (`isGivenUp`). */
export interface Ask {
  text(question: string, now: string, check: (text: string) => string | undefined): Promise<void>;
  /** Options are numbered and answered by their number: nothing has to be seen to move. */
  choice<T>(question: string, options: readonly Option<T>[]): Promise<T>;
  /** `check` decides on an empty answer too. */
  secret(question: string, check: (text: string) => string | undefined): Promise<void>;
  words(question: string): Promise<string>;
  passphrase(question: string): Promise<Secret>;
  yes(question: string, fallback: boolean): Promise<boolean>;
}

/** Questions by inquirer on a terminal. */
export function askOn({ input: stdin, output }: Pick<Terminal, 'input' | 'output'>): Ask {
  const context = { input: stdin, output };
  const verdict = (check: (text: string) => string | undefined) => (text: string) => check(text) ?? true;
  return {
    async text(message, now, check) {
      const start = now === '' ? {} : { default: now, prefill: 'editable' as const };
      await input({ message, ...start, validate: verdict(check) }, context);
    },
    choice: (message, options) => rawlist({ message, choices: options }, context),
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

/** Whether a question ended by Ctrl-C. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof Error && error.name === 'ExitPromptError';
}
