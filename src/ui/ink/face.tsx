import { redact, Secret } from '../../secret.ts';
import type { ChooseOption, Face } from '../face.ts';
import type { Terminal } from '../terminal.ts';
import { foldedWords } from '../words.ts';
import { AskLine } from './ask/AskLine.tsx';
import { Choose } from './ask/Choose.tsx';
import { Confirm } from './ask/Confirm.tsx';
import { show } from './session.tsx';
import { reviewOnScreen } from './wizard/review.tsx';

/** The face of a person at a terminal: one full screen after the other, their outcome left in the scrollback. */
export function inkFace(terminal: Terminal): Face {
  return {
    kind: 'ink',
    review: (opening) => reviewOnScreen(terminal, opening),
    // Loaded when they are shown: the first frame of the wizard needs none of them.
    rotate: async (store) => (await import('./rotation/rotate.tsx')).rotateOnScreen(terminal, store),
    operation: async (events, cancel, desk) =>
      (await import('./build/operate.tsx')).operateOnScreen(terminal, events, cancel, desk),
    board: async (boards, leave) => (await import('./board/watch.tsx')).watchBoard(terminal, boards, leave),
    say(text) {
      const { output } = terminal;
      output.write(`${foldedWords(redact(text), output.columns || 80)}\n`);
    },
    confirm: (question, fallback) =>
      show<boolean | undefined>(terminal, (done) => <Confirm question={question} fallback={fallback} done={done} />, {
        asks: true,
      }),
    choose: <T extends string>(question: string, options: readonly ChooseOption<T>[], details = '') =>
      show<T | undefined>(
        terminal,
        (done) => <Choose question={question} options={options} details={details} done={done} />,
        { asks: true },
      ),
    askText: (question) => ask(terminal, question, false),
    async askSecret(question) {
      const answer = await ask(terminal, question, true);
      return answer === undefined ? undefined : new Secret(answer);
    },
  };
}

function ask(terminal: Terminal, question: string, masked: boolean): Promise<string | undefined> {
  return show(terminal, (done) => <AskLine question={question} masked={masked} done={done} />, { asks: true });
}
