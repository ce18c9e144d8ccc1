import { join } from 'node:path';
import { SetupError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { ensurePrivateDir, readText, writeAtomic } from '../system/files.ts';
import { accountOf, isOwnKey, PRINT_KEY, valuePrint } from './account.ts';
import { generatePassword } from './generate.ts';
import { type JustSet, listOfFile, nextList, readList, sameList, sorted, writeList } from './ledger.ts';
import type { SecretStore, Slot } from './store.ts';
import { goneVault, namesGone } from './vault-errors.ts';
import type { Unlock, VaultKey } from './vault-key.ts';
import { withLock } from './vault-lock.ts';
import { keptOf, parseValues, printsOf, printValues, promoteOne, type Values } from './vault-values.ts';

/** Where a vault is, how it opens, and the clock for the dates in its list of names. */
export interface VaultOptions {
  readonly dir: string;
  readonly unlock: Unlock;
  readonly now: () => number;
}

/** Changes the values in place and returns what was set. */
type Edit = (values: Values) => ReadonlyMap<string, JustSet>;

const NOTHING: ReadonlyMap<string, JustSet> = new Map();

/** An age-encrypted file with all values of a stack. Nobody is asked for anything before a value is needed. */
export function openVault({ dir, unlock, now }: VaultOptions): SecretStore {
  const path = join(dir, 'vault.age');
  let known: Promise<VaultKey> | undefined;
  let asked = 0;

  /** The key, obtained once even for several calls at a time; one that failed is not kept. */
  async function withKey<T>(purpose: 'open' | 'create', use: (key: VaultKey) => Promise<T>): Promise<T> {
    // Loaded when a value is needed: age is worth 40 ms to a list of names.
    known ??= import('./vault-key.ts').then(({ obtainKey }) => obtainKey(unlock, purpose, asked++));
    const used = known;
    try {
      return await use(await used);
    } catch (error) {
      if (known === used) known = undefined;
      throw error;
    }
  }

  async function open(sealed: string): Promise<Values> {
    for (;;) {
      try {
        return parseValues(await withKey('open', (key) => key.open(sealed, path)), path);
      } catch (error) {
        if (!isWrongPassphrase(error) || asked >= triesOf(unlock)) throw error;
      }
    }
  }

  async function readBoth(): Promise<{ readonly values: Values; readonly sealed?: string }> {
    const sealed = await readText(path);
    if (sealed !== undefined) return { values: await open(sealed), sealed };
    if ((await readList(dir, 'vault'))?.length) throw goneVault(path);
    return { values: new Map() };
  }

  const read = async (): Promise<Values> => (await readBoth()).values;

  /** Reads for a value; a list that a crash left behind is mended on the way. */
  async function look(): Promise<Values> {
    const { values, sealed } = await readBoth();
    if (values.size > 0 && !(await isListed(dir, values, sealed))) await mend().catch(() => undefined);
    return values;
  }

  async function mend(): Promise<void> {
    await withLock(join(dir, 'vault.lock'), async () => {
      const { values, sealed } = await readBoth();
      await list(values, NOTHING, sealed);
    });
  }

  async function list(values: Values, justSet: ReadonlyMap<string, JustSet>, sealed = ''): Promise<void> {
    const before = (await readList(dir, 'vault').catch(() => undefined)) ?? [];
    await writeList(dir, 'vault', nextList(before, printsOf(values), justSet), sealed);
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
      if (!values.has(PRINT_KEY)) values.set(PRINT_KEY, generatePassword().reveal());
      const sealed = await withKey('create', (key) => key.seal(printValues(values)));
      await writeAtomic(path, sealed, { mode: 0o600 });
      await list(values, justSet, sealed);
    });
  }

  async function setAll(
    slot: Slot,
    added: ReadonlyMap<string, Secret>,
    expires: ReadonlyMap<string, string> = new Map(),
  ): Promise<void> {
    if (added.size === 0) return;
    await change((values) => {
      const set = new Date(now()).toISOString();
      const justSet = [...added].map(([name, value]) => {
        values.set(accountOf(name, slot), value.reveal());
        const ends = expires.get(name);
        return [accountOf(name, slot), { set, ...(ends !== undefined && { expires: ends }) }] as const;
      });
      return new Map(justSet);
    });
  }

  /** Deletes accounts; false, and nothing written, where there is none of them. */
  async function forget(accounts: readonly string[]): Promise<boolean> {
    const values = await look();
    if (!accounts.some((account) => values.has(account))) return false;
    await change((all) => {
      for (const account of accounts) all.delete(account);
      return NOTHING;
    });
    return true;
  }

  async function promote(names: readonly string[]): Promise<void> {
    const values = await look();
    if (!names.some((name) => values.has(accountOf(name, 'pending')))) return;
    await change((all) => {
      for (const name of names) promoteOne(all, name);
      return NOTHING;
    });
  }

  return {
    kind: 'vault',
    place: `the vault ${path}`,
    get: async (name, slot = 'current') => {
      const value = (await look()).get(accountOf(name, slot));
      return value === undefined ? undefined : new Secret(value);
    },
    set: (name, value, expires) =>
      setAll('current', new Map([[name, value]]), new Map(expires === undefined ? [] : [[name, expires]])),
    setAll: (values, expires) => setAll('current', values, expires),
    delete: (name) => forget([name, accountOf(name, 'pending'), accountOf(name, 'previous')]),
    names: async () => {
      const listed = (await readList(dir, 'vault')) ?? keptOf(await look());
      return [...new Set(listed.filter(({ slot }) => slot === 'current').map(({ name }) => name))].sort();
    },
    list: async () => {
      const listed = await readList(dir, 'vault');
      if (listed) return sorted(listed.filter(({ name }) => !isOwnKey(name)));
      if ((await readText(path)) === undefined) return [];
      if (unlock.kind === 'passphrase') throw namesGone(path);
      await look();
      return sorted(((await readList(dir, 'vault')) ?? []).filter(({ name }) => !isOwnKey(name)));
    },
    stage: (values, expires) => setAll('pending', values, expires),
    promote,
    discard: async (names) => void (await forget(names.map((name) => accountOf(name, 'pending')))),
    confirm: async (names) => void (await forget(names.map((name) => accountOf(name, 'previous')))),
    certain: async () => {
      const sealed = await readText(path);
      // With a key file it is opened unasked, and then its values are known to whatever must not show them.
      if (sealed === undefined || unlock.kind === 'key-file') return undefined;
      return (await listOfFile(dir, sealed))?.filter(({ name }) => !isOwnKey(name));
    },
    fingerprint: async (value) => {
      if (!(await read()).has(PRINT_KEY)) await change(() => NOTHING);
      return valuePrint((await read()).get(PRINT_KEY) ?? '', value.reveal());
    },
  };
}

/** Whether the list beside the vault says what is in it; a damaged one stays for the person to see. */
async function isListed(dir: string, values: Values, sealed = ''): Promise<boolean> {
  const listed = await listOfFile(dir, sealed).catch(() => 'damaged' as const);
  if (listed === 'damaged') return true;
  return listed !== undefined && sameList(listed, nextList(listed, printsOf(values)));
}

function triesOf(unlock: Unlock): number {
  return unlock.kind === 'passphrase' ? (unlock.tries ?? 1) : 1;
}

function isWrongPassphrase(error: unknown): boolean {
  return error instanceof SetupError && error.code === 'vault-wrong-passphrase';
}
