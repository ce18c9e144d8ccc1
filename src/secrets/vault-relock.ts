import { join } from 'node:path';
import { SetupError } from '../errors.ts';
import { ensurePrivateDir, readText, writeAtomic } from '../system/files.ts';
import { readList, writeList } from './ledger.ts';
import { goneVault, wrongKey } from './vault-errors.ts';
import { obtainKey, type Unlock, type VaultKey } from './vault-key.ts';
import { withLock } from './vault-lock.ts';

/**
 * Gives the vault in a folder another lock, in place: it is sealed anew, read back, and replaces the old file at once.
 * Said again after it was cut off it finishes: a vault that has the new lock already stays as it is.
 * @returns false where there is no vault yet; its lock is made with the first value.
 * @throws SetupError with the vault as it was.
 */
export async function relockVault(dir: string, from: Unlock, to: Unlock): Promise<boolean> {
  const path = join(dir, 'vault.age');
  const sealed = await readText(path);
  if (sealed === undefined) {
    if ((await readList(dir, 'vault'))?.length) throw goneVault(path);
    return false;
  }
  // Before the lock: a person may take minutes to answer.
  const old = await keyThatOpens(sealed, path, from, to);
  if (old === undefined) return true;
  const next = await obtainKey(to, 'create');
  await ensurePrivateDir(dir);
  await withLock(join(dir, 'vault.lock'), async () => {
    // Read again: what another process wrote meanwhile stays.
    const text = await old.open((await readText(path)) ?? '', path);
    const resealed = await next.seal(text);
    if ((await next.open(resealed, path)) !== text) throw wrongKey(to.kind === 'key-file' ? 'X25519' : 'scrypt');
    const list = await readList(dir, 'vault').catch(() => undefined);
    await writeAtomic(path, resealed, { mode: 0o600 });
    // The values and their dates are the same; the list is of this file from now on.
    if (list) await writeList(dir, 'vault', list, resealed);
  });
  return true;
}

/** @returns undefined where the vault has the other lock already, and that one opens it. */
async function keyThatOpens(sealed: string, path: string, from: Unlock, to: Unlock): Promise<VaultKey | undefined> {
  try {
    return await opened(sealed, path, from);
  } catch (error) {
    const code = error instanceof SetupError ? error.code : '';
    // A key file that is gone with the move, or a lock that is not what trading-setup.yaml still says.
    if (code !== 'vault-other-unlock' && code !== 'vault-key-missing') throw error;
    try {
      await opened(sealed, path, to);
    } catch (other) {
      // What it was opened by before is what the person can mend.
      throw other instanceof SetupError && other.code === 'vault-other-unlock' ? error : other;
    }
    return undefined;
  }
}

async function opened(sealed: string, path: string, unlock: Unlock): Promise<VaultKey> {
  const tries = unlock.kind === 'passphrase' ? (unlock.tries ?? 1) : 1;
  for (let wrong = 0; ; wrong += 1) {
    try {
      const key = await obtainKey(unlock, 'open', wrong);
      await key.open(sealed, path);
      return key;
    } catch (error) {
      const isWrong = error instanceof SetupError && error.code === 'vault-wrong-passphrase';
      if (!isWrong || wrong + 1 >= tries) throw error;
    }
  }
}
