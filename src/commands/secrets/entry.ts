import { join } from 'node:path';
import { SetupError } from '../../errors.ts';
import { isOwnKey } from '../../secrets/account.ts';
import type { Kept } from '../../secrets/store.ts';
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

/**
 * A value that a rotation is at work with is changed by that rotation alone.
 * @throws SetupError exit 4 where one of these names is in an unfinished one.
 */
export async function refuseUnfinished(stack: Stack, kept: readonly Kept[], names: readonly string[]): Promise<void> {
  const journal = join(vaultDir(stack.id, environment()), 'rotation.json');
  const staged = kept.filter(({ slot }) => slot === 'pending').map(({ name }) => name);
  const at = (await readText(journal)) === undefined ? undefined : await unfinished(journal);
  const busy = names.filter((name) => staged.includes(name) || at?.names.includes(name));
  if (busy.length === 0) return;
  throw new SetupError('needs-you', `A rotation of ${busy.join(', ')} is not finished.`, {
    code: 'rotation-unfinished',
    next: ['Finish it, or take it back: trading-setup rotate --resume (or --undo)'],
  });
}

async function unfinished(journal: string) {
  return (await import('../../operations/rotation/unfinished.ts')).readUnfinished(journal);
}
