import { observe } from '../../engine/observe.ts';
import type { Secret } from '../../secret.ts';
import { involvedIn } from '../../secrets/check/subject.ts';
import { consumersOf } from '../../secrets/consumers.ts';
import { fingerprintKey } from '../../secrets/fingerprint.ts';
import { renderDeliveries } from '../../secrets/render.ts';
import type { SecretStore } from '../../secrets/store.ts';
import { DATABASE } from '../../stack/names.ts';
import { reencryptOf } from '../../stack/own-commands.ts';
import type { Stack } from '../../stack/schema.ts';
import { now } from '../../system/clock.ts';
import { readDelivery } from '../deliver.ts';
import { readRevisions } from '../env-file.ts';
import { mayRecreate } from '../may-recreate.ts';
import type { Journal } from './journal.ts';
import { readersOf } from './plan.ts';
import { noValue, refuseUndelivered, sameValue } from './refuse.ts';
import type { RotatedSecret, RotationBench, RotationRequest } from './types.ts';

/** What to do where a reader would come back as another one. */
export const DEPLOY_FIRST = ['Deploy it first: trading-setup deploy', 'Then run the rotation again.'];

/** The readers that run now, and those of them that are well. */
export async function runningReaders(
  { runner, stack }: Pick<RotationBench, 'runner' | 'stack'>,
  names: readonly string[],
) {
  const readers = readersOf(stack, names);
  const { containers } = await observe(runner, stack.id);
  const running = containers.filter(
    ({ service, state }) => readers.includes(service) && (state === 'running' || state === 'restarting'),
  );
  const isWell = ({ state, health }: (typeof running)[number]) =>
    state === 'running' && (health === undefined || health.status === 'healthy');
  return { running, well: running.filter(isWell) };
}

/**
 * The rotation as data, before anything is touched.
 * @param values the current ones of the whole stack.
 * @throws SetupError where it must not begin.
 */
export async function beginning(
  bench: RotationBench,
  request: RotationRequest,
  store: SecretStore,
  values: ReadonlyMap<string, Secret>,
): Promise<Journal> {
  const { stack } = bench;
  const names = [...request.values.keys()];
  const secrets = await Promise.all(names.map((name) => rotated(stack, name, request, store, values)));
  await refuseUndelivered(bench, names, values, await fingerprintKey(store));
  const revisions = await revisionsOf(bench, names);
  // What no volume can hold is refused now.
  renderDeliveries(stack, new Map([...values, ...request.values]), undefined, Object.keys(revisions));
  const { running, well } = await runningReaders(bench, names);
  await mayRecreate(bench, running, DEPLOY_FIRST);
  const ran = inOrder(stack, running);
  return {
    version: 1,
    stack: stack.id,
    since: new Date(now()).toISOString(),
    direction: 'forward',
    compromised: request.compromised,
    secrets,
    ran,
    well: inOrder(stack, well),
    revisions,
    reencrypt: reencryptFor(stack, secrets),
    noReturn: false,
    touched: false,
    begun: [],
    done: [],
    at: null,
  };
}

/** The program's own command, where a key that it encrypts with is among them. */
export function reencryptFor(
  stack: Stack,
  secrets: readonly Pick<RotatedSecret, 'kind' | 'name'>[],
): Journal['reencrypt'] {
  const key = secrets.find(({ kind }) => kind === 'encryption-key');
  return (key && reencryptOf(stack, key.name)) ?? null;
}

/** Each once, in the order of the Compose file. */
function inOrder(stack: Stack, containers: readonly { readonly service: string }[]): readonly string[] {
  const there = new Set(containers.map(({ service }) => service));
  return [...Object.keys(stack.services), 'gate'].filter((service) => there.has(service));
}

/** What the plan has to know of one secret. */
export async function rotated(
  stack: Stack,
  name: string,
  { values, expires }: RotationRequest,
  store: SecretStore,
  all: ReadonlyMap<string, Secret>,
): Promise<RotatedSecret & { readonly expires?: string }> {
  const value = values.get(name);
  const old = await store.get(name);
  if (!old || !value) throw noValue(name);
  const { kind, comesBack, after } = involvedIn(stack, name);
  const { itemsBefore } = await import('../../secrets/check/check.ts');
  const before = itemsBefore(stack, name, new Map([...all, ...values]));
  const [oldPrint, newPrint] = [await store.fingerprint(old), await store.fingerprint(value)];
  if (oldPrint === newPrint) throw sameValue(name);
  const end = expires.get(name);
  const secret = { name, kind, comesBack, before, after, oldPrint, newPrint };
  return { ...secret, ...(end === undefined ? {} : { expires: end }) };
}

/**
 * The revision of each volume that changes, as it is and as it will be: decided once, so that a step that is done again
 * does not count on. The database's own never changes: a new number would make Compose end it.
 */
async function revisionsOf(
  { runner, stack, dir }: RotationBench,
  names: readonly string[],
): Promise<Journal['revisions']> {
  const services = consumersOf(stack, names);
  const known = await readRevisions(dir, services);
  const pairs = await Promise.all(
    services.map(async (service) => {
      const old = Math.max((await readDelivery(runner, stack, service))?.revision ?? 0, known.get(service) ?? 0);
      return [service, { old, new: service === DATABASE ? old : old + 1 }] as const;
    }),
  );
  return Object.fromEntries(pairs);
}
