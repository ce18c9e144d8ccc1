/** A line of a build's log and the step that wrote it. */
export interface LogLine {
  readonly id: string;
  readonly line: string;
}

/**
 * The last lines of a log as an immutable value. Versions share one growing array and each sees its own
 * part of it, so that adding a line copies nothing; once per `limit` lines the old half is left behind.
 */
export class LogRing {
  readonly #lines: LogLine[];
  readonly #end: number;
  readonly #limit: number;

  private constructor(lines: LogLine[], end: number, limit: number) {
    this.#lines = lines;
    this.#end = end;
    this.#limit = limit;
  }

  /** A ring that keeps the last `limit` lines. */
  static empty(limit: number): LogRing {
    return new LogRing([], 0, limit);
  }

  add(line: LogLine): LogRing {
    // Another version went on from here already, or the array is full: take our own.
    const own = this.#lines.length === this.#end && this.#end < 2 * this.#limit;
    const lines = own ? this.#lines : this.#lines.slice(Math.max(0, this.#end - this.#limit + 1), this.#end);
    lines.push(line);
    return new LogRing(lines, lines.length, this.#limit);
  }

  get size(): number {
    return Math.min(this.#end, this.#limit);
  }

  /** The last lines, oldest first. */
  last(count: number): readonly LogLine[] {
    return this.#lines.slice(Math.max(0, this.#end - Math.min(count, this.#limit)), this.#end);
  }
}
