import type { Terminal } from '../terminal.ts';
import { GivenUp } from './ask.ts';

/** Reads what a person types, a line at a time; the terminal itself echoes and edits it, and nothing is drawn twice. */
export interface Lines {
  /** Prints the question and waits for the line behind it. @throws GivenUp on Ctrl-C or at the end of the input. */
  read(question: string): Promise<string>;
  /** The same without any echo. */
  readSecret(question: string): Promise<string>;
}

/** What was typed before a question was asked answers no question: it is read so long and thrown away. */
const SETTLING_MS = 20;

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';
const CTRL_U = '\u0015';
const BACKSPACES: readonly string[] = ['\u0008', '\u007F'];

type Terms = Pick<Terminal, 'input' | 'output' | 'onInterrupt'>;

/** Lines of a terminal that can do nothing but show text, or that is read aloud. */
export function linesOn({ input, output, onInterrupt }: Terms): Lines {
  // A letter may take several bytes, and arrive in two parts.
  input.setEncoding('utf8');
  const settle = async (): Promise<void> => {
    let early = '';
    const collect = (chunk: string): void => {
      early += chunk;
    };
    input.on('data', collect);
    input.resume();
    await new Promise((done) => setTimeout(done, SETTLING_MS));
    input.off('data', collect);
    if (early.trim() !== '') output.write('What was typed before this question was asked is left out.\n');
  };
  const line = (question: string): Promise<string> =>
    new Promise((resolve, reject) => {
      let typed = '';
      const end = (finish: () => void): void => {
        input.off('data', onData);
        input.off('end', giveUp);
        input.pause();
        forget();
        finish();
      };
      const giveUp = (): void =>
        end(() => {
          output.write('\n');
          reject(new GivenUp());
        });
      const onData = (chunk: string): void => {
        typed += chunk;
        const at = typed.search(/[\r\n]/);
        const first = at < 0 ? typed : typed.slice(0, at);
        if (first.includes(CTRL_C) || first.includes(CTRL_D)) giveUp();
        else if (at >= 0) end(() => resolve(first));
      };
      const forget = onInterrupt(giveUp);
      input.on('data', onData);
      input.once('end', giveUp);
      input.resume();
      output.write(question);
    });
  return {
    async read(question) {
      await settle();
      return line(question);
    },
    async readSecret(question) {
      input.setRawMode(true);
      try {
        await settle();
        return edited(await line(question));
      } finally {
        input.setRawMode(false);
        output.write('\n');
      }
    },
  };
}

/** Without an echo the terminal does not edit either: backspace and Ctrl-U are done here. */
function edited(typed: string): string {
  const kept: string[] = [];
  for (const letter of typed.slice(typed.lastIndexOf(CTRL_U) + 1)) {
    if (BACKSPACES.includes(letter)) kept.pop();
    else kept.push(letter);
  }
  return kept.join('');
}
