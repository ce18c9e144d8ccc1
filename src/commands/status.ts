import { checkEngine } from '../engine/check.ts';
import { observe } from '../engine/observe.ts';
import { ReportedError, SetupError } from '../errors.ts';
import type { Board } from '../events/board.ts';
import type { Reach } from '../events/reach.ts';
import { toBoard } from '../health/board.ts';
import { recentExits } from '../health/exits.ts';
import { LOOK_MS, lookAround, watchReach } from '../health/reach.ts';
import { watchBoard } from '../health/watch.ts';
import { reachPlans } from '../operations/reach.ts';
import { summaryOf } from '../operations/summary.ts';
import type { Stack } from '../stack/schema.ts';
import { clock, now } from '../system/clock.ts';
import { onOutputClosed } from '../system/terminal.ts';
import { besideBoard } from './beside-board.ts';
import { type CommonFlags, type Context, withStack } from './context.ts';

export interface StatusFlags extends CommonFlags {
  readonly once?: boolean;
  readonly watch?: boolean;
}

/** Follows the board under the face of this run until the person leaves. */
export async function showBoard(context: Context, stack: Stack): Promise<void> {
  const stop = new AbortController();
  const forget = onOutputClosed(() => stop.abort());
  try {
    let reach: readonly Reach[] | undefined;
    const boards = watchBoard(
      context.runner,
      summaryOf(stack),
      stop.signal,
      clock,
      async () => ({ ...(await besideBoard(context.runner, stack, now())), ...(reach && { reach }) }),
      async (ring, signal) => {
        await watchReach(context.runner, stack.id, reachPlans(stack), { clock, signal }, (seen) => {
          reach = seen;
          ring();
        });
      },
    );
    await context.face.board(boards, () => stop.abort());
  } finally {
    forget();
  }
}

async function* only(board: Board): AsyncGenerator<Board, void> {
  yield board;
}

/** Exit 3 for a stack that is not well; the board has said why. */
function judge(board: Board): void {
  if (board.overall === 'healthy') return;
  throw new ReportedError(
    new SetupError('unhealthy', `The stack is ${board.overall}.`, {
      code: 'not-healthy',
      next: ['trading-setup deploy'],
    }),
  );
}

/** `status`: the board; exit 0 healthy, 3 stopped or unhealthy, 4 the engine does not answer. */
export async function status(flags: StatusFlags): Promise<void> {
  const context = await withStack(flags);
  const { runner, stack, face } = context;
  await checkEngine(runner);
  if (flags.watch || (face.kind === 'ink' && !flags.once)) return showBoard(context, stack);
  const reaching = lookAround(runner, stack.id, reachPlans(stack), {
    signal: new AbortController().signal,
    limitMs: LOOK_MS,
  });
  const observed = await observe(runner, stack.id);
  const services = toBoard(summaryOf(stack), observed, now(), await recentExits(runner, observed, now()));
  const board = { ...services, ...(await besideBoard(runner, stack, now())), reach: await reaching };
  await face.board(only(board), () => undefined);
  judge(board);
}
