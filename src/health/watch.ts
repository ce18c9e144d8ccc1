import { watchContainers } from '../engine/events.ts';
import { observe } from '../engine/observe.ts';
import type { BesideBoard, Board } from '../events/board.ts';
import { redact } from '../secret.ts';
import { type Clock, clock as realClock } from '../system/clock.ts';
import type { Runner } from '../system/run.ts';
import { type StackSummary, toBoard } from './board.ts';

/** Compose starts several containers at once: one look for all of them. */
const COALESCE_MS = 50;
/** The safety net under the events. */
const POLL_MS = 10_000;
const RECONNECT_MS = 1_000;
/** Events are replayed from a little before the connection, so that none falls between look and listen. */
const REPLAY_S = 2;

/**
 * The board, and a new one whenever something about it changes, until the signal aborts. Throws when the
 * first look fails; an engine that goes away later shows as a board on which nothing is well.
 */
export async function* watchBoard(
  runner: Pick<Runner, 'run' | 'stream'>,
  stack: StackSummary,
  signal: AbortSignal,
  clock: Clock = realClock,
  /** What stands beside the services; asked at each look. */
  beside: () => Promise<BesideBoard> = async () => ({}),
  /** What goes on meanwhile, until the signal aborts; `ring` has the board looked at again. */
  meanwhile: (ring: () => void, signal: AbortSignal) => Promise<void> = async () => undefined,
): AsyncGenerator<Board, void> {
  const stop = new AbortController();
  const until = AbortSignal.any([signal, stop.signal]);
  const bell = makeBell(clock, until);
  const exits = new Map<string, number>();
  const listening = listen(runner, stack.id, until, clock, exits, bell.ring);
  const going = meanwhile(bell.ring, until);
  try {
    let board = { ...toBoard(stack, await observe(runner, stack.id), clock.now(), exits), ...(await beside()) };
    yield board;
    while (await bell.wait()) {
      const next = { ...(await look(runner, stack, clock, exits, board)), ...(await beside()) };
      if (until.aborted) return;
      if (JSON.stringify(next) !== JSON.stringify(board)) yield next;
      board = next;
    }
  } finally {
    stop.abort();
    await Promise.all([listening, going]);
  }
}

async function look(
  runner: Pick<Runner, 'run'>,
  stack: StackSummary,
  clock: Clock,
  exits: ReadonlyMap<string, number>,
  before: Board,
): Promise<Board> {
  try {
    return toBoard(stack, await observe(runner, stack.id), clock.now(), exits);
  } catch (error) {
    const reason = error instanceof Error ? redact(error.message) : 'The Docker engine does not answer.';
    const services = before.services.map((service) => ({ ...service, health: 'unhealthy' as const, reason }));
    return { ...before, overall: 'unhealthy', services };
  }
}

/** Rings at every event, and after every reconnection, for what happened in between; keeps the exit codes. */
async function listen(
  runner: Pick<Runner, 'stream'>,
  project: string,
  signal: AbortSignal,
  clock: Clock,
  exits: Map<string, number>,
  ring: () => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const since = clock.now() / 1000 - REPLAY_S;
      for await (const { container, exitCode } of watchContainers(runner, project, signal, since)) {
        if (exitCode !== undefined) exits.set(container, exitCode);
        ring();
      }
    } catch {
      // The engine went away; the next look says so.
    }
    if (signal.aborted) return;
    ring();
    await clock.sleep(RECONNECT_MS, signal);
    ring();
  }
}

/** `wait` answers true some milliseconds after a ring, or after the poll interval; false at the end. */
function makeBell(clock: Clock, signal: AbortSignal) {
  let rung = false;
  let wake = new AbortController();
  signal.addEventListener('abort', () => wake.abort());
  return {
    ring() {
      rung = true;
      wake.abort();
    },
    async wait(): Promise<boolean> {
      if (!rung) await clock.sleep(POLL_MS, wake.signal);
      if (rung) await clock.sleep(COALESCE_MS, signal);
      rung = false;
      if (signal.aborted) return false;
      wake = new AbortController();
      return true;
    },
  };
}
