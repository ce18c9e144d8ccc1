import { join } from 'node:path';
import { SetupError } from '../../errors.ts';
import { listed } from '../../operations/rotation/words.ts';
import { isOwnKey } from '../../secrets/account.ts';
import { secretConsumers } from '../../secrets/consumers.ts';
import type { Kept, SecretStore, Slot } from '../../secrets/store.ts';
import { vaultDir } from '../../secrets/vault-place.ts';
import { nearestOf } from '../../stack/known-keys.ts';
import type { Stack } from '../../stack/schema.ts';
import { readText } from '../../system/files.ts';
import { environment } from '../../system/process.ts';

type Entry = Stack['secrets']['entries'][string];

/** What the stack says of a secret. @throws SetupError exit 2 for a name that it has not. */
export function entryOf(stack: Stack, name: string): Entry {
  const entry = Object.hasOwn(stack.secrets.entries, name) ? stack.secrets.entries[name] : undefined;
  if (entry) return entry;
  throw unknownSecret(stack, name);
}

/** A name that the stack has not; the nearest that it has is probably meant. */
export function unknownSecret({ secrets }: Stack, name: string): SetupError {
  const known = Object.keys(secrets.entries);
  const meant = nearestOf(name, known);
  return new SetupError('usage', `${name} is not a secret of this stack.`, {
    code: 'secret-unknown',
    next: [
      ...(meant === undefined ? [] : [`Did you mean ${meant}?`]),
      known.length === 0 ? 'This stack has no secrets.' : `It has: ${known.join(', ')}`,
    ],
  });
}

/** A name that may be removed: one of the stack, or one that only the store still has. @throws SetupError exit 2. */
export function keptName(stack: Stack, kept: readonly Kept[], name: string): void {
  if (!isOwnKey(name) && kept.some((entry) => entry.name === name)) return;
  entryOf(stack, name);
}

function journalIn({ id }: Stack): string {
  return join(vaultDir(id, environment()), 'rotation.json');
}

/** The rotation of this stack that is not finished; what reads its journal is loaded where there is one. */
export async function unfinishedRotation(stack: Stack) {
  const journal = journalIn(stack);
  if ((await readText(journal)) === undefined) return undefined;
  return (await import('../../operations/rotation/unfinished.ts')).readUnfinished(journal);
}

/**
 * A value that a rotation is at work with is changed by that rotation alone; and until it has ended, what its services
 * read beside that stays as well: they would be restarted with a value that nobody has checked.
 * @throws SetupError exit 4 where one of these names is in an unfinished one, or read by its services.
 */
export async function refuseUnfinished(stack: Stack, names: readonly string[]): Promise<void> {
  const rotation = await unfinishedRotation(stack);
  if (!rotation) return;
  const consumers = secretConsumers(stack);
  const readers = (name: string): readonly string[] => consumers.get(name) ?? [];
  const isOwn = (name: string): boolean => rotation.names.includes(name);
  const held = rotation.direction === 'waiting' ? [] : rotation.names.flatMap(readers);
  const busy = names.filter((name) => isOwn(name) || readers(name).some((service) => held.includes(service)));
  if (busy.length === 0) return;
  const others = busy.filter((name) => !isOwn(name));
  const why = others.length === 0 ? '' : `, and it restarts what reads ${others.join(', ')}`;
  throw new SetupError('needs-you', `The rotation of ${listed(rotation.names)} is not finished${why}.`, {
    code: 'rotation-unfinished',
    next: [
      'Finish it: trading-setup rotate --resume',
      ...(rotation.forwardOnly ? [] : ['Or take it back: trading-setup rotate --undo']),
    ],
  });
}

/** A rotation finds its values again in the store that it began with. @throws SetupError exit 4 where one is not over. */
export async function refuseAnyRotation(stack: Stack): Promise<void> {
  const journal = journalIn(stack);
  if ((await readText(journal)) === undefined) return;
  const rotation = await import('../../operations/rotation/refuse.ts');
  const { disk } = await import('../../operations/rotation/journal.ts');
  await rotation.refuseUnfinished({ journal }, disk);
}

/** What a rotation kept that nobody knows of any more goes when its name gets a value. */
export async function forgetLeftovers(
  store: SecretStore,
  kept: readonly Kept[],
  names: readonly string[],
): Promise<void> {
  const left = (slot: Slot) => kept.filter((each) => each.slot === slot && names.includes(each.name));
  if (left('pending').length > 0) await store.discard(names);
  if (left('previous').length > 0) await store.confirm(names);
}
