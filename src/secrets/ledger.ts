import { createHash } from 'node:crypto';
import { join } from 'node:path';
import * as z from 'zod';
import { SetupError } from '../errors.ts';
import { readText, writeAtomic } from '../system/files.ts';
import { accountOf, isOwnKey, slotOf } from './account.ts';
import type { Kept, SecretStore } from './store.ts';
import { vaultDir } from './vault-place.ts';

type StoreKind = SecretStore['kind'];
type Env = Readonly<Record<string, string | undefined>>;

const Entry = z.strictObject({
  name: z.string(),
  slot: z.enum(['current', 'pending', 'previous']),
  set: z.iso.datetime().optional(),
  expires: z.iso.datetime({ offset: true }).optional(),
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
});

const Ledger = z.strictObject({
  version: z.literal(2),
  vault: z.array(Entry).optional(),
  /** SHA-256 of the vault file that the list of the vault is of. */
  vaultFile: z.string().optional(),
  keychain: z.array(Entry).optional(),
});

/** Of a vault only, before there were slots. */
const Version1 = z.strictObject({
  version: z.literal(1),
  names: z.array(z.strictObject({ name: z.string(), set: z.iso.datetime() })),
});

/** What is written beside the stores, in clear: names and dates, no value. A list that is absent was never written. */
interface Lists {
  readonly vault?: readonly Kept[];
  readonly vaultFile?: string;
  readonly keychain?: readonly Kept[];
}

const pathOf = (dir: string): string => join(dir, 'names.json');

/**
 * What one store is known to keep, without opening it; undefined where that was never written down.
 * @throws SetupError exit 4 where the list is damaged.
 */
export async function readList(dir: string, kind: StoreKind): Promise<readonly Kept[] | undefined> {
  return (await readLists(dir))[kind];
}

/** What identifies the content of a vault file: it is sealed anew with every change. */
export function fileMark(sealed: string): string {
  return createHash('sha256').update(sealed).digest('hex');
}

/** The list of the vault, where it is of this very file; a list may lag behind after a crash, or a file come back from a backup. */
export async function listOfFile(dir: string, sealed: string): Promise<readonly Kept[] | undefined> {
  const { vault, vaultFile } = await readLists(dir);
  return vaultFile === fileMark(sealed) ? vault : undefined;
}

/**
 * What is known of the secrets of a stack without opening a store: nothing is asked and nothing is loaded for it. For
 * the keychain it may be behind what is true; the store itself decides.
 * @param kind of the one store to read of; both where it is not told.
 */
export async function readLedger(stackId: string, env: Env, kind?: StoreKind): Promise<readonly Kept[]> {
  const { vault = [], keychain = [] } = await readLists(vaultDir(stackId, env));
  const lists = kind === undefined ? [...vault, ...keychain] : kind === 'vault' ? vault : keychain;
  const kept = new Map(lists.map((entry) => [accountOf(entry.name, entry.slot), entry]));
  return sorted([...kept.values()].filter(({ name }) => !isOwnKey(name)));
}

/**
 * Replaces the list of one store; that of the other stays. To be called under the lock.
 * @param list undefined: there is no such store any more.
 * @param sealed the vault file that it is of, where that is known.
 */
export async function writeList(
  dir: string,
  kind: StoreKind,
  list: readonly Kept[] | undefined,
  sealed?: string,
): Promise<void> {
  // A damaged list is replaced: by now all names are known from the store itself, only dates are lost.
  const before: Lists = await readLists(dir).catch(() => ({}));
  const lists = {
    ...before,
    [kind]: list && sorted(list).map(compact),
    ...(kind === 'vault' && { vaultFile: sealed === undefined ? undefined : fileMark(sealed) }),
  };
  await writeAtomic(pathOf(dir), `${JSON.stringify({ version: 2, ...lists }, null, 2)}\n`, { mode: 0o600 });
}

/** What was just put into an account. */
export interface JustSet {
  /** ISO. */
  readonly set: string;
  readonly expires?: string;
}

/**
 * The list after a change. A value that moved from slot to slot is known again by its fingerprint and takes its dates
 * along; of a value that came from elsewhere nothing is said.
 * @param found every account that the store has, with the fingerprint of its value where that is known.
 */
export function nextList(
  before: readonly Kept[],
  found: ReadonlyMap<string, string | undefined>,
  justSet: ReadonlyMap<string, JustSet> = new Map(),
): readonly Kept[] {
  return [...found].map(([account, fingerprint]) => {
    const { name, slot } = slotOf(account);
    const print = fingerprint === undefined ? {} : { fingerprint };
    const fresh = justSet.get(account);
    const known = origin(before, { name, slot, ...print });
    // The same value set again ends when it ended before, unless something else is known now.
    if (fresh) {
      const same = fingerprint !== undefined && known?.fingerprint === fingerprint;
      return compact({
        name,
        slot,
        set: fresh.set,
        expires: fresh.expires ?? (same ? known.expires : undefined),
        ...print,
      });
    }
    const { set, expires } = known ?? {};
    return compact({ name, slot, set, expires, ...print });
  });
}

/** The entry that an account's dates come from. */
function origin(before: readonly Kept[], { name, slot, fingerprint }: Kept): Kept | undefined {
  const same = before.filter((entry) => entry.name === name);
  const here = same.find((entry) => entry.slot === slot);
  if (fingerprint === undefined || here?.fingerprint === fingerprint) return here;
  // An earlier version wrote no fingerprints.
  return (
    same.find((entry) => entry.fingerprint === fingerprint) ?? (here?.fingerprint === undefined ? here : undefined)
  );
}

/** Whether two lists say the same. */
export function sameList(one: readonly Kept[], other: readonly Kept[]): boolean {
  const text = (list: readonly Kept[]): string => JSON.stringify(sorted(list).map(compact));
  return text(one) === text(other);
}

/** By name; of one name: current, pending, previous. */
export function sorted(list: readonly Kept[]): readonly Kept[] {
  const key = ({ name, slot }: Kept): string => accountOf(name, slot);
  return [...list].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

/** One order of keys, and none without a value. */
function compact({ name, slot, set, expires, fingerprint }: Loose): Kept {
  return {
    name,
    slot,
    ...(set !== undefined && { set }),
    ...(expires !== undefined && { expires }),
    ...(fingerprint !== undefined && { fingerprint }),
  };
}

type Loose = { readonly [Key in keyof Kept]: Kept[Key] | undefined } & Pick<Kept, 'name' | 'slot'>;

async function readLists(dir: string): Promise<Lists> {
  const text = await readText(pathOf(dir));
  if (text === undefined) return {};
  try {
    return parse(JSON.parse(text));
  } catch (cause) {
    throw new SetupError('needs-you', `The list of names ${pathOf(dir)} is damaged.`, {
      code: 'vault-names-damaged',
      // The store itself has the names too.
      next: [`Delete ${pathOf(dir)} and run the command again; it is written again with the next secret that you set.`],
      cause,
    });
  }
}

function parse(found: unknown): Lists {
  const old = Version1.safeParse(found);
  if (old.success) return { vault: old.data.names.map(({ name, set }) => ({ name, slot: 'current', set })) };
  const { vault, vaultFile, keychain } = Ledger.parse(found);
  return {
    ...(vault && { vault: vault.map(compact) }),
    ...(vaultFile !== undefined && { vaultFile }),
    ...(keychain && { keychain: keychain.map(compact) }),
  };
}
