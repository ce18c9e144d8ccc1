import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

const FALLBACKS = {
  XDG_DATA_HOME: '.local/share',
  XDG_CONFIG_HOME: '.config',
  XDG_STATE_HOME: '.local/state',
  XDG_CACHE_HOME: '.cache',
} as const;

/** One of the XDG base folders. Their rule: a value that is no absolute path is ignored. */
export function baseFolder(variable: keyof typeof FALLBACKS, env: Env): string {
  const named = env[variable];
  return named !== undefined && isAbsolute(named) ? named : join(env.HOME || homedir(), FALLBACKS[variable]);
}

/**
 * The file in which something about a repository is remembered between runs, outside of it: an unfinished wizard, the
 * times of builds. Losing it loses no decision and no secret.
 * @param repository its absolute path; two clones are two repositories.
 */
export function stateFile(kind: 'drafts' | 'builds', repository: string, env: Env): string {
  const name = createHash('sha256').update(repository).digest('hex').slice(0, 16);
  return join(baseFolder('XDG_STATE_HOME', env), 'trading-setup', kind, `${name}.json`);
}
