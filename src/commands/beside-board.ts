import { SetupError } from '../errors.ts';
import type { BesideBoard, OpenLogin, OpenRotation } from '../events/board.ts';
import { type CredentialExpiry, expiryState } from '../events/expiry.ts';
import { pausedByLogin } from '../operations/login-note.ts';
import { readUnfinished } from '../operations/rotation/unfinished.ts';
import { endsAtLatest } from '../secrets/check/subject.ts';
import { readLedger } from '../secrets/ledger.ts';
import type { Kept } from '../secrets/store.ts';
import type { Stack } from '../stack/schema.ts';
import { environment } from '../system/process.ts';
import type { Runner } from '../system/run.ts';
import { journalOf } from './bench.ts';
import { type Login, lastLogins, readLogins } from './logins.ts';

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
  const credentials = [...known.flatMap((each) => secretExpiry(stack, each, now)), ...loginExpiries(stack, logins, now)]
    // What was never done comes first.
    .sort((a, b) => Date.parse(a.expires ?? EPOCH) - Date.parse(b.expires ?? EPOCH));
  return { credentials, ...(unfinished ? { rotation: openOf(unfinished) } : {}), ...(login ? { login } : {}) };
}

const EPOCH = '1970-01-01T00:00:00Z';

function secretExpiry(stack: Stack, { name, set, expires }: Kept, now: number): readonly CredentialExpiry[] {
  if (expires === undefined) return [];
  const latest = endsAtLatest(stack, { name, ...(set !== undefined && { set }), expires });
  return [{ name, expires, state: expiryState(expires, now), ...(latest && { atLatest: true as const }) }];
}

/** When each login ends; one that nobody has done is said as that, also where the stack does not say how it is done. */
function loginExpiries(stack: Stack, kept: readonly Login[], now: number): readonly CredentialExpiry[] {
  const all = lastLogins(stack, kept);
  const own = all.flatMap(({ own: { name, service }, last }): readonly CredentialExpiry[] => {
    const whose = { name, ...(all.length > 1 ? { service } : {}) };
    if (!last) return [{ ...whose, state: 'never' }];
    const { expires } = last;
    return expires === undefined ? [] : [{ ...whose, expires, state: expiryState(expires, now) }];
  });
  // A login by another name than the stack's own is of an earlier form of it.
  const others = kept.filter(({ name }) => !all.some((each) => each.own.name === name));
  const left = others.flatMap(({ name, expires }) =>
    expires === undefined ? [] : [{ name, expires, state: expiryState(expires, now) }],
  );
  return [...own, ...left];
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
