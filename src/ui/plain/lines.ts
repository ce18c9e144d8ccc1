import type { Terminal } from '../terminal.ts';
import { GivenUp } from './ask.ts';
import { masked, typedSecret } from './typed-secret.ts';

/** Reads what a person types, a line at a time; nothing that was written is drawn again. */
export interface Lines {
  /**
   * Prints the question and waits for the line behind it; the terminal itself echoes and edits it.
   * @throws GivenUp on Ctrl-C or at the end of the input.
   */
  read(question: string): Promise<string>;
  /**
   * The same without any echo; a paste of several lines is one answer with line breaks inside.
   * @param mask is shown for each character; empty: nothing is.
   */
  readSecret(question: string, mask?: string): Promise<string>;
  /** Throws away what was typed so far, e.g. further lines of a paste: they answer no question that comes. */
  settle(): Promise<void>;
}

/** What was typed before a question was asked answers no question: it is read so long and thrown away. */
const SETTLING_MS = 20;
/** So long nothing more has come when a paste is over: its lines come faster than anybody types. */
const PASTE_MS = { here: 50, remote: 300 } as const;

const CTRL_C = '\u0003';
const CTRL_D = '\u0004';

type Terms = Pick<Terminal, 'input' | 'output' | 'onInterrupt' | 'remote'>;

/** When an answer is over: at the end of its line, or so much later with all that came until then. */
interface Ending {
  readonly quietMs: number;
  /** What is shown for all that was typed so far. */
  readonly shown: (typed: string) => string;
}

/** Lines of a terminal that can do nothing but show text, or that is read aloud. */
export function linesOn({ input, output, onInterrupt, remote }: Terms): Lines {
  // A letter may take several bytes, and arrive in two parts.
  input.setEncoding('utf8');
  const isOver = (): boolean => input.readableEnded || input.destroyed;
  const unechoed = async <T>(read: () => Promise<T>): Promise<T> => {
    input.setRawMode(true);
    try {
      return await read();
    } finally {
      input.setRawMode(false);
    }
  };
  const settle = async (): Promise<void> => {
    let early = '';
    const collect = (chunk: string): void => {
      early += chunk;
    };
    input.on('data', collect);
    input.resume();
    await new Promise((done) => setTimeout(done, SETTLING_MS));
    input.off('data', collect);
    // Where the keys are read here Ctrl-C is no signal.
    if (isEnd(early) || isOver()) throw new GivenUp();
    if (early.trim() !== '') output.write('What was typed before this question was asked is left out.\n');
  };
  const answer = (question: string, { quietMs, shown }: Ending): Promise<string> =>
    new Promise((resolve, reject) => {
      let typed = '';
      let quiet: NodeJS.Timeout | undefined;
      const end = (finish: () => void): void => {
        clearTimeout(quiet);
        input.off('data', onData);
        input.off('end', giveUp);
        input.off('close', giveUp);
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
        const before = shown(typed);
        typed += chunk;
        if (isEnd(typed)) {
          giveUp();
          return;
        }
        output.write(shownFor(before, shown(typed)));
        if (!/[\r\n]/.test(typed)) return;
        clearTimeout(quiet);
        const finish = (): void => end(() => resolve(typed));
        if (quietMs === 0) finish();
        else quiet = setTimeout(finish, quietMs);
      };
      // A polite stop ends the process, with its own exit code.
      const forget = onInterrupt(giveUp, ['SIGINT']);
      output.write(question);
      input.on('data', onData);
      input.once('end', giveUp);
      input.once('close', giveUp);
      input.resume();
    });
  return {
    async read(question) {
      await settle();
      const typed = await answer(question, { quietMs: 0, shown: () => '' });
      return typed.slice(0, typed.search(/[\r\n]/));
    },
    readSecret: (question, mask = '') =>
      unechoed(async () => {
        await settle();
        const quietMs = PASTE_MS[remote ? 'remote' : 'here'];
        const typed = await answer(question, { quietMs, shown: (keys) => masked(keys, mask) });
        output.write('\n');
        return typedSecret(typed);
      }),
    settle: () => unechoed(settle),
  };
}

/** A key that gives the question up. */
function isEnd(typed: string): boolean {
  return typed.includes(CTRL_C) || typed.includes(CTRL_D);
}

/** The writes that turn one mask into another. */
function shownFor(before: string, after: string): string {
  if (after.length >= before.length) return after.slice(before.length);
  return '\b \b'.repeat(before.length - after.length);
}
