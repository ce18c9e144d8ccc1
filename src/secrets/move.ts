import { join } from 'node:path';
import { SetupError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { accountOf, PRINT_KEY } from './account.ts';
import { FINGERPRINT_KEY } from './fingerprint.ts';
import { writeList } from './ledger.ts';
import type { Kept, SecretStore } from './store.ts';
import { withLock } from './vault-lock.ts';

/** Everything that a store has, by account; the keys that it keeps for itself too. */
export type Accounts = ReadonlyMap<string, Secret>;

/** Reads every value of a store, in every slot. */
export async function readAll(
  store: SecretStore,
): Promise<{ readonly values: Accounts; readonly kept: readonly Kept[] }> {
  const kept = await store.list();
  const values = new Map<string, Secret>();
  for (const name of [PRINT_KEY, FINGERPRINT_KEY]) {
    const value = await store.get(name);
    if (value) values.set(name, value);
  }
  for (const { name, slot } of kept) {
    const value = await store.get(name, slot);
    if (value) values.set(accountOf(name, slot), value);
  }
  return { values, kept };
}

/** Accounts of which two stores hold different values. */
export async function differing(values: Accounts, other: SecretStore): Promise<readonly string[]> {
  const different: string[] = [];
  for (const [account, value] of values) {
    const there = await other.get(account);
    if (there !== undefined && there.reveal() !== value.reveal()) different.push(account);
  }
  return different;
}

/**
 * Copies accounts into another store and reads them back. Equal values keep their dates and fingerprints.
 * @param dir where the lists of both stores are.
 * @throws SetupError exit 1 where a value does not come back as it was; the first store still has all.
 */
export async function copyAll(
  { values, kept }: { readonly values: Accounts; readonly kept: readonly Kept[] },
  to: SecretStore,
  dir: string,
): Promise<void> {
  await to.setAll(values);
  for (const [account, value] of values) {
    if ((await to.get(account))?.reveal() === value.reveal()) continue;
    throw new SetupError('tool-failed', `${account} did not come back from ${to.place} as it was written.`, {
      code: 'move-unproven',
      next: ['Nothing was removed from where the secrets are. Run the same command again.'],
    });
  }
  // Dates are of the values, wherever they are.
  const copied = new Set(kept.map(({ name, slot }) => accountOf(name, slot)));
  const others = (await to.list()).filter(({ name, slot }) => !copied.has(accountOf(name, slot)));
  const own = values.has(FINGERPRINT_KEY) && to.kind === 'vault' ? [OWN_ENTRY] : [];
  await withLock(join(dir, 'vault.lock'), () => writeList(dir, to.kind, [...kept, ...others, ...own]));
}

/** By this name a vault tells, unopened, that secrets were delivered from it. */
const OWN_ENTRY: Kept = { name: FINGERPRINT_KEY, slot: 'current' };

/** Deletes from a store what another has by now. */
export async function deleteAll(names: Iterable<string>, store: SecretStore): Promise<void> {
  for (const name of names) await store.delete(name);
  await store.delete(FINGERPRINT_KEY);
  // The last: every write makes it where it is missing.
  await store.delete(PRINT_KEY);
}
