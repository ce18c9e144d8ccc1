import { blank, type Literal, mask } from './lexer.ts';
import { Outliner } from './outline.ts';
import { lex, Tokens } from './tokens.ts';
import { Words } from './words.ts';

/** One Rust file, ready to be searched: code without comments, texts and tests, and where brackets close. */
export interface RustSource {
  /** Relative to the repository. */
  readonly path: string;
  /** As long as the file in bytes; see `mask`. */
  readonly code: string;
  readonly literals: readonly Literal[];
  /** Offset of each opening bracket → offset of its closing one. */
  readonly closes: ReadonlyMap<number, number>;
  readonly lineStarts: readonly number[];
}

type Ranges = readonly (readonly [start: number, end: number])[];

interface Prepared extends Omit<RustSource, 'path'> {}

/** A file whose text is read and prepared when somebody searches it: most files of a workspace never are. */
export class SourceFile implements RustSource {
  readonly path: string;
  readonly #read: () => Buffer;
  readonly #tests: Ranges;
  #prepared: Prepared | undefined;

  /** `tests` are the ranges that only tests compile. */
  constructor(path: string, read: () => Buffer, tests: Ranges) {
    this.path = path;
    this.#read = read;
    this.#tests = tests;
  }

  get code(): string {
    return this.#text().code;
  }

  get literals(): readonly Literal[] {
    return this.#text().literals;
  }

  get closes(): ReadonlyMap<number, number> {
    return this.#text().closes;
  }

  get lineStarts(): readonly number[] {
    return this.#text().lineStarts;
  }

  #text(): Prepared {
    this.#prepared ??= prepare(this.#read(), this.#tests);
    return this.#prepared;
  }
}

function prepare(bytes: Buffer, tests: Ranges): Prepared {
  const masked = mask(bytes);
  const code = blankRanges(masked.code, tests);
  return { code, literals: outside(masked.literals, tests), closes: bracketPairs(code), lineStarts: lineStarts(code) };
}

/** Both are in the order of the file. */
function outside(literals: readonly Literal[], ranges: Ranges): Literal[] {
  let next = 0;
  return literals.filter(({ start }) => {
    while ((ranges[next]?.[1] ?? Number.POSITIVE_INFINITY) <= start) next++;
    return start < (ranges[next]?.[0] ?? Number.POSITIVE_INFINITY);
  });
}

/** Prepares one text on its own. */
export function readSource(path: string, text: string): SourceFile {
  const bytes = Buffer.from(text);
  const words = new Words();
  const tokens = new Tokens();
  lex(bytes, words, tokens);
  return new SourceFile(path, () => bytes, new Outliner(words).read(tokens, bytes).tests);
}

/** The line of an offset, counted from 1. */
export function lineAt({ lineStarts: starts }: RustSource, offset: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The literals that begin inside a range. */
export function literalsIn({ literals }: RustSource, start: number, end: number): readonly Literal[] {
  let low = 0;
  let high = literals.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((literals[middle]?.start ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  const found: Literal[] = [];
  for (let at = low; at < literals.length; at++) {
    const literal = literals[at];
    if (literal === undefined || literal.start >= end) break;
    found.push(literal);
  }
  return found;
}

/** Where the bracket that opens at an offset closes; the end of the file where it does not. */
export function closeOf(source: RustSource, open: number): number {
  return source.closes.get(open) ?? source.code.length;
}

/** The parts of a bracketed list, split at its own commas, as ranges. */
export function splitList(source: RustSource, open: number): [start: number, end: number][] {
  const close = closeOf(source, open);
  const parts: [number, number][] = [];
  let start = open + 1;
  for (let at = start; at < close; at++) {
    const char = source.code[at];
    if (char === '(' || char === '[' || char === '{') at = Math.min(close, closeOf(source, at));
    else if (char === ',') {
      parts.push([start, at]);
      start = at + 1;
    }
  }
  if (source.code.slice(start, close).trim() !== '') parts.push([start, close]);
  return parts;
}

const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Pairs brackets with one stack; one that fits nothing is passed over. */
function bracketPairs(code: string): Map<number, number> {
  const pairs = new Map<number, number>();
  const open: { char: string; at: number }[] = [];
  let braces = 0;
  for (const match of code.matchAll(/[()[\]{}]/g)) {
    const wanted = PAIRS[match[0]];
    if (wanted === undefined) {
      if (match[0] === '{') braces++;
      open.push({ char: match[0], at: match.index });
    } else {
      if (wanted === '{' && braces === 0) continue;
      // Only a brace may close over unclosed brackets: a stray `)` must not eat a whole block.
      const top = wanted === '{' ? open.findLastIndex(({ char }) => char === '{') : open.length - 1;
      const found = open[top];
      if (found?.char !== wanted) continue;
      pairs.set(found.at, match.index);
      open.length = top;
      if (wanted === '{') braces--;
    }
  }
  return pairs;
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function blankRanges(code: string, ranges: readonly (readonly [number, number])[]): string {
  const parts: string[] = [];
  let done = 0;
  for (const [start, end] of ranges) {
    if (start < done) continue;
    parts.push(code.slice(done, start), blank(code.slice(start, end)));
    done = end;
  }
  return parts.join('') + code.slice(done);
}
