import { SetupError } from '../errors.ts';
import type { Stack } from '../stack/schema.ts';
import type { Context } from './context.ts';
import { giveUp } from './give-up.ts';
import type { InitFlags } from './init.ts';

const LATER = 'Start it with: trading-setup deploy';

/** Offers to build and start what was written; what keeps it from that is said, and is no failure. */
export async function startNow(context: Context, stack: Stack, { start, yes }: InitFlags): Promise<void> {
  const { face, interactive, runner } = context;
  if (!start) return face.say(`Next: ${LATER}`);
  if (!interactive && !yes) {
    // A build and a start are offered, and an offer that nobody saw was not accepted.
    face.say('Not started: nobody could be asked.');
    face.say(`Next: ${LATER}. Or say so at once: trading-setup init --yes`);
    return;
  }
  const { checkEngine, OFFER_MS } = await import('../engine/check.ts');
  try {
    await checkEngine(runner, OFFER_MS);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // The files are written: that is what was asked for. The rest waits for the engine.
    face.say(`Not started: ${error.message}`);
    for (const next of [...error.next, LATER]) face.say(`Next: ${next}`);
    return;
  }
  if (interactive) {
    const answer = await face.confirm('Build and start it now?', true);
    if (!(answer ?? giveUp('Not started; the files are written.', LATER))) return face.say(`Next: ${LATER}`);
  }
  const { deployStack } = await import('./deploy.ts');
  await deployStack(context, stack, {});
}
