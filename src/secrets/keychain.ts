import { createRequire } from 'node:module';
import { SetupError } from '../errors.ts';
import { Secret } from '../secret.ts';
import { type KeychainAnswer, type KeychainCall, KeychainProcess } from './keychain-process.ts';
import type { SecretStore } from './store.ts';

/** How the keychain is reached. Every field has a sensible default; tests and slow machines set others. */
export interface KeychainOptions {
  readonly timeoutMs?: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: string;
  /** Finds the native module. */
  readonly modulePath?: () => string;
}

const USE_VAULT =
  'Or keep the secrets in an encrypted file instead: trading-setup init --set secrets.store=vault (secrets entered before have to be entered again).';

const findKeytar = (): string => createRequire(import.meta.url).resolve('keytar');

/** The keychain of this person on this machine; one service per stack, one account per secret name. */
export function openKeychain(stackId: string, options: KeychainOptions = {}): SecretStore {
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

  /** A keychain knows no transaction: what was written is put back when a later one fails. */
  async function setAll(values: ReadonlyMap<string, Secret>): Promise<void> {
    const before: [string, string | undefined][] = [];
    try {
      for (const [name, value] of values) {
        before.unshift([name, await get(name)]);
        await set(name, value.reveal());
      }
    } catch (error) {
      for (const [name, value] of before) {
        await (value === undefined ? remove(name) : set(name, value)).catch(() => undefined);
      }
      throw error;
    }
  }

  return {
    kind: 'keychain',
    place: 'the login keychain',
    get: async (name) => {
      const value = await get(name);
      return value === undefined ? undefined : new Secret(value);
    },
    set: (name, value) => set(name, value.reveal()),
    setAll,
    delete: remove,
    names: async () => {
      const found = await ask({ op: 'names', service });
      return Array.isArray(found) ? found.sort() : [];
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
  // person in front of it never answers.
  const { timeoutMs = platform === 'darwin' ? 60_000 : 3_000 } = options;
  const keychain = new KeychainProcess({ modulePath, env, timeoutMs });
  return async (call) => {
    // Known without loading anything: libsecret reaches the Secret Service over this bus only.
    if (platform !== 'darwin' && !env.DBUS_SESSION_BUS_ADDRESS) {
      throw missing('there is no D-Bus session here (DBUS_SESSION_BUS_ADDRESS is not set)');
    }
    const answer = await keychain.ask(call);
    if (answer.ok) return answer.value;
    throw explain(answer.at, answer.message);
  };
}

/** Sentences of libsecret and GDBus that mean "nobody is there"; each has its sample in keychain.test.ts. */
const NOBODY_THERE =
  /^Could not connect|^Cannot autolaunch|^Cannot spawn a message bus|was not provided by any \.service files|^The connection is closed|^Error spawning|The name .* not activatable/;

function explain(at: 'load' | 'call' | 'silence' | 'crash', message: string): SetupError {
  if (at === 'load') return missing(`its library does not load (${firstLine(message)})`);
  if (at === 'call' && NOBODY_THERE.test(message)) return missing(firstLine(message));
  if (at === 'call') return locked(message);
  const what = at === 'silence' ? 'does not answer' : `broke off (${message})`;
  return new SetupError('needs-you', `The keychain ${what}.`, {
    code: 'keychain-hangs',
    next: [
      'Unlock the keychain (log in to the desktop, or open its password window and answer it), then run the command again.',
      USE_VAULT,
    ],
  });
}

function missing(why: string): SetupError {
  return new SetupError('needs-you', `No keychain is available: ${why}.`, {
    code: 'keychain-missing',
    next: [
      'On a Linux desktop install it (Debian: sudo apt install libsecret-1-0 gnome-keyring), log in again and repeat the command.',
      USE_VAULT,
    ],
  });
}

function locked(message: string): SetupError {
  return new SetupError('needs-you', `The keychain is locked: ${firstLine(message)}.`, {
    code: 'keychain-locked',
    next: [
      'Unlock it (log in to the desktop, or "Passwords and Keys" → Login → Unlock; macOS: security unlock-keychain), then run the command again.',
      USE_VAULT,
    ],
  });
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

function firstLine(message: string): string {
  return message.split('\n', 1).join('').replace(/\.$/, '');
}
