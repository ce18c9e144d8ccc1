import type { Board } from '../events/board.ts';
import type { BuildEvent } from '../events/build.ts';
import type { OperationEvent } from '../events/operation.ts';
import { redactedJson } from '../secret.ts';
import type { Face } from './face.ts';
import { follow } from './live.ts';
import { once } from './once.ts';
import type { LineTerminal } from './terminal.ts';
import { UNASKED } from './unasked.ts';
import { lineWriter } from './written.ts';

/**
 * What `--json` prints: an object a line, told apart by its `type` (a board has `version` and no `type`). These are the
 * events of the operation as they are, but that a build's events, which come several at once, have a line each.
 */
export type JsonLine =
  | Exclude<OperationEvent, { type: 'build' }>
  | { readonly type: 'build'; readonly event: BuildEvent }
  | { readonly type: 'said'; readonly text: string }
  | Board;

/** The face of `--json`: one JSON object a line and nothing else; never a question. */
export function jsonFace({ output, onInterrupt }: Pick<LineTerminal, 'output' | 'onInterrupt'>): Face {
  const lines = lineWriter(output);
  const print = (value: JsonLine): Promise<void> | undefined => {
    lines.write(redactedJson(value));
    return lines.caughtUp();
  };
  return {
    kind: 'json',
    ...UNASKED,
    async operation(events, cancel) {
      const forget = onInterrupt(once(cancel));
      let outcome: 'done' | 'failed' | 'cancelled' = 'failed';
      try {
        await follow(events, (event) => {
          if (event.type === 'ended') outcome = event.outcome;
          if (event.type !== 'build') return print(event);
          for (const each of event.events) lines.write(redactedJson({ type: 'build', event: each } satisfies JsonLine));
          return lines.caughtUp();
        });
      } finally {
        forget();
      }
      return outcome;
    },
    async board(boards, leave) {
      const forget = onInterrupt(once(leave));
      try {
        for await (const board of boards) await print(board);
      } finally {
        forget();
      }
    },
    say(text) {
      void print({ type: 'said', text });
    },
  };
}
