import { formsOf, linesOf } from './forms.ts';
import { MOST_SIGNS, unfinishedEscape, viewsOf } from './views.ts';

/** Values shorter than this are not searched for in text: they would blank innocent words. */
const SHORTEST_REDACTED = 6;

const known = new Set<string>();
/** Signs of the longest of them, and how many a text may need to write one of them with escapes. */
let longest = 0;
let reach = 0;

/** The signs of a value's beginning by which `redact` finds it; never more than the shortest value has. */
const HEAD = 4;
/** Known values by a number made of their first signs, and which numbers there are. */
const byHead = new Map<number, string[]>();
const heads = new Uint8Array(0x1_0000);
/** Beginnings that are shorter than a head. */
const beginnings = new Set<string>();

/** Has a value be known from now on, in all the ways in which programs write it. */
export function remember(value: string): void {
  if (value.length < SHORTEST_REDACTED || known.has(value)) return;
  for (const form of [value, ...linesOf(value, SHORTEST_REDACTED)].flatMap(formsOf)) {
    if (form.length < SHORTEST_REDACTED || known.has(form)) continue;
    known.add(form);
    longest = Math.max(longest, form.length);
    const head = headOf(form);
    heads[head] = 1;
    byHead.set(head, [...(byHead.get(head) ?? []), form]);
    for (let length = 1; length < HEAD; length += 1) beginnings.add(form.slice(0, length));
  }
  reach = Math.max(reach, longest, value.length * MOST_SIGNS);
}

/** One sign more in a head: the sign before the last four is shifted out of its 16 bits. */
function shifted(head: number, sign: number): number {
  return ((head << 4) ^ sign) & 0xffff;
}

function headOf(text: string, at = 0): number {
  let head = 0;
  for (let sign = at; sign < at + HEAD; sign += 1) head = shifted(head, text.charCodeAt(sign));
  return head;
}

/**
 * Where a text that goes on can be cut so that no known value is cut with it: at its end, or before what stands there
 * and is a value or may become one. 0: nowhere yet.
 */
export function placeToCut(text: string): number {
  if (known.size === 0) return text.length;
  let at = openEnd(text);
  for (const [from, to] of secretSpans(text).toReversed()) if (from < at && to > at) at = from;
  return at;
}

/** Where the end of a text begins that may be the beginning of a value. */
function openEnd(text: string): number {
  const offset = Math.max(0, text.length - reach);
  const tail = text.slice(offset);
  // What half an escape means is not known yet.
  const whole = tail.slice(0, unfinishedEscape(tail));
  let at = whole.length;
  const take = (view: string, start: (unit: number) => number): void => {
    for (let from = Math.max(0, view.length - longest); from < view.length; from += 1) {
      if (start(from) >= at) return;
      if (mayBegin(view, from)) at = start(from);
    }
  };
  take(whole, (unit) => unit);
  for (const view of viewsOf(whole)) take(view.text, (unit) => view.origin(unit, unit + 1)[0]);
  return offset + at;
}

/** Whether a text from there to its end is how a value begins. */
function mayBegin(text: string, at: number): boolean {
  if (text.length - at < HEAD) return beginnings.has(text.slice(at));
  const head = headOf(text, at);
  if (heads[head] === 0) return false;
  const rest = text.slice(at);
  return (byHead.get(head) ?? []).some((form) => form.startsWith(rest));
}

/** A stretch of a text. */
export type Span = readonly [from: number, to: number];

/** Where known values stand in a text, by their start: as they are, and in what the text says with its escapes undone. */
export function secretSpans(text: string): readonly Span[] {
  if (known.size === 0 || text.length < SHORTEST_REDACTED) return [];
  let spans = spansIn(text);
  for (const view of viewsOf(text)) {
    const found = spansIn(view.text).map(([from, to]) => view.origin(from, to));
    if (found.length > 0) spans = [...spans, ...found].sort(([one], [other]) => one - other);
  }
  return spans;
}

/** One pass, however many values: a log line of 100 signs costs 0.2 µs. */
function spansIn(text: string): readonly Span[] {
  const spans: Span[] = [];
  let head = 0;
  for (let last = 0; last < text.length; last += 1) {
    head = shifted(head, text.charCodeAt(last));
    if (heads[head] === 0 || last < HEAD - 1) continue;
    const at = last - HEAD + 1;
    for (const value of byHead.get(head) ?? []) if (text.startsWith(value, at)) spans.push([at, at + value.length]);
  }
  return spans;
}
