import type { Stack } from '../stack/schema.ts';
import { isOwnKey } from './account.ts';
import { endsAtLatest } from './check/subject.ts';
import { secretConsumers } from './consumers.ts';
import type { Kept, Slot } from './store.ts';

/** One value that is kept: when it was set, when it ends, and which one it is. */
export type KeptValue = Omit<Kept, 'name' | 'slot'> & {
  /** It may end sooner. */
  readonly atLatest?: true;
};

/** One secret of a stack: what is said of it, and what is kept; never a value. */
export interface SecretRow {
  readonly name: string;
  readonly kind: 'generated' | 'entered' | 'left over';
  readonly required: boolean;
  /** The name under which the program reads it, where that is another. */
  readonly as?: string;
  readonly about: string;
  /** Services that read it. */
  readonly services: readonly string[];
  readonly current?: KeptValue;
  /** Entered for a rotation that is not finished. */
  readonly pending?: KeptValue;
  /** Replaced by a rotation that is not confirmed. */
  readonly previous?: KeptValue;
}

/** Every secret of the stack in its order, then what the store has besides: names that the stack no longer uses. */
export function overviewOf(stack: Stack, kept: readonly Kept[]): readonly SecretRow[] {
  const readers = secretConsumers(stack);
  const slots = bySlot(stack, kept);
  const own = Object.entries(stack.secrets.entries).map(([name, { kind, required, about, as }]) => ({
    ...{ name, kind, required, about },
    ...(as === undefined ? {} : { as }),
    services: readers.get(name) ?? [],
    ...slots.get(name),
  }));
  const others = [...slots]
    .filter(([name]) => !Object.hasOwn(stack.secrets.entries, name))
    .map(([name, values]) => ({
      ...{ name, kind: 'left over' as const, required: false, about: 'no longer a secret of this stack' },
      services: readers.get(name) ?? [],
      ...values,
    }));
  return [...own, ...others];
}

function bySlot(stack: Stack, kept: readonly Kept[]): ReadonlyMap<string, { readonly [S in Slot]?: KeptValue }> {
  const slots = new Map<string, { [S in Slot]?: KeptValue }>();
  for (const { name, slot, ...value } of kept) {
    if (isOwnKey(name)) continue;
    const latest = endsAtLatest(stack, { name, ...value });
    slots.set(name, { ...slots.get(name), [slot]: latest ? { ...value, atLatest: true as const } : value });
  }
  return slots;
}
