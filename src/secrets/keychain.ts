import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SetupError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { now as clockNow } from '../system/clock.ts';
import { ensurePrivateDir } from '../system/files.ts';
import { accountOf, isOwnKey, PRINT_KEY, slotOf, valuePrint } from './account.ts';
import { generatePassword } from './generate.ts';
import { explainKeychain, noKeychain } from './keychain-errors.ts';
import { type KeychainAnswer, type KeychainCall, KeychainProcess } from './keychain-process.ts';
import { type JustSet, nextList, readList, sorted, writeList } from './ledger.ts';
import type { Kept, SecretStore, Slot } from './store.ts';
import { withLock } from './vault-lock.ts';
import { vaultDir } from './vault-place.ts';

/** How the keychain is reached. Every field has a sensible default; tests and slow machines set others. */
export interface KeychainOptions {
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: string;
  /** Finds the native module. */
  readonly modulePath?: () => string;
  /** For the dates in the list beside it. */
  readonly now?: () => number;
  /** Where that list is. */
  readonly dir?: string;
}

const NOTHING: ReadonlyMap<string, JustSet> = new Map();

const findKeytar = (): string => createRequire(import.meta.url).resolve('keytar');

/** What is in the keychain: account → fingerprint. */
type Found = ReadonlyMap<string, string | undefined>;

/** The keychain of this person on this machine; one service per stack, one account per slot of a secret. */
export function openKeychain(stackId: string, options: KeychainOptions = {}): SecretStore {
  const { env = process.env, now = clockNow, dir = vaultDir(stackId, env) } = options;
  const service = `trading-setup/${stackId}`;
  const ask = asker(options);

  async function get(account: string): Promise<string | undefined> {
    const value = await ask({ op: 'get', service, account });
    return typeof value === 'string' ? value : undefined;
  }

  async function remove(account: string): Promise<boolean> {
    return (await ask({ op: 'delete', service, account })) === true;
  }

  async function set(account: string, value: string): Promise<void> {
    await ask({ op: 'set', service, account, value: storable(account, value) });
  }

  async function find(): Promise<Found> {
    const found = await ask({ op: 'list', service, key: PRINT_KEY });
    return new Map(Array.isArray(found) ? found.map(([account, print]) => [account, print ?? undefined]) : []);
  }

  async function list(found: Found): Promise<readonly Kept[]> {
    const shown = [...found].filter(([account]) => !isOwnKey(account));
    // Existence is the keychain's to say; of the list beside it only the dates are taken.
    const before = (await readList(dir, 'keychain').catch(() => undefined)) ?? [];
    return sorted(nextList(before, new Map(shown)));
  }

  /** Writes one after the other, and afterwards down what is there. */
  async function change(work: (found: Found) => Promise<ReadonlyMap<string, JustSet>>): Promise<void> {
    // Before anything is made on the disk: a keychain that is not there leaves no trace.
    await find();
    await ensurePrivateDir(dir);
    await withLock(join(dir, 'vault.lock'), async () => {
      const found = await find();
      if (!found.has(PRINT_KEY)) await set(PRINT_KEY, generatePassword().reveal());
      const justSet = await work(found);
      const before = (await readList(dir, 'keychain').catch(() => undefined)) ?? [];
      const after = [...(await find())].filter(([account]) => !isOwnKey(account));
      await writeList(dir, 'keychain', nextList(before, new Map(after), justSet));
    });
  }

  /** A keychain knows no transaction: what was written is put back when a later one fails. */
  async function setAll(slot: Slot, values: ReadonlyMap<string, Secret>, expires?: ReadonlyMap<string, string>) {
    if (values.size === 0) return;
    for (const [name, value] of values) storable(name, value.reveal());
    await change(async () => {
      const before: [string, string | undefined][] = [];
      try {
        for (const [name, value] of values) {
          const account = accountOf(name, slot);
          before.unshift([account, await get(account)]);
          await set(account, value.reveal());
        }
      } catch (error) {
        await putBack(before);
        throw error;
      }
      const at = new Date(now()).toISOString();
      const entries = [...values.keys()].map((name) => {
        const ends = expires?.get(name);
        return [accountOf(name, slot), { set: at, ...(ends !== undefined && { expires: ends }) }] as const;
      });
      return new Map(entries);
    });
  }

  async function putBack(before: readonly (readonly [string, string | undefined])[]): Promise<void> {
    try {
      for (const [account, value] of before) await (value === undefined ? remove(account) : set(account, value));
    } catch {
      // The keychain has gone for good: each further call would wait as long, and the first failure says it all.
    }
  }

  /** False where there was none of them. */
  async function forget(accounts: readonly string[]): Promise<boolean> {
    const there = await find();
    if (!accounts.some((account) => there.has(account))) return false;
    await change(async (found) => {
      for (const account of accounts) if (found.has(account)) await remove(account);
      return NOTHING;
    });
    return true;
  }

  /**
   * In this order a crash after any write loses no value: said again, it goes on where it was. Once the pending value is
   * the current one too, the previous one has been kept.
   */
  async function promoteOne(name: string): Promise<void> {
    const pending = await get(accountOf(name, 'pending'));
    if (pending === undefined) return;
    const current = await get(name);
    if (current !== pending) {
      if (current !== undefined) await set(accountOf(name, 'previous'), current);
      await set(name, pending);
    }
    await remove(accountOf(name, 'pending'));
  }

  return {
    kind: 'keychain',
    place: 'the login keychain',
    get: async (name, slot = 'current') => {
      const value = await get(accountOf(name, slot));
      return value === undefined ? undefined : new Secret(value);
    },
    set: (name, value, expires) =>
      setAll('current', new Map([[name, value]]), new Map(expires === undefined ? [] : [[name, expires]])),
    setAll: (values, expires) => setAll('current', values, expires),
    delete: (name) => forget([name, accountOf(name, 'pending'), accountOf(name, 'previous')]),
    names: async () => {
      const kept = [...(await find()).keys()].filter((account) => account !== PRINT_KEY).map(slotOf);
      return kept
        .filter(({ slot }) => slot === 'current')
        .map(({ name }) => name)
        .sort();
    },
    list: async () => list(await find()),
    stage: (values, expires) => setAll('pending', values, expires),
    promote: async (names) => {
      const there = await find();
      if (!names.some((name) => there.has(accountOf(name, 'pending')))) return;
      await change(async () => {
        for (const name of names) await promoteOne(name);
        return NOTHING;
      });
    },
    discard: async (names) => void (await forget(names.map((name) => accountOf(name, 'pending')))),
    confirm: async (names) => void (await forget(names.map((name) => accountOf(name, 'previous')))),
    fingerprint: async (value) => {
      if ((await get(PRINT_KEY)) === undefined) await change(async () => NOTHING);
      return valuePrint((await get(PRINT_KEY)) ?? '', value.reveal());
    },
  };
}

/** Whether a keychain answers here, found out without waiting longer than the time limit. */
export async function probeKeychain(options: KeychainOptions = {}): Promise<{ available: boolean; why: string }> {
  try {
    await asker(options)({ op: 'check' });
    return { available: true, why: 'the login keychain answers' };
  } catch (error) {
    if (error instanceof SetupError) return { available: false, why: error.message };
    throw error;
  }
}

type Value = Extract<KeychainAnswer, { ok: true }>['value'];

function asker(options: KeychainOptions): (call: KeychainCall) => Promise<Value> {
  const { env = process.env, platform = process.platform, modulePath = findKeytar } = options;
  // macOS asks the person in a window of its own, and that takes as long as they do; a Secret Service without a
  // person in front of it never answers, and with the start of two processes that is said within three seconds.
  const { timeoutMs = platform === 'darwin' ? 60_000 : 2_000 } = options;
  const keychain = new KeychainProcess({ modulePath, env, timeoutMs });
  return async (call) => {
    // Known without loading anything: libsecret reaches the Secret Service over this bus only.
    if (platform !== 'darwin' && !env.DBUS_SESSION_BUS_ADDRESS) {
      throw noKeychain('there is no D-Bus session here (DBUS_SESSION_BUS_ADDRESS is not set)');
    }
    const answer = await keychain.ask(call);
    if (answer.ok) return answer.value;
    throw explainKeychain(answer.at, answer.message);
  };
}

/** libsecret takes C strings: what follows a NUL would be lost without a word. */
function storable(name: string, value: string): string {
  if (value !== '' && !value.includes('\0')) return value;
  throw new SetupError(
    'usage',
    `The value of ${name} cannot be kept in the keychain: it is empty or holds a NUL character.`,
    {
      code: 'secret-value-invalid',
      next: [`Enter ${name} again as text.`],
    },
  );
}
