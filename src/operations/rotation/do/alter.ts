import { randomBytes } from 'node:crypto';
import { ask } from '../../../engine/ask.ts';
import { psql } from '../../../engine/psql.ts';
import { readFromVolume } from '../../../engine/volumes.ts';
import { SetupError } from '../../../errors.ts';
import { Secret } from '../../../secret.ts';
import { DATABASE_SUPERUSER_PASSWORD } from '../../../secrets/consumers.ts';
import { scramVerifier } from '../../../secrets/scram.ts';
import { engineVolume, MIGRATE, secretVolume } from '../../../stack/names.ts';
import { runningDatabase } from '../prove/database.ts';
import { roleOf } from '../roles.ts';
import type { Session } from '../session.ts';
import type { StepOf } from '../steps.ts';

/** Somebody else's transaction may hold a role; it is not for us to wait for its end with the traders stopped. */
const LOCK_SECONDS = 20;
/** An engine or a server that does not answer for this long never will. */
const TIMEOUT_MS = 90_000;

/**
 * Gives roles of the database their password of one side, as a verifier: the password itself reaches neither the server
 * nor its log, and with the statements unlogged not even the verifier does.
 */
export async function alter({ names, side }: StepOf<'alter'>, session: Session): Promise<void> {
  const { bench } = session;
  const { database } = bench.stack;
  if (database.kind === 'none') return;
  const container = await runningDatabase(bench);
  const statements = await Promise.all(
    names.map(async (name) => {
      const verifier = await verifierOf(name, session, side);
      return `ALTER ROLE "${roleOf(bench.stack, name)}" PASSWORD '${verifier.reveal()}';`;
    }),
  );
  const sql = ['BEGIN;', 'SET LOCAL log_statement = none;', 'SET LOCAL log_min_duration_statement = -1;'];
  const quiet = [
    ...sql,
    `SET LOCAL lock_timeout = '${LOCK_SECONDS}s';`,
    'SET LOCAL log_min_error_statement = panic;',
    ...statements,
    'COMMIT;',
  ];
  const command = psql(container, database.name, new Secret(`${quiet.join('\n')}\n`));
  await ask(bench.runner, command, { signal: bench.signal, timeoutMs: TIMEOUT_MS });
}

/** The program's role gets the very verifier that migrate would give it again; the superuser's is made here. */
async function verifierOf(name: string, { bench, values }: Session, side: 'new' | 'old'): Promise<Secret> {
  if (name === DATABASE_SUPERUSER_PASSWORD) {
    const password = values[side].get(name);
    if (!password) throw new Error(`${name} was looked for before the first step`);
    return scramVerifier(password, randomBytes(16));
  }
  const volume = engineVolume(bench.stack, secretVolume(MIGRATE));
  const text = (await readFromVolume(bench.runner, volume, 'app_role_verifier'))?.trim() ?? '';
  const verifier = new Secret(text);
  if (/^SCRAM-SHA-256\$\d+:[\w+/=]+\$[\w+/=]+:[\w+/=]+$/.test(text)) return verifier;
  throw new SetupError('tool-failed', `The volume ${volume} does not hold what it was just given.`, {
    code: 'volume-changed',
    next: ['See who else writes to it, then run: trading-setup rotate --resume'],
  });
}
