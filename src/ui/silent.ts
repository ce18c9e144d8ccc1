import type { Board } from '../events/board.ts';
import { redact } from '../secret.ts';
import { boardNews } from './board-text.ts';
import type { Face } from './face.ts';
import { glyphs } from './glyphs.ts';
import { follow } from './live.ts';
import { once } from './once.ts';
import { outcomeOf } from './progress.ts';
import { ending, report } from './report.ts';
import type { LineTerminal } from './terminal.ts';
import { UNASKED } from './unasked.ts';
import { lineWriter } from './written.ts';

/** The face where there is no terminal: nothing is asked, what happens is told in lines. */
export function silentFace({ output, looks, now, onInterrupt }: LineTerminal): Face {
  const signs = glyphs(looks.unicode);
  const lines = lineWriter(output);
  const print = (text: string): void => {
    lines.write(redact(text));
    void lines.caughtUp();
  };
  return {
    kind: 'silent',
    ...UNASKED,
    async operation(events, cancel) {
      const forget = onInterrupt(once(cancel));
      const told = report(signs, now, { counts: true });
      try {
        await follow(events, (event) => {
          for (const { sign, text } of told.see(event)) lines.write(`${sign} ${text}`);
          return lines.caughtUp();
        });
      } finally {
        forget();
      }
      for (const line of ending(told.progress())) print(line);
      return outcomeOf(told.progress().operation.outcome);
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
