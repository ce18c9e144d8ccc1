import { endsAtLatest, involvedIn, knownIn } from '../../secrets/check/subject.ts';
import { secretConsumers } from '../../secrets/consumers.ts';
import type { Kept } from '../../secrets/store.ts';
import type { Stack } from '../../stack/schema.ts';
import type { RotationRow } from './types.ts';

/** Every secret that has a value, in the order of the stack; nothing is opened for it. */
export function rotationRows(stack: Stack, kept: readonly Kept[], chosen: ReadonlySet<string>): readonly RotationRow[] {
  const readers = secretConsumers(stack);
  const current = new Map(kept.filter(({ slot }) => slot === 'current').map((one) => [one.name, one]));
  return Object.entries(stack.secrets.entries).flatMap(([name, entry]) => {
    const value = current.get(name);
    if (!value) return [];
    return [
      {
        name,
        kind: kindWords(stack, name),
        about: knownIn(stack, name)?.credential.about ?? entry.about,
        ...(value.set === undefined ? {} : { set: value.set }),
        ...(value.expires === undefined ? {} : { expires: value.expires }),
        ...(endsAtLatest(stack, value) ? { atLatest: true } : {}),
        readers: readers.get(name) ?? [],
        back: involvedIn(stack, name).comesBack,
        source: isMade(stack, name) ? 'made' : 'entered',
        chosen: chosen.has(name),
      } satisfies RotationRow,
    ];
  });
}

/** Whether a new value of this secret is made here. */
export function isMade(stack: Stack, name: string): boolean {
  return stack.secrets.entries[name]?.kind === 'generated' || knownIn(stack, name)?.credential.generated !== undefined;
}

function kindWords(stack: Stack, name: string): string {
  switch (involvedIn(stack, name).kind) {
    case 'database-role':
      return 'database role';
    case 'gate-login':
      return 'login of the gate';
    case 'encryption-key':
      return 'encryption key';
    case 'credential':
      return `${knownIn(stack, name)?.provider.title ?? ''} credential`.trim();
    case 'generic':
      return 'secret';
  }
}
