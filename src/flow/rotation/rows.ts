import { credentialFor, rotationOf } from '../../catalog/credentials/index.ts';
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
        kind: kindWords(name),
        about: credentialFor(name)?.credential.about ?? entry.about,
        ...(value.set === undefined ? {} : { set: value.set }),
        ...(value.expires === undefined ? {} : { expires: value.expires }),
        readers: readers.get(name) ?? [],
        back: rotationOf(name).comesBack,
        source: isMade(stack, name) ? 'made' : 'entered',
        chosen: chosen.has(name),
      } satisfies RotationRow,
    ];
  });
}

/** Whether a new value of this secret is made here. */
export function isMade(stack: Stack, name: string): boolean {
  return stack.secrets.entries[name]?.kind === 'generated' || credentialFor(name)?.credential.generated !== undefined;
}

function kindWords(name: string): string {
  switch (rotationOf(name).kind) {
    case 'database-role':
      return 'database role';
    case 'gate-login':
      return 'login of the gate';
    case 'encryption-key':
      return 'encryption key';
    case 'credential':
      return `${credentialFor(name)?.provider.title ?? ''} credential`.trim();
    case 'generic':
      return 'secret';
  }
}
