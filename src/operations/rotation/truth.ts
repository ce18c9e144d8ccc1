import { observe } from '../../engine/observe.ts';
import { SetupError } from '../../errors.ts';
import { secretConsumers } from '../../secrets/consumers.ts';
import { fingerprintKey, fingerprints } from '../../secrets/fingerprint.ts';
import type { SecretStore } from '../../secrets/store.ts';
import { hasGate } from '../../stack/names.ts';
import { readDelivery, readValues } from '../deliver.ts';
import { type Disk, disk, type Journal, readJournal } from './journal.ts';
import { tryLogins } from './prove/database.ts';
import { askGate } from './prove/gate.ts';
import { type Held, type Holds, heldBy } from './prove/readers.ts';
import { roleOf } from './roles.ts';
import { type Seen, valuesOf } from './session.ts';
import type { RotationBench, Side } from './types.ts';
import { findValues, missing } from './values.ts';
import { listed } from './words.ts';

/** What is true now, secret by secret, measured: nothing is taken from the journal but which values there are. */
export async function sayTruth(bench: RotationBench, files: Disk = disk): Promise<readonly string[]> {
  const now = await readJournal(bench.journal, files);
  if (!now) return ['No rotation is unfinished.'];
  const store = await bench.openStore();
  const all = await readValues(bench.stack, store);
  const key = await fingerprintKey(store);
  return truthOf({ bench, store, all, key, values: await findValues(store, now), journal: { now } });
}

/** Whether an unfinished rotation has the new values to go forward with. */
export async function hasNewValues(bench: RotationBench, files: Disk = disk): Promise<boolean> {
  const now = await readJournal(bench.journal, files);
  return now !== undefined && missing(now, await findValues(await bench.openStore(), now), 'new').length === 0;
}

/** As `sayTruth`, of a rotation at work. */
export async function truthOf(seen: Seen): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const { name, kind } of seen.journal.now.secrets) {
    const parts = [
      ...(kind === 'database-role' ? [await ofDatabase(seen, name)] : []),
      ...(kind === 'gate-login' && hasGate(seen.bench.stack) ? [await ofGate(seen, name)] : []),
      ...(await ofReaders(seen, name)),
      ...(await ofVolumes(seen, name)),
      await ofStore(seen.store, seen.journal.now, name),
      ...(seen.values.new.has(name) ? [] : ['the new one is kept nowhere']),
    ];
    lines.push(`${name}: ${parts.join('; ')}.`);
  }
  return lines;
}

async function ofDatabase({ bench, values }: Seen, name: string): Promise<string> {
  const sides = (['new', 'old'] as const).filter((side) => values[side].has(name));
  const passwords = sides.flatMap((side) => values[side].get(name) ?? []);
  const logins = await tryLogins(bench, roleOf(bench.stack, name), passwords);
  const taken = sides.find((_, nth) => logins[nth]?.is === 'taken');
  if (taken) return `the database takes the ${taken} one`;
  const [failed] = logins.flatMap((login) => (login.is === 'failed' ? [login.why] : []));
  return failed === undefined ? 'the database takes neither' : `the database could not be asked (${failed})`;
}

async function ofGate({ bench, values }: Seen, name: string): Promise<string> {
  const sides = (['new', 'old'] as const).filter((side) => values[side].has(name));
  const codes = await askGate(
    bench,
    sides.flatMap((side) => values[side].get(name) ?? []),
  );
  const taken = sides.find((_, nth) => codes?.[nth] !== '401' && codes?.[nth] !== 'none');
  if (!codes) return 'the gate does not run';
  return taken ? `the gate takes the ${taken} one` : 'the gate takes neither';
}

/** `collect runs with the new one, scheduled-backtest with the old one`. */
async function ofReaders(seen: Seen, name: string): Promise<readonly string[]> {
  const { bench } = seen;
  const { containers } = await observe(bench.runner, bench.stack.id);
  const services = (secretConsumers(bench.stack).get(name) ?? []).filter((each) => bench.stack.services[each]);
  const said: string[] = [];
  for (const service of services) {
    const running = containers.find((each) => each.service === service && each.state === 'running');
    if (!running) said.push(`${service} does not run`);
    else said.push(...sayHeld(service, await heldBy(seen, service, running.id)));
  }
  return said.length === 0 ? [] : [listed(said)];
}

function sayHeld(service: string, { process, why }: Held): readonly string[] {
  if (process === 'nothing') return [];
  return [why === undefined ? `${service} runs with ${words(process)}` : `${service} could not be asked (${why})`];
}

function words(holds: Holds): string {
  return holds === 'new' || holds === 'old' ? `the ${holds} one` : 'neither';
}

async function ofVolumes(seen: Seen, name: string): Promise<readonly string[]> {
  const { bench, key } = seen;
  const consumers = secretConsumers(bench.stack);
  const services = consumers.get(name) ?? [];
  // A side of which a value is nowhere is held by nobody: without it, both would render alike.
  const isWhole = (side: Side, service: string) =>
    seen.journal.now.secrets.every(
      (secret) => seen.values[side].has(secret.name) || !consumers.get(secret.name)?.includes(service),
    );
  const prints = (side: Side) =>
    fingerprints(
      bench.stack,
      valuesOf(seen, side),
      key,
      services.filter((service) => isWhole(side, service)),
    );
  const [fresh, old] = [prints('new'), prints('old')];
  const bySide = new Map<string, string[]>();
  for (const service of services) {
    const print = (await readDelivery(bench.runner, bench.stack, service))?.fingerprint;
    const holds =
      print === undefined
        ? 'other'
        : print === fresh.get(service)
          ? 'new'
          : print === old.get(service)
            ? 'old'
            : 'other';
    bySide.set(words(holds), [...(bySide.get(words(holds)) ?? []), service]);
  }
  const said = [...bySide].map(([which, services]) => `${which} for ${listed(services)}`);
  return said.length === 0 ? [] : [`the volumes hold ${said.join(', ')}`];
}

async function ofStore(store: SecretStore, { secrets }: Journal, name: string): Promise<string> {
  let print: string | undefined;
  try {
    const current = await store.get(name);
    print = current && (await store.fingerprint(current));
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    // It was locked meanwhile; the rest is true all the same.
    return `the store could not be asked (${error.message})`;
  }
  const secret = secrets.find((each) => each.name === name);
  const which = print === secret?.newPrint ? 'new' : print === secret?.oldPrint ? 'old' : 'other';
  return `the store has ${words(which)}`;
}

/** What is true, one line for each secret, also where it cannot be found out. */
export async function truthOrWhyNot(seen: Seen): Promise<readonly string[]> {
  try {
    return await truthOf(seen);
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return [`What is in force could not be found out: ${error.message}`];
  }
}
