import { DATABASE_SUPERUSER_PASSWORD } from '../../secrets/consumers.ts';
import type { Stack } from '../../stack/schema.ts';

/** The superuser of the database, as the Compose file makes it. */
const SUPERUSER = 'postgres';

/** The role of the database that logs in with a secret. */
export function roleOf({ database }: Pick<Stack, 'database'>, name: string): string {
  return name === DATABASE_SUPERUSER_PASSWORD || database.kind === 'none' ? SUPERUSER : database.role;
}
