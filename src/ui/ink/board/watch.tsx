import type { Board } from '../../../events/board.ts';
import { boardLines } from '../../board-text.ts';
import { createLive, follow } from '../../live.ts';
import { once } from '../../once.ts';
import type { Terminal } from '../../terminal.ts';
import { show } from '../session.tsx';
import { BoardScreen } from './BoardScreen.tsx';

/** Shows the board until the person leaves it or nothing more comes; the last state stays in the scrollback. */
export async function watchBoard(terminal: Terminal, boards: AsyncIterable<Board>, leave: () => void): Promise<void> {
  const { output, now } = terminal;
  const live = createLive<Board | undefined>(undefined);
  const followed = follow(boards, (board) => live.set(board));
  const leaveOnce = once(leave);
  const outcome = await show<'left' | 'over'>(terminal, (done) => {
    // An error is thrown below: the screen has to go first.
    followed.then(
      () => done('over'),
      () => done('over'),
    );
    return <BoardScreen live={live} now={now} leave={() => done('left')} />;
  });
  if (outcome === 'left') leaveOnce();
  else await followed;
  const last = live.latest();
  if (last) for (const line of boardLines(last, now())) output.write(`${line}\n`);
}
