import { observe } from '../../../engine/observe.ts';
import { recreate } from '../../../engine/up.ts';
import { SetupError } from '../../../errors.ts';
import type { OperationEvent } from '../../../events/operation.ts';
import { sleep } from '../../../system/clock.ts';
import { placeOf } from '../../place.ts';
import { checkTraders } from '../../traders.ts';
import { heldBy } from '../prove/readers.ts';
import type { Session } from '../session.ts';
import type { StepOf } from '../steps.ts';
import type { Side } from '../types.ts';
import { tell, watchExchange } from './stop.ts';

/** A Compose call of a run that was killed goes on for a while, and gets into the way of the next one. */
const ATTEMPTS = 4;
const PAUSE_MS = 2_000;
const RESUME = 'Then run: trading-setup rotate --resume';
const IN_THE_WAY = /is already in use|no such container|is already in progress|removal of container/i;

/**
 * Recreates what was made with other revisions and starts what was stopped. A container of the right revision that has
 * come back by itself while the volume held the other values runs with those: it is recreated too.
 */
export async function* restart(step: StepOf<'recreate'>, session: Session): AsyncGenerator<OperationEvent, void> {
  watchExchange(session);
  await refuseBeside(session, step.services);
  const forced = await strayed(session, step.services, step.side);
  const others = step.services.filter((service) => !forced.includes(service));
  if (forced.length > 0) yield* patiently(step.id, session, forced, true);
  if (others.length > 0) yield* patiently(step.id, session, others, false);
  const ill = step.services.filter((service) => !session.journal.now.well.includes(service));
  for (const service of ill)
    yield { type: 'step-progress', id: step.id, text: `${service} was not healthy before: it is not waited for` };
}

/** A person may have taken hours before this: who does not run is not started beside another trader. */
async function refuseBeside({ bench }: Session, services: readonly string[]): Promise<void> {
  const { containers } = await observe(bench.runner, bench.stack.id);
  const own = containers.filter(({ service }) => services.includes(service));
  if (!own.every(({ state }) => state === 'running' || state === 'restarting')) await checkTraders(bench, [RESUME]);
}

/** Running containers of this side's revision whose program has other values. */
async function strayed(session: Session, services: readonly string[], side: Side): Promise<readonly string[]> {
  const { bench, journal } = session;
  const { containers } = await observe(bench.runner, bench.stack.id);
  const suspects = containers.filter(
    ({ service, state, labels }) =>
      services.includes(service) &&
      state === 'running' &&
      labels['trading-setup.secrets'] === String(journal.now.revisions[service]?.[side]),
  );
  const held = await Promise.all(
    suspects.map(async ({ service, id }) => ({ service, held: await heldBy(session, service, id) })),
  );
  return held.flatMap(({ service, held: { process } }) => (process === side || process === 'nothing' ? [] : [service]));
}

async function* patiently(
  id: string,
  { bench }: Session,
  services: readonly string[],
  force: boolean,
): AsyncGenerator<OperationEvent, void> {
  const call = { ...(await placeOf(bench)), services, force, signal: bench.signal };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return yield* tell(id, recreate(bench.runner, call));
    } catch (error) {
      if (!(error instanceof SetupError) || attempt === ATTEMPTS) throw error;
      if (!IN_THE_WAY.test([error.message, ...error.output].join('\n'))) throw error;
      await sleep(PAUSE_MS, bench.signal);
    }
  }
}
