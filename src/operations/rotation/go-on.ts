import { type ObservedContainer, observe } from '../../engine/observe.ts';
import { recreate } from '../../engine/up.ts';
import { composeServices, DATABASE } from '../../stack/names.ts';
import { mayRecreate } from '../may-recreate.ts';
import { placeOf } from '../place.ts';
import { READY_SECONDS } from '../plan.ts';
import { waitUntilReady } from '../ready.ts';
import { checkTraders, refuseOtherTrader } from '../traders.ts';
import type { Journal } from './journal.ts';
import type { RotationStep } from './steps.ts';
import type { RotationBench } from './types.ts';

/** A deploy is refused until the rotation is over; a stack that is down has nothing that could come back as another. */
const DOWN_FIRST = [
  'Stop the stack: trading-setup down',
  'Finish this, which then starts nothing of it: trading-setup rotate --resume',
  'Then start it as it is now: trading-setup deploy',
];
const ELSEWHERE = ['Or, if it trades on another account: trading-setup down, then rotate --resume, then deploy'];

function runs({ state }: ObservedContainer): boolean {
  return state === 'running' || state === 'restarting';
}

/**
 * What is left of the services that it began with. One without a container was taken down by somebody, and stays so;
 * as long as we have stopped nobody, so does one that does not run. One that was taken out of the stack has no volume
 * any more.
 */
export async function stillThere(
  { runner, stack }: RotationBench,
  { ran, well, touched, revisions }: Journal,
): Promise<Pick<Journal, 'ran' | 'well' | 'revisions'>> {
  const { containers } = await observe(runner, stack.id);
  const there = new Set(containers.filter((each) => touched || runs(each)).map(({ service }) => service));
  const services = composeServices(stack);
  return {
    ran: ran.filter((service) => there.has(service)),
    well: well.filter((service) => there.has(service)),
    revisions: Object.fromEntries(Object.entries(revisions).filter(([service]) => services.includes(service))),
  };
}

/**
 * Between the runs somebody may have changed the stack, or started another trader: what these steps start again is what
 * ran, and nothing else. The database is started where they need it; it trades with nobody.
 * @throws SetupError with the journal as it was.
 */
export async function mayGoOn(
  bench: RotationBench,
  { ran, secrets }: Journal,
  steps: readonly RotationStep[],
): Promise<void> {
  const { runner, stack } = bench;
  const { containers } = await observe(runner, stack.id);
  const has = (...kinds: readonly RotationStep['kind'][]) => steps.some(({ kind }) => kinds.includes(kind));
  if (has('recreate')) {
    const readers = containers.filter(({ service }) => ran.includes(service));
    await mayRecreate(bench, readers, DOWN_FIRST);
    if (!readers.every(runs)) {
      refuseOtherTrader(bench);
      await checkTraders(bench, ELSEWHERE);
    }
  }
  const isRole = secrets.some(({ kind }) => kind === 'database-role');
  const isRead = ran.some((service) => stack.services[service]?.database);
  if ((isRole && has('alter', 'prove')) || (isRead && has('recreate'))) await startDatabase(bench, containers);
}

async function startDatabase(bench: RotationBench, containers: readonly ObservedContainer[]): Promise<void> {
  const { runner, stack, signal } = bench;
  const own = containers.filter(({ service }) => service === DATABASE);
  if (stack.database.kind === 'none' || own.some(runs)) return;
  await mayRecreate(bench, own, DOWN_FIRST);
  const services = [DATABASE];
  for await (const _ of recreate(runner, { ...(await placeOf(bench)), services, force: false, signal }));
  for await (const _ of waitUntilReady(runner, stack, { seconds: READY_SECONDS, signal, services }));
}
