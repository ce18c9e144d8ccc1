import { accountOf, isOwnKey, PRINT_KEY, slotOf, valuePrint } from './account.ts';
import type { Kept } from './store.ts';
import { damagedVault } from './vault-errors.ts';

/** The values in a vault, by account. */
export type Values = Map<string, string>;

/** Pending becomes current and current previous; a name without a pending value stays as it is. */
export function promoteOne(values: Values, name: string): void {
  const pending = values.get(accountOf(name, 'pending'));
  if (pending === undefined) return;
  const current = values.get(name);
  if (current !== undefined && current !== pending) values.set(accountOf(name, 'previous'), current);
  values.set(name, pending);
  values.delete(accountOf(name, 'pending'));
}

/** Every account and the fingerprint of its value; what the store keeps for itself has none. */
export function printsOf(values: Values): ReadonlyMap<string, string | undefined> {
  const key = values.get(PRINT_KEY);
  const prints = [...values]
    .filter(([account]) => account !== PRINT_KEY)
    .map(([account, value]) => {
      const print = key === undefined || isOwnKey(account) ? undefined : valuePrint(key, value);
      return [account, print] as const;
    });
  return new Map(prints);
}

/** What there is, without dates. */
export function keptOf(values: Values): readonly Kept[] {
  return [...values.keys()].filter((account) => account !== PRINT_KEY).map(slotOf);
}

/** The text that is sealed. A Map on both sides: a secret may be called `__proto__`. */
export function printValues(values: Values): string {
  return JSON.stringify(Object.fromEntries(values));
}

/** @throws SetupError `vault-damaged`, without the text. */
export function parseValues(text: string, path: string): Values {
  try {
    const found: unknown = JSON.parse(text);
    return new Map(Object.entries(found ?? {}).map(([name, value]) => [name, String(value)]));
  } catch {
    // Without the cause: a JSON error quotes the text.
    throw damagedVault(path);
  }
}
