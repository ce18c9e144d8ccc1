import type { OperationEvent } from '../../../events/operation.ts';
import { glyphs } from '../../glyphs.ts';
import { createLive, follow } from '../../live.ts';
import { once } from '../../once.ts';
import { foldProgress, NO_PROGRESS, outcomeOf } from '../../progress.ts';
import { summary } from '../../report.ts';
import type { Terminal } from '../../terminal.ts';
import { show } from '../session.tsx';
import { OperationScreen } from './OperationScreen.tsx';

/** Shows an operation on a full screen to its end, then leaves its summary in the scrollback. */
export async function operateOnScreen(
  terminal: Terminal,
  events: AsyncIterable<OperationEvent>,
  cancel: () => void,
): Promise<'done' | 'failed' | 'cancelled'> {
  const { output, looks, now, onInterrupt } = terminal;
  const live = createLive(NO_PROGRESS);
  const cancelOnce = once(cancel);
  const forget = onInterrupt(cancelOnce);
  const followed = follow(events, (event) => live.set(foldProgress(live.latest(), event, now())));
  try {
    await show<undefined>(terminal, (done) => {
      // The error, if there is one, is thrown below: the screen has to go first.
      followed.then(
        () => done(undefined),
        () => done(undefined),
      );
      return <OperationScreen live={live} now={now} cancel={cancelOnce} />;
    });
    await followed;
  } finally {
    forget();
  }
  const progress = live.latest();
  for (const line of summary(progress, now(), glyphs(looks.unicode))) output.write(`${line}\n`);
  return outcomeOf(progress.operation.outcome);
}
