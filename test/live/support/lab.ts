import { REPOSITORY, run } from './run.ts';

const inCi = Boolean(process.env.CI) && process.env.CI !== 'false';

/** Skips a test, with its reason on the screen; in CI nothing is skipped, so there it fails. */
function without(reason: string, skip: (note: string) => void): void {
  if (inCi) throw new Error(`in CI nothing is skipped, but: ${reason}`);
  process.stderr.write(`live: skipped: ${reason}\n`);
  skip(reason);
}

/** Passes where the engine is the lab's own and nobody else uses it: only then may a test stop it. */
export async function unlessShared(skip: (note: string) => void): Promise<void> {
  if (process.env.TRADING_SETUP_LIVE_SHARED) return without('TRADING_SETUP_LIVE_SHARED: others use this engine', skip);
  const { stdout } = await run(['bash', `${REPOSITORY}/test/live/lab/engine.sh`, 'status']);
  if (!stdout.includes('engine of this lab')) without('the engine was not started by the lab', skip);
}
