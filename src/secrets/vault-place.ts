import { join } from 'node:path';
import { baseFolder } from '../system/folders.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The folder of a stack's vault: outside the repository, so that its clones share it and `git clean` leaves it alone. */
export function vaultDir(stackId: string, env: Env): string {
  return join(baseFolder('XDG_DATA_HOME', env), 'trading-setup', stackId);
}

/** Where the key file of a stack's vault is: apart from the vault, so that a copy of one is not a copy of both. */
export function vaultKeyPath(stackId: string, env: Env): string {
  return join(baseFolder('XDG_CONFIG_HOME', env), 'trading-setup', stackId, 'vault.key');
}
