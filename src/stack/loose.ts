import { secretsIn } from './names.ts';

/** A part of a stack that nobody has validated yet. */
export type Loose = Readonly<Record<string, unknown>>;

/** Whether something is a map. */
export function isMap(value: unknown): value is Loose {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A map without one key. */
export function without(value: Loose, key: string): Loose {
  return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
}

/** The map under a key; where there is none, an empty one. */
export function mapAt(value: Loose, key: string): Loose {
  const inner = value[key];
  return isMap(inner) ? inner : {};
}

/** The name by which the program reads a secret with this entry. */
export function readAs(entry: unknown, secret: string): string {
  return isMap(entry) && typeof entry.as === 'string' ? entry.as : secret;
}

/** Names of the secrets in a text. */
export function secretsInText(text: unknown): readonly string[] {
  return typeof text === 'string' ? secretsIn(text) : [];
}

/** Names of the secrets that a service is given. */
export function usedBy(service: unknown): readonly string[] {
  return isMap(service) ? Object.values(mapAt(service, 'secrets')).flatMap(secretsInText) : [];
}
