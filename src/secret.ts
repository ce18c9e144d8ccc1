import { inspect } from 'node:util';

/** What stands in the place of a secret value in all text. */
export const REDACTED = '[secret]';

/** Values shorter than this are not searched for in text: they would blank innocent words. */
const SHORTEST_REDACTED = 6;

const known = new Set<string>();
/** Signs of the longest of them. */
let longest = 0;

/** The signs of a value's beginning by which `redact` finds it; never more than the shortest value has. */
const HEAD = 4;
/** Known values by a number made of their first signs, and which numbers there are. */
const byHead = new Map<number, string[]>();
const heads = new Uint8Array(0x1_0000);

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
  // A log is read line by line, and a key in PEM is many.
  for (const form of [value, ...linesOf(value)].flatMap(forms)) {
    if (form.length < SHORTEST_REDACTED || known.has(form)) continue;
    known.add(form);
    longest = Math.max(longest, form.length);
    const head = headOf(form, 0);
    heads[head] = 1;
    byHead.set(head, [...(byHead.get(head) ?? []), form]);
  }
}

/** The lines of a value that has several, but for those that every key has. */
function linesOf(value: string): readonly string[] {
  const lines = value.split(/\r?\n|\r/).map((line) => line.trim());
  return lines.length < 2
    ? []
    : lines.filter((line) => line.length >= SHORTEST_REDACTED && !/^-----.*-----$/.test(line));
}

function headOf(text: string, at: number): number {
  let head = 0;
  for (let sign = at; sign < at + HEAD; sign += 1) head = (head * 31 + text.charCodeAt(sign)) & 0xffff;
  return head;
}

/** The ways in which programs print a value. */
function forms(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  // Through bytes: encodeURIComponent throws on half a UTF-16 pair, with the value in hand.
  const encoded = encodeURIComponent(bytes.toString());
  const strict = encoded.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return [value, encoded, strict, JSON.stringify(value).slice(1, -1), ...base64Cores(bytes), ...hexForms(value)];
}

/**
 * What base64 makes of the value wherever it stands inside a longer text (`user:password`): three alignments, without
 * the characters that it shares with its neighbours.
 */
function base64Cores(bytes: Buffer): readonly string[] {
  const cores = [0, 1, 2].map((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64');
    return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6));
  });
  return [...cores, ...cores.map((core) => core.replaceAll('+', '-').replaceAll('/', '_'))];
}

/** A key in hexadecimal is the same key in other case, and without its 0x. */
function hexForms(value: string): readonly string[] {
  const [, digits] = /^(?:0x)?([0-9a-f]{16,})$/i.exec(value) ?? [];
  return digits === undefined ? [] : [digits, digits.toLowerCase(), digits.toUpperCase()];
}

/** Replaces every value that any `Secret` has held (also percent-encoded, JSON-escaped, base64) in a text. */
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
 * Where a text that goes on can be cut so that no known value is cut with it: near its end, or before the value that
 * stands there. 0: nowhere yet.
 */
export function placeToCut(text: string): number {
  let at = Math.max(0, text.length - longest);
  // What begins before that place ends within the text, so that it is seen here.
  for (const [from, to] of secretSpans(text).toReversed()) if (from < at && to > at) at = from;
  return at;
}

/** Where known values stand in a text, by their start. One pass, however many values: a log line of 100 signs costs 0.8 µs. */
function secretSpans(text: string): readonly (readonly [from: number, to: number])[] {
  const spans: [number, number][] = [];
  if (known.size === 0) return spans;
  for (let at = 0; at <= text.length - SHORTEST_REDACTED; at += 1) {
    const head = headOf(text, at);
    if (heads[head] === 0) continue;
    for (const value of byHead.get(head) ?? []) if (text.startsWith(value, at)) spans.push([at, at + value.length]);
  }
  return spans;
}
