import { SetupError } from '../errors.ts';
import { setCommand } from '../operations/variables.ts';
import type { Stack } from '../stack/schema.ts';
import { missingVariables } from '../stack/variables.ts';
import type { Context } from './context.ts';
import { giveUp } from './give-up.ts';
import type { InitFlags } from './init.ts';

const DEPLOY = 'trading-setup deploy';

/** How it is started later; a start without what the program gives up without would be refused. */
function laterWords(stack: Stack): string {
  const missing = missingVariables(stack).map(({ path }) => path);
  return missing.length === 0 ? `Start it with: ${DEPLOY}` : `${setCommand(missing)}; then: ${DEPLOY}`;
}

/** Offers to build and start what was written; what keeps it from that is said, and is no failure. */
export async function startNow(context: Context, stack: Stack, { start, yes }: InitFlags): Promise<void> {
  const { face, interactive, runner } = context;
  const later = laterWords(stack);
  const isReady = missingVariables(stack).length === 0;
  if (!start || (interactive && !isReady)) return face.say(`Next: ${later}`);
  if (!interactive && !yes) {
    // A build and a start are offered, and an offer that nobody saw was not accepted.
    face.say('Not started: nobody could be asked.');
    face.say(isReady ? `Next: ${later}. Or say so at once: trading-setup init --yes` : `Next: ${later}`);
    return;
  }
  const { checkEngine, OFFER_MS } = await import('../engine/check.ts');
  try {
    await checkEngine(runner, OFFER_MS);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // The files are written: that is what was asked for. The rest waits for the engine.
    face.say(`Not started: ${error.message}`);
    for (const next of [...error.next, later]) face.say(`Next: ${next}`);
    return;
  }
  if (interactive) {
    const answer = await face.confirm('Build and start it now?', true);
    if (!(answer ?? giveUp('Not started; the files are written.', later))) return face.say(`Next: ${later}`);
  }
  const { deployStack } = await import('./deploy.ts');
  await deployStack(context, stack, {});
}
