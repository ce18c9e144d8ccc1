import type { Secret } from '../secret.ts';
import type { Command } from '../system/run.ts';
import { docker } from './commands.ts';

/** The superuser's tool inside the database's container, where loopback needs no password. */
const PSQL = ['psql', '--no-psqlrc', '--quiet', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1', '-U', 'postgres'];

/** Runs SQL in the container of a database; the SQL passes standard input only, for the engine broadcasts arguments. */
export function psql(container: string, database: string, sql: Secret): Command {
  return { ...docker('container', 'exec', '--interactive', container, ...PSQL, '-d', database), stdin: sql };
}
