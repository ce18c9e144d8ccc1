import { join } from 'node:path';
import { Secret } from '../secret.ts';
import { ensurePrivateDir, readText, writeAtomic } from '../system/files.ts';
import type { SecretStore } from './store.ts';
import { damagedVault, goneVault } from './vault-errors.ts';
import { obtainKey, type Unlock, type VaultKey } from './vault-key.ts';
import { withLock } from './vault-lock.ts';
import { readNames, writeNames } from './vault-names.ts';

/** Where a vault is, how it opens, and the clock for the dates in its list of names. */
export interface VaultOptions {
  readonly dir: string;
  readonly unlock: Unlock;
  readonly now: () => number;
}

type Values = Map<string, string>;
/** Changes the values in place and returns the names that were set. */
type Edit = (values: Values) => ReadonlySet<string>;

/** An age-encrypted file with all values of a stack. Nobody is asked for anything before a value is needed. */
export function openVault({ dir, unlock, now }: VaultOptions): SecretStore {
  const path = join(dir, 'vault.age');
  let known: Promise<VaultKey> | undefined;

  /** The key, obtained once even for several calls at a time; one that failed is not kept. */
  async function withKey<T>(purpose: 'open' | 'create', use: (key: VaultKey) => Promise<T>): Promise<T> {
    known ??= obtainKey(unlock, purpose);
    const used = known;
    try {
      return await use(await used);
    } catch (error) {
      if (known === used) known = undefined;
      throw error;
    }
  }

  async function read(): Promise<Values> {
    const sealed = await readText(path);
    if (sealed !== undefined) return parseValues(await withKey('open', (key) => key.open(sealed, path)), path);
    if ((await readNames(dir))?.size) throw goneVault(path);
    return new Map();
  }

  async function change(edit: Edit): Promise<void> {
    await ensurePrivateDir(dir);
    // Before the lock: a person may take minutes to answer.
    await read();
    if (unlock.kind === 'passphrase') await withKey('create', async () => undefined);
    await withLock(join(dir, 'vault.lock'), async () => {
      // Read again: what another process wrote meanwhile stays.
      const values = await read();
      const justSet = edit(values);
      await writeAtomic(path, await withKey('create', (key) => key.seal(printValues(values))), { mode: 0o600 });
      await writeNames(dir, values.keys(), justSet, now());
    });
  }

  async function setAll(added: ReadonlyMap<string, Secret>): Promise<void> {
    if (added.size === 0) return;
    await change((values) => {
      for (const [name, value] of added) values.set(name, value.reveal());
      return new Set(added.keys());
    });
  }

  return {
    kind: 'vault',
    place: `the vault ${path}`,
    get: async (name) => {
      const value = (await read()).get(name);
      return value === undefined ? undefined : new Secret(value);
    },
    set: (name, value) => setAll(new Map([[name, value]])),
    setAll,
    delete: async (name) => {
      if (!(await read()).has(name)) return false;
      await change((values) => {
        values.delete(name);
        return new Set();
      });
      return true;
    },
    names: async () => [...((await readNames(dir)) ?? (await read())).keys()].sort(),
  };
}

// A Map on both sides: a secret may be called `__proto__`.
function printValues(values: Values): string {
  return JSON.stringify(Object.fromEntries(values));
}

function parseValues(text: string, path: string): Values {
  try {
    const found: unknown = JSON.parse(text);
    return new Map(Object.entries(found ?? {}).map(([name, value]) => [name, String(value)]));
  } catch {
    // Without the cause: a JSON error quotes the text.
    throw damagedVault(path);
  }
}
