import type { Board } from '../events/board.ts';
import { boardNews } from './board-text.ts';
import type { Face } from './face.ts';
import { glyphs } from './glyphs.ts';
import { follow } from './live.ts';
import { once } from './once.ts';
import { foldProgress, NO_PROGRESS, outcomeOf } from './progress.ts';
import { ending, newLines } from './report.ts';
import type { LineTerminal } from './terminal.ts';
import { UNASKED } from './unasked.ts';

/** The face where there is no terminal: nothing is asked, what happens is told in lines. */
export function silentFace({ output, looks, now, onInterrupt }: LineTerminal): Face {
  const signs = glyphs(looks.unicode);
  const print = (text: string): void => {
    output.write(`${text}\n`);
  };
  return {
    kind: 'silent',
    ...UNASKED,
    async operation(events, cancel) {
      const forget = onInterrupt(once(cancel));
      let progress = NO_PROGRESS;
      try {
        await follow(events, (event) => {
          const next = foldProgress(progress, event, now());
          for (const { sign, text } of newLines(progress, next, event, now(), signs)) print(`${sign} ${text}`);
          progress = next;
        });
      } finally {
        forget();
      }
      for (const line of ending(progress)) print(line);
      return outcomeOf(progress.operation.outcome);
    },
    async board(boards, leave) {
      const forget = onInterrupt(once(leave));
      let before: Board | undefined;
      try {
        await follow(boards, (board) => {
          for (const line of boardNews(before, board, now())) print(line);
          before = board;
        });
      } finally {
        forget();
      }
    },
    say: print,
  };
}
