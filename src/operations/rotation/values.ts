import { SetupError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import type { SecretStore, Slot } from '../../secrets/store.ts';
import type { Journal } from './journal.ts';
import type { Side } from './types.ts';

const SLOTS: readonly Slot[] = ['current', 'pending', 'previous'];

type Values = Readonly<Record<Side, ReadonlyMap<string, Secret>>>;

/**
 * Both values of each rotated secret, known again by their fingerprints: in which slot of the store they are depends on
 * where an earlier run ended. One that is nowhere is absent.
 * @param given values that a person has entered again.
 */
export async function findValues(
  store: SecretStore,
  { secrets }: Pick<Journal, 'secrets'>,
  given: ReadonlyMap<string, Secret> = new Map(),
): Promise<Values> {
  const found = { new: new Map<string, Secret>(), old: new Map<string, Secret>() };
  for (const { name, newPrint, oldPrint } of secrets) {
    const kept = await Promise.all(SLOTS.map((slot) => store.get(name, slot)));
    for (const value of [...kept, given.get(name)]) {
      if (!value) continue;
      const print = await store.fingerprint(value);
      if (print === newPrint) found.new.set(name, value);
      if (print === oldPrint) found.old.set(name, value);
    }
  }
  return found;
}

/** Names whose value of this side is nowhere. */
export function missing({ secrets }: Pick<Journal, 'secrets'>, values: Values, side: Side): readonly string[] {
  return secrets.flatMap(({ name }) => (values[side].has(name) ? [] : [name]));
}

export function valueGone(names: readonly string[], side: Side): SetupError {
  return new SetupError('needs-you', `The ${side} value of ${names.join(', ')} is in no slot of the store any more.`, {
    code: 'value-gone',
    next:
      side === 'new'
        ? names.map((name) => `Give it, or another new one: trading-setup rotate --resume --from-file ${name}=FILE`)
        : ['Go forward instead: trading-setup rotate --resume'],
  });
}
