import { createHmac } from 'node:crypto';
import type { Secret } from '../secret.ts';
import type { Stack } from '../stack/schema.ts';
import { generatePassword } from './generate.ts';
import { renderDeliveries } from './render.ts';
import type { SecretStore } from './store.ts';

/** Kept in the store beside the secrets: without it a fingerprint says nothing about a value. */
export const FINGERPRINT_KEY = 'TRADING_SETUP_FINGERPRINT_KEY';

/** The key of this stack's fingerprints, made at the first call. */
export async function fingerprintKey(store: SecretStore): Promise<Secret> {
  const kept = await store.get(FINGERPRINT_KEY);
  if (kept) return kept;
  const made = generatePassword();
  await store.set(FINGERPRINT_KEY, made);
  return made;
}

/** Salts differ each time; with none, equal values render equally. */
const noSalt = (bytes: number): Buffer => Buffer.alloc(bytes);

/**
 * What identifies the content of each service's secret volume, by service, without telling anything about it.
 * @param only these services.
 */
export function fingerprints(
  stack: Stack,
  values: ReadonlyMap<string, Secret>,
  key: Secret,
  only?: readonly string[],
): ReadonlyMap<string, string> {
  const entries = renderDeliveries(stack, values, noSalt, only).map(({ service, files }) => {
    const hmac = createHmac('sha256', key.reveal());
    for (const { path, content } of files) {
      const text = typeof content === 'string' ? content : content.reveal();
      hmac.update(`${path.length}:${path}${text.length}:${text}`);
    }
    return [service, hmac.digest('hex')] as const;
  });
  return new Map(entries);
}
