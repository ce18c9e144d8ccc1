import { join } from 'node:path';
import { SetupError } from '../../errors.ts';
import { isOwnKey } from '../../secrets/account.ts';
import type { Kept, SecretStore, Slot } from '../../secrets/store.ts';
import { vaultDir } from '../../secrets/vault-place.ts';
import type { Stack } from '../../stack/schema.ts';
import { readText } from '../../system/files.ts';
import { environment } from '../../system/process.ts';

type Entry = Stack['secrets']['entries'][string];

/** What the stack says of a secret. @throws SetupError exit 2 for a name that it has not. */
export function entryOf(stack: Stack, name: string): Entry {
  const entry = Object.hasOwn(stack.secrets.entries, name) ? stack.secrets.entries[name] : undefined;
  if (entry) return entry;
  const known = Object.keys(stack.secrets.entries);
  throw new SetupError('usage', `${name} is not a secret of this stack.`, {
    code: 'secret-unknown',
    next: [known.length === 0 ? 'This stack has no secrets.' : `It has: ${known.join(', ')}`],
  });
}

/** A name that may be removed: one of the stack, or one that only the store still has. @throws SetupError exit 2. */
export function keptName(stack: Stack, kept: readonly Kept[], name: string): void {
  if (!isOwnKey(name) && kept.some((entry) => entry.name === name)) return;
  entryOf(stack, name);
}

/** The rotation of this stack that is not finished; what reads its journal is loaded where there is one. */
export async function unfinishedRotation({ id }: Stack) {
  const journal = join(vaultDir(id, environment()), 'rotation.json');
  if ((await readText(journal)) === undefined) return undefined;
  return (await import('../../operations/rotation/unfinished.ts')).readUnfinished(journal);
}

/**
 * A value that a rotation is at work with is changed by that rotation alone.
 * @throws SetupError exit 4 where one of these names is in an unfinished one.
 */
export async function refuseUnfinished(stack: Stack, names: readonly string[]): Promise<void> {
  const rotation = await unfinishedRotation(stack);
  const busy = names.filter((name) => rotation?.names.includes(name));
  if (busy.length === 0) return;
  throw new SetupError('needs-you', `A rotation of ${busy.join(', ')} is not finished.`, {
    code: 'rotation-unfinished',
    next: [
      'Finish it: trading-setup rotate --resume',
      ...(rotation?.forwardOnly ? [] : ['Or take it back: trading-setup rotate --undo']),
    ],
  });
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
