import type { Terminal } from '../terminal.ts';
import { folded, printable } from '../words.ts';
import type { Ask } from './ask.ts';

/** What a conversation line by line needs. */
export interface Talk {
  readonly ask: Ask;
  /** Sentences, broken between words where they are longer than the terminal is wide. */
  tell(text: string): void;
  /** Text that has to stay as it is: a command, a difference. */
  show(text: string): void;
}

export function talkOn({ output }: Pick<Terminal, 'output'>, ask: Ask): Talk {
  const show = (text: string): void => {
    output.write(`${printable(text)}\n`);
  };
  return { ask, show, tell: (text) => show(folded(text, output.columns || 80)) };
}
