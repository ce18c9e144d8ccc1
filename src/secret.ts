import { inspect } from 'node:util';

/** What stands in the place of a secret value in all text. */
export const REDACTED = '[secret]';

/** Values shorter than this are not searched for in text: they would blank innocent words. */
const SHORTEST_REDACTED = 6;

const known = new Set<string>();

/** A secret value that shows itself only when asked by name: text, JSON and inspection all give `[secret]`. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
    remember(value);
  }

  /** The value itself, for the one place that hands it on. */
  reveal(): string {
    return this.#value;
  }

  /** A new secret made from this one, e.g. a URL around a password. */
  map(change: (value: string) => string): Secret {
    return new Secret(change(this.#value));
  }

  get length(): number {
    return this.#value.length;
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}

function remember(value: string): void {
  if (value.length < SHORTEST_REDACTED) return;
  for (const form of [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]) known.add(form);
  known.add(Buffer.from(value).toString('base64'));
}

/** Replaces every value that any `Secret` has held (also percent-encoded, JSON-escaped, base64) in a text. */
export function redact(text: string): string {
  let clean = text;
  // Longest first: a secret that contains another must not leave its remainder behind.
  for (const value of [...known].sort((a, b) => b.length - a.length)) clean = clean.replaceAll(value, REDACTED);
  return clean;
}
