import type { Secret } from '../secret.ts';
import type { Stack } from '../stack/schema.ts';
import { generateValue } from './generate.ts';
import type { SecretStore } from './store.ts';

/** Makes and stores every generated secret that has no value yet, all in one write; returns their names. */
export async function generateMissing(
  stack: Pick<Stack, 'secrets'>,
  store: Pick<SecretStore, 'names' | 'get' | 'setAll'>,
): Promise<readonly string[]> {
  const listed = new Set(await store.names());
  const made = new Map<string, Secret>();
  for (const [name, { kind, format }] of Object.entries(stack.secrets.entries)) {
    if (kind !== 'generated' || listed.has(name)) continue;
    // A list may lag behind the values; replacing a database password by accident would lock the program out.
    if ((await store.get(name)) === undefined) made.set(name, generateValue(format));
  }
  if (made.size > 0) await store.setAll(made);
  return [...made.keys()];
}
