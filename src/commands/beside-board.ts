import { SetupError } from '../errors.ts';
import type { BesideBoard, OpenLogin, OpenRotation } from '../events/board.ts';
import { expiryState } from '../events/expiry.ts';
import { pausedByLogin } from '../operations/login-note.ts';
import { readUnfinished } from '../operations/rotation/unfinished.ts';
import { endsAtLatest } from '../secrets/check/subject.ts';
import { readLedger } from '../secrets/ledger.ts';
import type { Stack } from '../stack/schema.ts';
import { environment } from '../system/process.ts';
import type { Runner } from '../system/run.ts';
import { journalOf } from './bench.ts';
import { readLogins } from './logins.ts';

/**
 * Credentials that end, and what is left of a rotation or a login; no store is opened for it, and nobody is asked.
 * @param runner asks the engine only where a login has left something.
 */
export async function besideBoard(runner: Pick<Runner, 'run'>, stack: Stack, now: number): Promise<BesideBoard> {
  const [kept, logins, unfinished, login] = await Promise.all([
    // A damaged list says nothing of what runs: the board is shown all the same.
    readLedger(stack.id, environment(), stack.secrets.store).catch(() => []),
    readLogins(stack),
    readUnfinished(journalOf(stack)).catch(unreadable),
    openLogin(runner, stack),
  ]);
  const known = kept.filter(({ name, slot }) => slot === 'current' && Object.hasOwn(stack.secrets.entries, name));
  const credentials = [...known, ...logins]
    .flatMap(({ name, set, expires }) => {
      if (expires === undefined) return [];
      const latest = endsAtLatest(stack, { name, ...(set !== undefined && { set }), expires });
      return [{ name, expires, state: expiryState(expires, now), ...(latest && { atLatest: true as const }) }];
    })
    .sort((a, b) => Date.parse(a.expires) - Date.parse(b.expires));
  return { credentials, ...(unfinished ? { rotation: openOf(unfinished) } : {}), ...(login ? { login } : {}) };
}

/** That the service does not run is on the board anyway: where more cannot be told, the next login tells it. */
async function openLogin(runner: Pick<Runner, 'run'>, stack: Stack): Promise<OpenLogin | undefined> {
  try {
    const left = await pausedByLogin(runner, stack, journalOf(stack));
    return left && { service: left.service, since: left.since };
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return undefined;
  }
}

/** A journal that cannot be read is of a rotation too. */
function unreadable(error: unknown): OpenRotation {
  if (!(error instanceof SetupError)) throw error;
  return { names: ['unknown secrets'], direction: 'forward', manual: [error.message] };
}

function openOf({ names, direction, manual, forwardOnly }: OpenRotation): OpenRotation {
  return { names, direction, manual, ...(forwardOnly === undefined ? {} : { forwardOnly }) };
}
