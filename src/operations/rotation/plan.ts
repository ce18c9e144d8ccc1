import { consumersOf } from '../../secrets/consumers.ts';
import { DATABASE, MIGRATE } from '../../stack/names.ts';
import type { Stack } from '../../stack/schema.ts';
import type { Journal } from './journal.ts';
import type { RotationStep } from './steps.ts';
import type { Side } from './types.ts';
import { listed } from './words.ts';

/** What a plan is made from; a journal is that too. */
export type Planned = Pick<
  Journal,
  'secrets' | 'compromised' | 'ran' | 'well' | 'revisions' | 'reencrypt' | 'unproven'
>;

/**
 * Services that read a secret and run on with it: the database knows its passwords by itself, and migrate has ended
 * when anything runs.
 */
export function readersOf(stack: Stack, names: readonly string[]): readonly string[] {
  return consumersOf(stack, names).filter((service) => service !== DATABASE && service !== MIGRATE);
}

/** Readers that may not run while the value changes: the old one ends with the new one, or data is encrypted anew. */
function toStop(stack: Stack, { secrets, ran, reencrypt }: Planned): readonly string[] {
  const names = secrets
    .filter(({ comesBack, kind }) => comesBack === 'never' || (kind === 'encryption-key' && reencrypt !== null))
    .map(({ name }) => name);
  const readers = new Set(names.length === 0 ? [] : readersOf(stack, names));
  return ran.filter((service) => readers.has(service));
}

/** Secrets whose rotation leaves a person something to do, before the new value can work or after it works. */
export function manualNames({ secrets }: Pick<Journal, 'secrets'>, when: 'before' | 'after'): readonly string[] {
  return secrets
    .filter((secret) => {
      // What is made here is over when we are done; what then is left is advice.
      const counts = when === 'before' || secret.comesBack !== 'always';
      return counts && secret[when].length > 0;
    })
    .map(({ name }) => name);
}

/** Secrets that can be seen to work: the database is asked for its roles, and who reads one for the others. */
export function provable(stack: Stack, { secrets }: Pick<Planned, 'secrets'>): readonly string[] {
  const isRead = (name: string) => readersOf(stack, [name]).length > 0;
  return secrets.flatMap(({ name, kind }) => (kind === 'database-role' || isRead(name) ? [name] : []));
}

/** Those that nobody can show to work, as nobody who reads them runs, and those that did not. */
function unseen(stack: Stack, planned: Planned): readonly string[] {
  const { ran, secrets, unproven = [] } = planned;
  const isRole = (name: string) => secrets.some((each) => each.name === name && each.kind === 'database-role');
  const isIdle = (name: string) => !isRole(name) && !readersOf(stack, [name]).some((reader) => ran.includes(reader));
  return provable(stack, planned).filter((name) => isIdle(name) || unproven.includes(name));
}

function roles({ secrets }: Planned): readonly string[] {
  return secrets.filter(({ kind }) => kind === 'database-role').map(({ name }) => name);
}

/** Every step forward, in order. */
export function forwardSteps(stack: Stack, planned: Planned): readonly RotationStep[] {
  const { ran, well, revisions, reencrypt, secrets } = planned;
  const names = listed(secrets.map(({ name }) => name));
  const stop = toStop(stack, planned);
  const before = manualNames(planned, 'before');
  const seen = unseen(stack, planned);
  const after = manualNames(planned, 'after');
  const altered = roles(planned);
  const filled = Object.keys(revisions);
  return [
    { id: 'check', kind: 'check', cause: 'a wrong value is noticed before anything is touched' },
    { id: 'stage', kind: 'stage', cause: `${names}: kept beside the old until the new works` },
    ...(stop.length === 0
      ? []
      : [{ id: 'stop', kind: 'stop' as const, services: stop, cause: 'the old value ends while the new one begins' }]),
    ...(before.length === 0
      ? []
      : [{ id: 'before', kind: 'manual' as const, when: 'before' as const, names: before, cause: listed(before) }]),
    ...(filled.length === 0
      ? []
      : [
          {
            id: 'deliver',
            kind: 'deliver' as const,
            side: 'new' as const,
            services: filled,
            cause: 'each finds them there at its next start',
          },
        ]),
    ...(altered.length === 0
      ? []
      : [{ id: 'alter', kind: 'alter' as const, side: 'new' as const, names: altered, cause: listed(altered) }]),
    ...(reencrypt === null
      ? []
      : [{ id: 'reencrypt', kind: 'reencrypt' as const, side: 'new' as const, cause: reencrypt.run.join(' ') }]),
    ...(ran.length === 0 ? [] : restart('new', ran, well, 'values are read at the start')),
    { id: 'prove', kind: 'prove', side: 'new', cause: 'each is tried where it is used, nothing is assumed' },
    { id: 'promote', kind: 'promote', cause: 'the new values are proven' },
    ...(seen.length === 0
      ? []
      : [{ id: 'seen', kind: 'manual' as const, when: 'seen' as const, names: seen, cause: listed(seen) }]),
    ...(after.length === 0
      ? []
      : [{ id: 'after', kind: 'manual' as const, when: 'after' as const, names: after, cause: listed(after) }]),
    { id: 'confirm', kind: 'confirm', cause: 'nothing needs them any more' },
  ];
}

/** @param well those that are waited for. */
function restart(
  side: Side,
  services: readonly string[],
  well: readonly string[],
  cause: string,
): readonly RotationStep[] {
  const id = (step: string) => (side === 'new' ? step : `undo:${step}`);
  return [
    { id: id('recreate'), kind: 'recreate', side, services, cause },
    ...(well.length === 0
      ? []
      : [{ id: id('ready'), kind: 'ready' as const, services: well, cause: 'started is not yet healthy' }]),
  ];
}

/** Every step that takes back what was begun, in order. */
export function undoSteps(stack: Stack, planned: Planned & Pick<Journal, 'begun'>): readonly RotationStep[] {
  const { ran, well, revisions, begun } = planned;
  const was = (id: string) => begun.includes(id);
  const moved = was('deliver') || was('stop');
  const stop = toStop(stack, planned);
  return [
    ...(was('reencrypt') && stop.length > 0
      ? [{ id: 'undo:stop', kind: 'stop' as const, services: stop, cause: 'nobody may use the data meanwhile' }]
      : []),
    ...(was('deliver')
      ? [
          {
            id: 'undo:deliver',
            kind: 'deliver' as const,
            side: 'old' as const,
            services: Object.keys(revisions),
            cause: 'under their old numbers, so that what was not recreated stays as it is',
          },
        ]
      : []),
    ...(was('alter')
      ? [
          {
            id: 'undo:alter',
            kind: 'alter' as const,
            side: 'old' as const,
            names: roles(planned),
            cause: 'it may know the new one',
          },
        ]
      : []),
    ...(was('reencrypt')
      ? [
          {
            id: 'undo:reencrypt',
            kind: 'reencrypt' as const,
            side: 'old' as const,
            cause: 'some data may be encrypted with the new key',
          },
        ]
      : []),
    ...(moved && ran.length > 0
      ? restart('old', ran, well, 'those that run with the new values, or were stopped')
      : []),
    ...(was('deliver')
      ? [
          {
            id: 'undo:prove',
            kind: 'prove' as const,
            side: 'old' as const,
            cause: 'each is tried where it is used, nothing is assumed',
          },
        ]
      : []),
    ...(was('stage') ? [{ id: 'discard', kind: 'discard' as const, cause: 'they are not in force' }] : []),
  ];
}
