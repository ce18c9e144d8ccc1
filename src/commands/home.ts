import { SetupError } from '../errors.ts';
import { findRepository, readStack } from '../flow/repository.ts';
import { workingFolder } from '../system/process.ts';
import { stopAhead } from './ahead.ts';
import { type CommonFlags, canAsk } from './context.ts';

/** Without a command: the wizard where nothing is set up, else the board. */
export async function home(flags: CommonFlags): Promise<void> {
  const dir = await findRepository(flags.dir, workingFolder());
  if (await readStack(dir)) {
    stopAhead();
    return (await import('./status.ts')).status(flags);
  }
  if (canAsk(flags)) return (await import('./init.ts')).init({ ...flags, set: [], start: true });
  throw new SetupError('needs-you', `${dir} is not set up yet, and without a terminal nothing is asked.`, {
    code: 'not-set-up',
    next: [
      'Set it up with detected values and defaults: trading-setup init --yes',
      'Or look at an example: trading-setup try',
    ],
  });
}
