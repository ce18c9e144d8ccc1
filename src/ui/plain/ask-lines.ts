import { Secret } from '../../secret.ts';
import type { Terminal } from '../terminal.ts';
import { folded } from '../words.ts';
import type { Ask, Option } from './ask.ts';
import { linesOn } from './lines.ts';

/**
 * The simplest questions there are, for `TERM=dumb` and screen readers: a sentence, then a line that is typed. No line
 * is drawn twice, no key but Enter does anything, and what is secret is not echoed at all.
 */
export function askByLines(terminal: Pick<Terminal, 'input' | 'output' | 'onInterrupt' | 'remote'>): Ask {
  const lines = linesOn(terminal);
  const print = (text: string): void => {
    terminal.output.write(`${folded(text, terminal.output.columns || 80)}\n`);
  };
  const until = async (
    read: () => Promise<string>,
    check: (text: string) => string | undefined,
    help = '',
  ): Promise<void> => {
    for (;;) {
      const typed = await read();
      const answer = help !== '' && typed.trim() === '?' ? help : check(typed);
      if (answer === undefined) return;
      print(answer);
    }
  };
  return {
    text(question, now, check, help) {
      const kept = now === '' ? '' : ` (Enter keeps ${now})`;
      return until(async () => (await lines.read(`${bare(question)}${kept}: `)) || now, check, help);
    },
    async choice<T>(question: string, options: readonly Option<T>[], help = '') {
      print(question);
      options.forEach(({ name }, index) => {
        print(`  ${index + 1}) ${name}`);
      });
      for (;;) {
        const typed = (
          await lines.read(`Number, 1 to ${options.length}${help === '' ? '' : ', or ? for help'}: `)
        ).trim();
        if (typed === '?' && help !== '') print(help);
        else {
          const option = /^\d+$/.test(typed) ? options[Number(typed) - 1] : undefined;
          if (option) return option.value;
          print(`That is none of the numbers from 1 to ${options.length}.`);
        }
      }
    },
    secret: (question, check, help) => until(() => lines.readSecret(`${bare(question)}, not shown: `), check, help),
    words: (question) => lines.read(`${bare(question)}: `),
    passphrase: async (question) => new Secret(await lines.readSecret(`${bare(question)}, not shown: `)),
    async yes(question, fallback) {
      for (;;) {
        const typed = (await lines.read(`${question} (yes or no, Enter is ${fallback ? 'yes' : 'no'}): `)).trim();
        if (typed === '') return fallback;
        if (/^y(es)?$/i.test(typed)) return true;
        if (/^no?$/i.test(typed)) return false;
        print('Type yes or no.');
      }
    },
  };
}

/** A question may come with its own colon. */
function bare(question: string): string {
  return question.replace(/:\s*$/, '');
}
