import * as z from 'zod';
import { fillVolume, readFromVolume, volumesWith } from '../engine/volumes.ts';
import type { Secret } from '../secret.ts';
import { PRINT_KEY, valuePrint } from '../secrets/account.ts';
import { generateMissing } from '../secrets/fill.ts';
import { fingerprintKey, fingerprints } from '../secrets/fingerprint.ts';
import { origins } from '../secrets/origin.ts';
import { renderDeliveries } from '../secrets/render.ts';
import type { Delivery, SecretStore } from '../secrets/store.ts';
import { DATABASE, engineVolume, secretVolume, volumeMark, volumesOf } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import type { Runner } from '../system/run.ts';

/** At the root of every volume: whose it is. */
const MARK = '.trading-setup';
/** Beside the mark in a secret volume: which content is in it. */
const RECORD = '.delivery';
const Record = z.object({
  revision: z.int(),
  fingerprint: z.string(),
  /** What it was made of, where that is known (see `origins`). */
  origin: z.string().optional(),
  paths: z.array(z.string()).default([]),
});

async function readRecord(runner: Runner, volume: string) {
  const text = await readFromVolume(runner, volume, RECORD);
  if (text === undefined) return undefined;
  try {
    return Record.parse(JSON.parse(text));
  } catch {
    // Cut short or not ours: as good as none, the volume is filled anew.
    return undefined;
  }
}

/** What a service's secret volume holds: its revision and its files; nothing where it was never filled. */
export function readDelivery(runner: Runner, stack: Stack, service: string) {
  return readRecord(runner, engineVolume(stack, secretVolume(service)));
}

/** Whether the service would accept its volume: without the mark its entrypoint refuses to start. */
async function isMarked(runner: Runner, stack: Stack, service: string): Promise<boolean> {
  const volume = secretVolume(service);
  const mark = await readFromVolume(runner, engineVolume(stack, volume), MARK);
  return mark?.trim() === volumeMark(stack, volume);
}

/** All values of a stack that the store has. */
export async function readValues(stack: Stack, store: SecretStore): Promise<ReadonlyMap<string, Secret>> {
  const values = new Map<string, Secret>();
  for (const name of Object.keys(stack.secrets.entries)) {
    const value = await store.get(name);
    if (value) values.set(name, value);
  }
  return values;
}

/**
 * Files are replaced and never removed by the engine's copy call, so what is no longer delivered is emptied: the
 * entrypoint passes over an empty file.
 */
async function fill(
  runner: Runner,
  stack: Stack,
  delivery: Delivery,
  record: z.infer<typeof Record>,
  before: readonly string[],
): Promise<void> {
  const { service, uid, gid } = delivery;
  const volume = secretVolume(service);
  const owned = { uid, gid };
  const stale = before.filter((path) => !record.paths.includes(path));
  await fillVolume(runner, {
    volume: engineVolume(stack, volume),
    rootOwner: { ...owned, mode: 0o500 },
    files: [
      { path: MARK, content: `${volumeMark(stack, volume)}\n`, ...owned, mode: 0o444 },
      ...delivery.files.map(({ path, content }) => ({ path, content, ...owned, mode: 0o400 })),
      ...stale.map((path) => ({ path, content: '', ...owned, mode: 0o400 })),
      { path: RECORD, content: JSON.stringify(record), ...owned, mode: 0o444 },
    ],
  });
}

/** Replaces the record alone: the content is right. */
async function note(
  runner: Runner,
  stack: Stack,
  { service, uid, gid }: Delivery,
  record: z.infer<typeof Record>,
): Promise<void> {
  const owned = { uid, gid };
  await fillVolume(runner, {
    volume: engineVolume(stack, secretVolume(service)),
    rootOwner: { ...owned, mode: 0o500 },
    files: [{ path: RECORD, content: JSON.stringify(record), ...owned, mode: 0o444 }],
  });
}

/** Filled secret volumes of services that are no longer in the stack, or no longer read a secret. */
async function orphans(runner: Runner, stack: Stack) {
  const ours = volumesOf(stack).map(({ volume }) => engineVolume(stack, volume));
  const all = await volumesWith(runner, [`trading-setup.stack=${stack.id}`]);
  const found: { readonly volume: string; readonly record: z.infer<typeof Record> }[] = [];
  for (const volume of all.filter((name) => name.endsWith('-secrets') && !ours.includes(name))) {
    const record = await readRecord(runner, volume);
    if (record && record.paths.length > 0) found.push({ volume, record });
  }
  return found;
}

/** What nobody reads any more is nowhere. */
async function emptyOrphans(runner: Runner, stack: Stack): Promise<void> {
  for (const { volume, record } of await orphans(runner, stack)) {
    const owner = { uid: 0, gid: 0 };
    await fillVolume(runner, {
      volume,
      rootOwner: { ...owner, mode: 0o500 },
      files: [
        ...record.paths.map((path) => ({ path, content: '', ...owner, mode: 0o400 })),
        {
          ...{ path: RECORD, ...owner, mode: 0o444 },
          content: JSON.stringify({ revision: record.revision, fingerprint: '', paths: [] }),
        },
      ],
    });
  }
}

/** The revision of what is filled in now. */
function nextRevision(service: string, ...before: readonly (number | undefined)[]): number {
  const last = Math.max(...before.map((each) => each ?? 0));
  // It reads its password when its cluster is made and never again: a new number would end it for nothing.
  return service === DATABASE ? Math.max(last, 1) : last + 1;
}

/**
 * Whether every secret volume has what the store has, and these revisions are written down: nothing is left to deliver.
 * Told without a value, so that nobody is asked for a passphrase; false wherever that is not certain.
 * @param known revisions that containers are made with from now on.
 */
export async function isDelivered(
  runner: Runner,
  stack: Stack,
  store: SecretStore,
  known: ReadonlyMap<string, number>,
): Promise<boolean> {
  const current = (await store.certain?.())?.filter(({ slot }) => slot === 'current');
  if (!current) return false;
  const prints = new Map(
    current.flatMap(({ name, fingerprint }) => (fingerprint ? [[name, fingerprint] as const] : [])),
  );
  const isMade = Object.entries(stack.secrets.entries).every(
    ([name, { kind }]) => kind !== 'generated' || prints.has(name),
  );
  if (!isMade || prints.size < current.length || (await orphans(runner, stack)).length > 0) return false;
  const right = await Promise.all(
    [...origins(stack, prints)].map(async ([service, origin]) => {
      const there = await readDelivery(runner, stack, service);
      const isRight = there?.origin === origin && there.revision === known.get(service);
      return isRight && (await isMarked(runner, stack, service));
    }),
  );
  return right.every(Boolean);
}

/** The origin of each delivery, by service, from the very values that it is made of; none where prints have no key yet. */
async function originsOf(stack: Stack, values: ReadonlyMap<string, Secret>, store: SecretStore) {
  const key = await store.get(PRINT_KEY);
  if (!key) return new Map<string, string>();
  const prints = [...values].map(([name, value]) => [name, valuePrint(key.reveal(), value.reveal())] as const);
  return origins(stack, new Map(prints));
}

/**
 * Makes the generated secrets that are missing, brings every secret volume to the values of the store and returns the
 * revision of each service. A volume whose content is right already is not written, and its revision stays: nobody is
 * recreated for it.
 * @param known revisions that containers may have been made with: a volume that was emptied must not start at 1 again.
 */
export async function deliver(
  runner: Runner,
  stack: Stack,
  store: SecretStore,
  known: ReadonlyMap<string, number> = new Map(),
): Promise<ReadonlyMap<string, number>> {
  await generateMissing(stack, store);
  await emptyOrphans(runner, stack);
  const values = await readValues(stack, store);
  const prints = fingerprints(stack, values, await fingerprintKey(store));
  const from = await originsOf(stack, values, store);
  const revisions = await Promise.all(
    renderDeliveries(stack, values).map(async (delivery) => {
      const { service } = delivery;
      const fingerprint = prints.get(service) ?? '';
      const there = await readDelivery(runner, stack, service);
      const origin = from.get(service);
      const noted = origin === undefined ? {} : { origin };
      if (there?.fingerprint === fingerprint && (await isMarked(runner, stack, service))) {
        if (there.origin !== origin) await note(runner, stack, delivery, { ...there, ...noted });
        return [service, there.revision] as const;
      }
      const revision = nextRevision(service, there?.revision, known.get(service));
      const paths = delivery.files.map(({ path }) => path);
      await fill(runner, stack, delivery, { revision, fingerprint, ...noted, paths }, there?.paths ?? []);
      return [service, revision] as const;
    }),
  );
  return new Map(revisions);
}

/**
 * Fills the secret volumes of these services with these values under these revisions, whatever is in them: a filling
 * that was cut short leaves an earlier record over newer files.
 */
export async function deliverAs(
  runner: Runner,
  stack: Stack,
  values: ReadonlyMap<string, Secret>,
  { key, revisions }: { readonly key: Secret; readonly revisions: ReadonlyMap<string, number> },
): Promise<void> {
  const services = [...revisions.keys()];
  const prints = fingerprints(stack, values, key, services);
  await Promise.all(
    renderDeliveries(stack, values, undefined, services).map(async (delivery) => {
      const { service } = delivery;
      const revision = revisions.get(service);
      if (revision === undefined) return;
      const paths = delivery.files.map(({ path }) => path);
      const before = (await readDelivery(runner, stack, service))?.paths ?? [];
      await fill(runner, stack, delivery, { revision, fingerprint: prints.get(service) ?? '', paths }, before);
    }),
  );
}
