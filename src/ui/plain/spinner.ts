import ora, { type Ora } from 'ora';
import { glyphs } from '../glyphs.ts';
import type { ReportLine } from '../report.ts';
import type { Terminal } from '../terminal.ts';
import { foldedWords } from '../words.ts';

/** One line that moves while something is at work, above it the lines that stay. */
export interface Spinner {
  show(text: string): void;
  /** It never moves: what is to be known has to stay as lines. */
  readonly still?: boolean;
  keep(line: ReportLine): void;
  stop(): void;
}

/** A spinner on a terminal; ora never runs while inquirer asks: it lives only as long as an operation. */
export function spinnerOn({ output, looks }: Pick<Terminal, 'output' | 'looks'>): Spinner {
  let spinner: Ora | undefined;
  const stop = (): void => {
    spinner?.stop();
    spinner = undefined;
  };
  return {
    show(text) {
      // stdin stays with the terminal, so that Ctrl-C is a signal and not a key.
      spinner ??= ora({
        stream: output,
        discardStdin: false,
        color: looks.colour ? 'cyan' : false,
        spinner: looks.unicode ? 'dots' : 'line',
      }).start();
      spinner.text = text;
    },
    keep({ sign, text }) {
      stop();
      output.write(`${foldedWords(`${sign} ${text}`, output.columns || 80)}\n`);
    },
    stop,
  };
}

/** Where nothing may move: the lines that stay, and no more. A word stands for a sign: it is read aloud. */
export function stillOn({ output, looks }: Pick<Terminal, 'output' | 'looks'>): Spinner {
  const { done, failed, left, current, open, waiting } = glyphs(looks.unicode);
  const words = new Map([
    [done, 'Done:'],
    [failed, 'Failed:'],
    [left, 'Left open:'],
    [current, 'At work:'],
    [open, 'Note:'],
    [waiting, 'Waiting:'],
  ]);
  return {
    still: true,
    show() {},
    keep: ({ sign, text }) => {
      const told = `${sign} ${text}`.replace(/^(\s*)(\S+)/, (_, indent: string, first: string) => {
        return `${indent}${words.get(first) ?? first}`;
      });
      output.write(`${foldedWords(told, output.columns || 80)}\n`);
    },
    stop() {},
  };
}
