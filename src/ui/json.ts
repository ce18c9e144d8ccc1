import type { Face } from './face.ts';
import { once } from './once.ts';
import type { LineTerminal } from './terminal.ts';
import { UNASKED } from './unasked.ts';

/** The face of `--json`: one JSON object a line and nothing else; never a question. */
export function jsonFace({ output, onInterrupt }: Pick<LineTerminal, 'output' | 'onInterrupt'>): Face {
  const print = (value: unknown): void => {
    output.write(`${JSON.stringify(value)}\n`);
  };
  return {
    kind: 'json',
    ...UNASKED,
    async operation(events, cancel) {
      const forget = onInterrupt(once(cancel));
      let outcome: 'done' | 'failed' | 'cancelled' = 'failed';
      try {
        for await (const event of events) {
          print(event);
          if (event.type === 'ended') outcome = event.outcome;
        }
      } finally {
        forget();
      }
      return outcome;
    },
    async board(boards, leave) {
      const forget = onInterrupt(once(leave));
      try {
        for await (const board of boards) print(board);
      } finally {
        forget();
      }
    },
    say: (text) => print({ type: 'said', text }),
  };
}
