import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** A line of a build's log and the step that wrote it. */
export interface LogLine {
  readonly id: string;
  readonly line: string;
}

/** How much of a log is kept; what comes first to its limit counts. */
export interface LogLimits {
  readonly lines: number;
  /** As it is kept: packed, a tenth of the text and less. */
  readonly bytes: number;
}

/** Lines that are packed together: enough to pack well, and unpacked in less than a millisecond. */
const BLOCK_LINES = 512;
const BLOCK_CHARACTERS = 64 * 1024;
/** Packs as fast as lines come; a better one saves little. */
const LEVEL = 1;

/** Lines that do not change any more, packed: 200,000 of them as strings take 40 MB. */
interface Block {
  readonly packed: Buffer;
  readonly lines: number;
  /** The number of its first line. */
  readonly first: number;
  /** Which step wrote from which line of the block on. */
  readonly writers: readonly (readonly [from: number, id: string])[];
}

/**
 * The last lines of a log as an immutable value. Lines are numbered from the beginning of the log, so that a number stays
 * true while old lines are left behind. Versions share what they have in common: adding a line copies next to nothing.
 */
export class LogRing {
  readonly #limits: LogLimits;
  readonly #blocks: readonly Block[];
  /** Bytes in the blocks. */
  readonly #bytes: number;
  /** The lines behind the blocks; versions share the array and each sees its own part of it. */
  readonly #open: LogLine[];
  /** Characters in the open lines. */
  readonly #characters: number;
  /** The number of the first open line. */
  readonly #from: number;
  /** The number behind the last line: how many were ever written. */
  readonly end: number;

  private constructor(
    limits: LogLimits,
    blocks: readonly Block[],
    bytes: number,
    open: LogLine[],
    characters: number,
    from: number,
    end: number,
  ) {
    this.#limits = limits;
    this.#blocks = blocks;
    this.#bytes = bytes;
    this.#open = open;
    this.#characters = characters;
    this.#from = from;
    this.end = end;
  }

  /** An empty log that keeps its last lines within the limits, as exactly as a block is long. */
  static empty(limits: LogLimits): LogRing {
    return new LogRing(limits, [], 0, [], 0, 0, 0);
  }

  /** The number of the oldest line that is kept. */
  get first(): number {
    return this.#blocks[0]?.first ?? this.#from;
  }

  /** How many lines are kept. */
  get size(): number {
    return this.end - this.first;
  }

  /** The log with these lines behind its last. */
  add(...lines: readonly LogLine[]): LogRing {
    return this.addAll(lines);
  }

  addAll(lines: readonly LogLine[]): LogRing {
    const count = this.end - this.#from;
    // Another version went on from here already: take our own.
    const open = this.#open.length === count ? this.#open : this.#open.slice(0, count);
    let characters = this.#characters;
    for (const line of lines) {
      open.push(line);
      characters += line.line.length;
    }
    const end = this.end + lines.length;
    const next = new LogRing(this.#limits, this.#blocks, this.#bytes, open, characters, this.#from, end);
    return open.length < BLOCK_LINES && characters < BLOCK_CHARACTERS ? next : next.#packed();
  }

  /** Lines by their numbers, the last one excluded; what is not kept is left out. */
  slice(from: number, to: number): readonly LogLine[] {
    const begin = Math.max(from, this.first);
    const lines: LogLine[] = [];
    for (let at = this.#blockOf(begin); at < this.#blocks.length; at += 1) {
      const block = this.#blocks[at];
      if (!block || block.first >= to) break;
      lines.push(...linesOf(block).slice(Math.max(0, begin - block.first), to - block.first));
    }
    if (to <= this.#from) return lines;
    lines.push(...this.#open.slice(Math.max(0, begin - this.#from), Math.min(to, this.end) - this.#from));
    return lines;
  }

  /** The last lines, oldest first. */
  last(count: number): readonly LogLine[] {
    return this.slice(this.end - count, this.end);
  }

  /**
   * The numbers of the lines that hold a text, among those of the block that `before` stands behind; `from`: where that
   * block begins, so that a search can go backwards block by block.
   */
  findBefore(
    before: number,
    holds: (text: string) => boolean,
  ): { readonly hits: readonly number[]; readonly from: number } {
    if (before > this.#from) {
      const open = this.#open.slice(0, before - this.#from);
      return { from: this.#from, hits: open.flatMap(({ line }, at) => (holds(line) ? [this.#from + at] : [])) };
    }
    const block = this.#blocks[this.#blockOf(before - 1)];
    if (!block) return { from: this.first, hits: [] };
    const text = textOf(block);
    // A block without it is left after one look.
    const hits = holds(text)
      ? text.split('\n').flatMap((line, at) => (block.first + at < before && holds(line) ? [block.first + at] : []))
      : [];
    return { from: block.first, hits };
  }

  /** The block that holds a line, or how many there are where none does. */
  #blockOf(line: number): number {
    let low = 0;
    let high = this.#blocks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const block = this.#blocks[middle];
      if (block && block.first + block.lines <= line) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The open lines in blocks, but for a rest that fills none, and without the oldest that are too much. */
  #packed(): LogRing {
    const blocks = [...this.#blocks];
    let bytes = this.#bytes;
    let from = this.#from;
    for (const lines of portions(this.#open)) {
      const block = toBlock(lines, from);
      blocks.push(block);
      bytes += block.packed.length;
      from += lines.length;
    }
    let left = 0;
    while (left < blocks.length - 1 && this.#isTooMuch(blocks[left], bytes)) {
      bytes -= blocks[left]?.packed.length ?? 0;
      left += 1;
    }
    const open = this.#open.slice(from - this.#from);
    const characters = open.reduce((sum, { line }) => sum + line.length, 0);
    return new LogRing(this.#limits, blocks.slice(left), bytes, open, characters, from, this.end);
  }

  /** Whether the log would still be full without its oldest block, or holds too many bytes with it. */
  #isTooMuch(oldest: Block | undefined, bytes: number): boolean {
    if (!oldest) return false;
    return bytes > this.#limits.bytes || this.end - oldest.first - oldest.lines >= this.#limits.lines;
  }
}

/** Lines in portions that fill a block each: long lines do it sooner. */
function* portions(lines: readonly LogLine[]): Generator<readonly LogLine[]> {
  let from = 0;
  let characters = 0;
  for (const [at, { line }] of lines.entries()) {
    characters += line.length;
    if (at + 1 - from < BLOCK_LINES && characters < BLOCK_CHARACTERS) continue;
    yield lines.slice(from, at + 1);
    from = at + 1;
    characters = 0;
  }
}

function toBlock(lines: readonly LogLine[], first: number): Block {
  const writers: (readonly [from: number, id: string])[] = [];
  for (const [at, { id }] of lines.entries()) if (writers.at(-1)?.[1] !== id) writers.push([at, id]);
  const text = lines.map(({ line }) => line).join('\n');
  return { packed: deflateRawSync(text, { level: LEVEL }), lines: lines.length, first, writers };
}

function textOf({ packed }: Block): string {
  return inflateRawSync(packed).toString();
}

function linesOf(block: Block): readonly LogLine[] {
  const { writers } = block;
  let writer = 0;
  return textOf(block)
    .split('\n')
    .map((line, at) => {
      if (writers[writer + 1]?.[0] === at) writer += 1;
      return { id: writers[writer]?.[1] ?? '', line };
    });
}
