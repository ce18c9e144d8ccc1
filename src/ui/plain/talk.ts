import type { Terminal } from '../terminal.ts';
import { printable, width, wrap } from '../words.ts';
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

/** Every line in printable lines of at most a width, broken between words; what goes on stands further in. */
export function folded(text: string, columns: number): string {
  return printable(text)
    .split('\n')
    .flatMap((line) => {
      const indent = /^ */.exec(line)?.[0] ?? '';
      if (width(line) <= columns) return [line];
      return wrap(line, columns - indent.length - 2).map((part, at) => `${indent}${at === 0 ? '' : '  '}${part}`);
    })
    .join('\n');
}
