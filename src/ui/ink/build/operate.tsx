import type { OperationEvent } from '../../../events/operation.ts';
import type { Desk } from '../../../flow/rotation/desk.ts';
import { glyphs } from '../../glyphs.ts';
import { createLive, follow } from '../../live.ts';
import { once } from '../../once.ts';
import { foldProgress, NO_PROGRESS, outcomeOf } from '../../progress.ts';
import { summary } from '../../report.ts';
import type { Terminal } from '../../terminal.ts';
import { foldedWords } from '../../words.ts';
import { show } from '../session.tsx';
import { OperationScreen } from './OperationScreen.tsx';

/**
 * Shows an operation on a full screen to its end, then leaves its summary in the scrollback. Who reads the log when the
 * end comes keeps the screen until they leave it.
 */
export async function operateOnScreen(
  terminal: Terminal,
  events: AsyncIterable<OperationEvent>,
  cancel: () => void,
  desk?: Desk,
): Promise<'done' | 'failed' | 'cancelled'> {
  const { output, looks, now, onInterrupt } = terminal;
  let progress = NO_PROGRESS;
  const ended = createLive(false, 0);
  const cancelOnce = once(cancel);
  // Asked to end from outside, e.g. by a terminal that goes away, there is nobody to wait for.
  let leave = (): void => {};
  const forget = onInterrupt(() => (ended.latest() ? leave() : cancelOnce()));
  const lost = (): void => {
    if (ended.latest()) leave();
  };
  const followed = follow(events, (event) => {
    progress = foldProgress(progress, event, now());
  });
  try {
    await show<undefined>(
      terminal,
      (done) => {
        leave = () => done(undefined);
        followed.then(
          () => {
            ended.set(true);
            if (output.destroyed || output.errored) leave();
          },
          // The error is thrown below: the screen has to go first.
          () => leave(),
        );
        output.on('error', lost);
        return (
          <OperationScreen
            latest={() => progress}
            ended={ended}
            now={now}
            cancel={cancelOnce}
            desk={desk}
            leave={leave}
          />
        );
      },
      { outlivesOutput: true, stays: () => !ended.latest() },
    );
    await followed;
  } catch (error) {
    // A screen that broke shows nothing of what goes on behind it: it ends too, and gives its lock back.
    cancelOnce();
    await followed.catch(() => undefined);
    throw error;
  } finally {
    output.off('error', lost);
    forget();
  }
  for (const line of summary(progress, now(), glyphs(looks.unicode)))
    output.write(`${foldedWords(line, output.columns || 80)}\n`);
  return outcomeOf(progress.operation.outcome);
}
