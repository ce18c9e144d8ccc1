import { createHmac } from 'node:crypto';
import type { Slot } from './store.ts';

/** Kept in the store beside the secrets: without it the fingerprint of a value says nothing. */
export const PRINT_KEY = 'TRADING_SETUP_PRINT_KEY';

/** What a store keeps for itself; no secret of the stack. */
const OWN: ReadonlySet<string> = new Set([PRINT_KEY, 'TRADING_SETUP_FINGERPRINT_KEY']);

/** Whether this is a key that trading-setup keeps for itself, which no list of secrets shows. */
export function isOwnKey(name: string): boolean {
  return OWN.has(name);
}

/** Under which name a slot of a secret is kept; `#` is in no name. */
export function accountOf(name: string, slot: Slot): string {
  return slot === 'current' ? name : `${name}#${slot}`;
}

/** The secret and the slot of an account. */
export function slotOf(account: string): { readonly name: string; readonly slot: Slot } {
  const [, name = account, slot] = /^(.*)#(pending|previous)$/s.exec(account) ?? [];
  return { name, slot: slot === 'pending' || slot === 'previous' ? slot : 'current' };
}

/** The keyed fingerprint of a value: 16 hexadecimal digits, equal for equal values of one store. */
export function valuePrint(key: string, value: string): string {
  return createHmac('sha256', key).update(value).digest('hex').slice(0, 16);
}
