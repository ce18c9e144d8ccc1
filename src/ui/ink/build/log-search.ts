import type { LogRing } from '../../../events/log-ring.ts';

/** Lines that are looked through at a time beyond the blocks of the log. */
const PORTION = 2_000;

/**
 * The lines of a log that hold a text, found bit by bit: newest first, so that something is there at once, and what the
 * log gains meanwhile. Lower case finds upper case too.
 */
export class LogSearch {
  readonly needle: string;
  readonly #holds: (text: string) => boolean;
  /** Hits among the lines that were there at the beginning, the newest first. */
  readonly #older: number[] = [];
  /** Hits among the lines that came since. */
  readonly #newer: number[] = [];
  /** What is between these two has been looked through; undefined before the beginning. */
  #from: number | undefined;
  #to = 0;

  constructor(needle: string) {
    this.needle = needle;
    const anyCase = needle === needle.toLowerCase();
    this.#holds = anyCase ? (text) => text.toLowerCase().includes(needle) : (text) => text.includes(needle);
  }

  /** Looks through a part of what is left; false when all of the log is looked through. */
  advance(log: LogRing, blocks: number): boolean {
    if (this.needle === '') return false;
    this.#from ??= log.end;
    this.#to ||= log.end;
    this.#forget(log.first);
    for (let count = 0; count < blocks; count += 1) {
      if (this.#to < log.end) this.#forward(log);
      else if (this.#from > log.first) this.#backward(log, this.#from);
      else return false;
    }
    return !this.isComplete(log);
  }

  /** Whether every line of the log has been looked through. */
  isComplete(log: LogRing): boolean {
    return this.needle === '' || (this.#from !== undefined && this.#from <= log.first && this.#to >= log.end);
  }

  /** Whether the lines that were there at the beginning have been looked through: what is found grows with the log only. */
  isThrough(log: LogRing): boolean {
    return this.#from !== undefined && this.#from <= log.first;
  }

  /** Lines found so far. */
  get count(): number {
    return this.#older.length + this.#newer.length;
  }

  /** Which of the lines found a line is, from the oldest on: 1 is the first; 0: it is none of them. */
  placeOf(line: number): number {
    const at = this.#firstFrom(line);
    return this.#nth(at) === line ? at + 1 : 0;
  }

  /** The first line found from a line on. */
  from(line: number): number | undefined {
    return this.#nth(this.#firstFrom(line));
  }

  /** The last line found before a line. */
  before(line: number): number | undefined {
    return this.#nth(this.#firstFrom(line) - 1);
  }

  /** The oldest line found. */
  get first(): number | undefined {
    return this.#nth(0);
  }

  /** The newest line found. */
  get last(): number | undefined {
    return this.#nth(this.count - 1);
  }

  #nth(at: number): number | undefined {
    const { length } = this.#older;
    return at < length ? this.#older[length - 1 - at] : this.#newer[at - length];
  }

  /** How many lines found come before a line. */
  #firstFrom(line: number): number {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#nth(middle) ?? line) < line) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #forward(log: LogRing): void {
    const from = Math.max(this.#to, log.first);
    const to = Math.min(from + PORTION, log.end);
    for (const [at, { line }] of log.slice(from, to).entries()) if (this.#holds(line)) this.#newer.push(from + at);
    this.#to = to;
  }

  #backward(log: LogRing, before: number): void {
    const { hits, from } = log.findBefore(before, this.#holds);
    for (const hit of hits.toReversed()) this.#older.push(hit);
    this.#from = from;
  }

  /** The log has left lines behind. */
  #forget(first: number): void {
    while ((this.#older.at(-1) ?? first) < first) this.#older.pop();
    const gone = this.#older.length > 0 ? 0 : this.#newer.findIndex((hit) => hit >= first);
    if (gone !== 0) this.#newer.splice(0, gone === -1 ? this.#newer.length : gone);
  }
}
