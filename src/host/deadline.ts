import { engineError } from '../engine/errors.ts';
import type { SetupError } from '../errors.ts';
import { patience } from '../system/patience.ts';
import type { Command, Result, Runner } from '../system/run.ts';

/** How long an engine may take to say what it runs. One that accepts calls and never answers would hold up everything. */
export const LOOK_MS = 8_000;
/** After this somebody who watches wonders. */
const WONDER_MS = 2_000;
/** A program that ran out of time has ended by then, if it ends when it is told to. */
const END_MS = 1_000;

/** A runner for looking at the machine: a call that takes too long is one that failed. */
export interface Deadline {
  readonly runner: Pick<Runner, 'run'>;
  /** That something got no answer; absent where everything answered. */
  problem(): SetupError | undefined;
}

/**
 * Each call ends in time, as one without an answer (exit code 124).
 * @param wonder called once where an answer takes long.
 */
export function withDeadline(runner: Pick<Runner, 'run'>, ms: number, wonder?: () => void): Deadline {
  const text = `no answer within ${ms} ms`;
  let isLate = false;
  let waiting = 0;
  let slow: NodeJS.Timeout | undefined;

  async function run(command: Command, options?: Parameters<Runner['run']>[1]): Promise<Result> {
    let forget = (): void => undefined;
    const tooLate = new Promise<Result>((resolve) => {
      forget = patience(ms + END_MS, () => resolve({ exitCode: 124, stdout: '', stderr: text, missing: false }));
    });
    if (wonder && waiting === 0) slow ??= setTimeout(wonder, Math.min(WONDER_MS, ms / 2));
    waiting += 1;
    try {
      const result = await Promise.race([runner.run(command, { timeoutMs: ms, ...options }), tooLate]);
      isLate ||= result.exitCode === 124;
      return result;
    } finally {
      forget();
      waiting -= 1;
      if (waiting === 0) clearTimeout(slow);
    }
  }

  return { runner: { run }, problem: () => (isLate ? engineError(text, 'looking at the machine') : undefined) };
}
