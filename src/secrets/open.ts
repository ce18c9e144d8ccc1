import type { Stack } from '../stack/schema.ts';
import type { SecretStore } from './store.ts';
import type { AskPassphrase, Unlock } from './vault-key.ts';
import { vaultDir, vaultKeyPath } from './vault-place.ts';

/** What opening a store may need from outside. */
export interface StorePorts {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => number;
  /**
   * Asks for the passphrase of the vault; `create`: of a new one, so the face asks twice.
   * @param wrongBefore how many were given that do not open it.
   */
  readonly ask: AskPassphrase;
  /** How often a wrong passphrase is asked for again in place; once is all where nobody can be asked. */
  readonly tries?: number;
  /** The file that a passphrase comes from, where nobody types it. */
  readonly passphraseFile?: string;
}

/**
 * The store that the stack names, and no other: where it does not open, the error says so, and nothing weaker is taken
 * in its place. Modules are loaded here because age and the keychain are worth 40 ms to commands that need no secret.
 */
export async function openStore(stack: Pick<Stack, 'id' | 'secrets'>, ports: StorePorts): Promise<SecretStore> {
  const { id, secrets } = stack;
  if (secrets.store === 'keychain') {
    const { openKeychain } = await import('./keychain.ts');
    return openKeychain(id, { env: ports.env, now: ports.now });
  }
  const { openVault } = await import('./vault.ts');
  return openVault({ dir: vaultDir(id, ports.env), unlock: unlockOf(stack, ports), now: ports.now });
}

/** How the vault of a stack is opened. */
export function unlockOf({ id, secrets }: Pick<Stack, 'id' | 'secrets'>, ports: StorePorts): Unlock {
  if (secrets.unlock === 'key-file') return { kind: 'key-file', path: vaultKeyPath(id, ports.env) };
  const file = ports.passphraseFile;
  return { kind: 'passphrase', ask: ports.ask, tries: ports.tries ?? 1, ...(file !== undefined && { file }) };
}
