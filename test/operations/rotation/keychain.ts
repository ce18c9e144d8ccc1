import { createHash } from 'node:crypto';
import { Secret } from '../../../src/secret.ts';
import type { SecretStore, Slot } from '../../../src/secrets/store.ts';
import { accountOf } from '../engine.ts';
import type { Pass } from './engine.ts';

/**
 * A store as a keychain is: it knows one account at a time and no transaction, so that a call can end between any two of
 * its accounts.
 */
export function keychainLike(accounts: Map<string, string>, pass: Pass): SecretStore {
  const get = (account: string) => pass('', async () => accounts.get(account));
  const set = (account: string, value: string) => pass('keychain set', async () => void accounts.set(account, value));
  const remove = (account: string) => pass('keychain delete', async () => accounts.delete(account));
  const print = (value: string) => createHash('sha256').update(`keychain ${value}`).digest('hex').slice(0, 16);
  const eachOf = async (values: ReadonlyMap<string, Secret>, slot: Slot) => {
    for (const [name, value] of values) await set(accountOf(name, slot), value.reveal());
  };
  const forget = async (names: readonly string[], slot: Slot) => {
    for (const name of names) if ((await get(accountOf(name, slot))) !== undefined) await remove(accountOf(name, slot));
  };
  return {
    kind: 'keychain',
    place: 'a keychain',
    get: async (name, slot) => {
      const value = await get(accountOf(name, slot));
      return value === undefined ? undefined : new Secret(value);
    },
    set: (name, value) => set(name, value.reveal()),
    setAll: (values) => eachOf(values, 'current'),
    delete: async (name) => {
      const slots = await Promise.all(
        (['current', 'pending', 'previous'] as const).map((slot) => remove(accountOf(name, slot))),
      );
      return slots.includes(true);
    },
    names: async () => [...accounts.keys()].filter((account) => !account.includes('#')),
    list: async () =>
      [...accounts].map(([account, value]) => {
        const [name = '', slot = 'current'] = account.split('#');
        return { name, slot: slot as Slot, fingerprint: print(value) }; // made by accountOf
      }),
    stage: (values) => eachOf(values, 'pending'),
    promote: async (names) => {
      for (const name of names) {
        const pending = await get(accountOf(name, 'pending'));
        const current = await get(name);
        if (pending === undefined) continue;
        // Said again after an end between the accounts: what is current already must not become the previous one.
        if (current !== undefined && current !== pending) await set(accountOf(name, 'previous'), current);
        await set(name, pending);
        await remove(accountOf(name, 'pending'));
      }
    },
    discard: (names) => forget(names, 'pending'),
    confirm: (names) => forget(names, 'previous'),
    fingerprint: async (value) => print(value.reveal()),
  };
}
