import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeList } from './ledger.ts';
import { withLock } from './vault-lock.ts';

/**
 * Removes a vault whose values are elsewhere by now. The list goes first: a list without its vault would mean that the
 * vault was lost.
 */
export async function removeVault(dir: string, keyPath: string): Promise<void> {
  await withLock(join(dir, 'vault.lock'), async () => {
    await writeList(dir, 'vault', undefined);
    await rm(join(dir, 'vault.age'), { force: true });
    await rm(keyPath, { force: true });
  });
}
