import { SetupError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import { involvedIn } from '../../secrets/check/subject.ts';
import { consumersOf } from '../../secrets/consumers.ts';
import { fingerprints } from '../../secrets/fingerprint.ts';
import { encryptionKeys } from '../../stack/own-commands.ts';
import type { Stack } from '../../stack/schema.ts';
import { readDelivery } from '../deliver.ts';
import type { Workbench } from '../execute.ts';
import { type Disk, disk, readJournal } from './journal.ts';
import { runningDatabase } from './prove/database.ts';
import type { RotationBench, RotationRequest } from './types.ts';
import { unfinishedOf } from './unfinished.ts';
import { listed } from './words.ts';

/** One at a time: the next one would take the values of the last for the old ones. @throws SetupError `rotation-unfinished`. */
export async function refuseUnfinished({ journal }: Pick<RotationBench, 'journal'>, files: Disk): Promise<void> {
  const left = await readJournal(journal, files);
  if (!left) return;
  const { names, direction, manual } = unfinishedOf(left);
  const what = direction === 'waiting' ? 'waits for a person' : 'is not finished';
  throw new SetupError('needs-you', `The rotation of ${listed(names)} ${what}.`, {
    code: 'rotation-unfinished',
    next:
      direction === 'waiting'
        ? [...manual, 'Then run: trading-setup rotate --resume --manual-done']
        : [
            'Finish it: trading-setup rotate --resume',
            'Or go back, where that is still possible: trading-setup rotate --undo',
          ],
  });
}

/** Until it is finished nobody else delivers: the store may hold a value that is not in force. */
export async function refuseHalfRotated({ journal }: Pick<Workbench, 'journal'>): Promise<void> {
  if ((await readJournal(journal, disk))?.direction !== 'waiting') await refuseUnfinished({ journal }, disk);
}

/** What is asked for can be done at all: known secrets, the database at work, a decision about what becomes unreadable. */
export async function refuseImpossible(bench: RotationBench, request: RotationRequest): Promise<void> {
  const names = [...request.values.keys()];
  if (names.length === 0) {
    throw new SetupError('usage', 'No secret is named.', {
      code: 'no-names',
      next: ['Name what is to be rotated: trading-setup rotate NAME (trading-setup secrets list)'],
    });
  }
  const unknown = names.filter((name) => !bench.stack.secrets.entries[name]);
  if (unknown.length > 0) {
    throw new SetupError('usage', `${listed(unknown)}: not a secret of this stack.`, {
      code: 'secret-unknown',
      next: [`It has: ${Object.keys(bench.stack.secrets.entries).join(', ')}`],
    });
  }
  for (const name of names) refuseUnreadable(bench.stack, name, request);
  const [key, ...others] = encryptionKeys(bench.stack, names);
  if (key !== undefined && others.length > 0 && bench.stack.secrets.commands?.reencrypt) {
    // Each has data of its own, and what is encrypted anew can only be taken back together with its key.
    throw new SetupError('usage', `${listed([key, ...others])}: one encryption key at a time.`, {
      code: 'keys-together',
      next: [key, ...others].map((name) => `trading-setup rotate ${name}`),
    });
  }
  if (names.some((name) => involvedIn(bench.stack, name).kind === 'database-role')) await runningDatabase(bench);
}

function refuseUnreadable(stack: Stack, name: string, { acceptUnreadable }: RotationRequest): void {
  const { kind, unreadable = 'everything that it has encrypted' } = involvedIn(stack, name);
  if (kind !== 'encryption-key' || stack.secrets.commands?.reencrypt || acceptUnreadable.includes(name)) return;
  throw new SetupError('needs-you', `Another ${name} makes unreadable: ${unreadable}.`, {
    code: 'unreadable',
    next: [
      'Name the command with which the program encrypts its data anew: secrets.commands.reencrypt in trading-setup.yaml',
      `Or decide that it may be lost: trading-setup rotate ${name} --accept-unreadable ${name}`,
    ],
  });
}

/**
 * What the store has is what is in force: else there is no telling what the old value is.
 * @throws SetupError `not-delivered`.
 */
export async function refuseUndelivered(
  { runner, stack }: Pick<RotationBench, 'runner' | 'stack'>,
  names: readonly string[],
  values: ReadonlyMap<string, Secret>,
  key: Secret,
): Promise<void> {
  const services = consumersOf(stack, names);
  const prints = fingerprints(stack, values, key, services);
  const behind: string[] = [];
  for (const service of services) {
    if ((await readDelivery(runner, stack, service))?.fingerprint !== prints.get(service)) behind.push(service);
  }
  if (behind.length === 0) return;
  throw new SetupError('needs-you', `What the store has was not delivered to ${listed(behind)}.`, {
    code: 'not-delivered',
    next: ['Deliver it first: trading-setup deploy', 'Then run the rotation again.'],
  });
}

/** Nothing to put in the place of anything. @throws SetupError `no-value`. */
export function noValue(name: string): SetupError {
  return new SetupError('needs-you', `${name} has no value yet, so there is none to replace.`, {
    code: 'no-value',
    next: [`Set it: trading-setup secrets set ${name}`, 'Then run: trading-setup deploy'],
  });
}

/** It would go through all of it and change nothing. @throws SetupError `same-value`. */
export function sameValue(name: string): SetupError {
  return new SetupError('usage', `The new value of ${name} is the one that it has.`, {
    code: 'same-value',
    next: [`Give another one: trading-setup rotate ${name}`],
  });
}
