import { inspect } from 'node:util';
import { placeToCut, remember, secretSpans } from './secret/known.ts';

export { placeToCut };

/** What stands in the place of a secret value in all text. */
export const REDACTED = '[secret]';

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

/**
 * Replaces every value that any `Secret` has held in a text, however programs write it: in any mix of percent, JSON and
 * similar escapes (twice, too), base64 at any place, hexadecimal, as a list of bytes.
 */
export function redact(text: string): string {
  const spans = secretSpans(text);
  if (spans.length === 0) return text;
  let clean = '';
  let end = 0;
  for (const [from, to] of spans) {
    // Overlapping values are one stretch: replaced one by one, the second would leave its remainder behind.
    if (from >= end) clean += text.slice(end, from) + REDACTED;
    end = Math.max(end, to);
  }
  return clean + text.slice(end);
}

/**
 * A document as JSON without any known value in its texts and keys. Redacting the JSON itself could cut an escape in two,
 * and leave what no reader understands.
 */
export function redactedJson(document: unknown, indent?: number): string {
  return JSON.stringify(document, (_key, value: unknown) => redactedPart(value), indent);
}

function redactedPart(value: unknown): unknown {
  if (typeof value === 'string') return redact(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  return entries.every(([key]) => redact(key) === key)
    ? value
    : Object.fromEntries(entries.map(([key, each]) => [redact(key), each]));
}

/** Redacts a text that comes in pieces, wherever they are cut. */
export interface Redactor {
  /** What of the text so far can be shown: all but an end that may be the beginning of a value. */
  push(piece: string): string;
  /** The rest. */
  end(): string;
}

/** For one stream of text; what it holds back is never longer than the longest value can be written. */
export function redactor(): Redactor {
  let pending = '';
  return {
    push(piece) {
      pending += piece;
      const cut = placeToCut(pending);
      const text = pending.slice(0, cut);
      pending = pending.slice(cut);
      return redact(text);
    },
    end() {
      const text = pending;
      pending = '';
      return redact(text);
    },
  };
}
