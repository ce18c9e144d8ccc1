import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** The folder of a stack's vault: outside the repository, so that its clones share it and `git clean` leaves it alone. */
export function vaultDir(stackId: string, env: Env): string {
  return join(base(env, 'XDG_DATA_HOME', '.local/share'), 'trading-setup', stackId);
}

/** Where the key file of a stack's vault is: apart from the vault, so that a copy of one is not a copy of both. */
export function vaultKeyPath(stackId: string, env: Env): string {
  return join(base(env, 'XDG_CONFIG_HOME', '.config'), 'trading-setup', stackId, 'vault.key');
}

/** The XDG rule: a value that is no absolute path is ignored. */
function base(env: Env, variable: string, fallback: string): string {
  const named = env[variable];
  return named !== undefined && isAbsolute(named) ? named : join(env.HOME || homedir(), fallback);
}
