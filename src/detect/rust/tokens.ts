import { grown, type Words } from './words.ts';

/** Kinds of tokens; every other token is the ASCII code of its character. */
export const WORD = 1;
/** A string literal; its end is in `word`. */
export const TEXT = 2;
/** A character or a number, of which nobody asks more. */
export const VALUE = 3;
/** `'a` */
export const LIFETIME = 4;
/** `::` */
export const PATH = 5;
/** `->` and `=>`: no bracket. */
export const ARROW = 6;
export const FAT_ARROW = 7;

const OPEN_ROUND = 40;
const CLOSE_ROUND = 41;
const OPEN_SQUARE = 91;
const CLOSE_SQUARE = 93;
const OPEN_CURLY = 123;
const CLOSE_CURLY = 125;

const QUOTE = 34;
const TICK = 39;
const BACKSLASH = 92;
const HASH = 35;
const SLASH = 47;
const STAR = 42;
const COLON = 58;
const NEWLINE = 10;

const SPACE_CLASS = 1;
const WORD_CLASS = 2;
const DIGIT_CLASS = 3;

/** What each byte begins; bytes from 0x80 are parts of letters. */
const CLASS = new Uint8Array(256);
/** 1 for what continues a word. */
const CONTINUES = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++) {
  const char = String.fromCharCode(byte);
  if (byte <= 32) CLASS[byte] = SPACE_CLASS;
  else if (byte >= 0x80 || /[A-Za-z_]/.test(char)) CLASS[byte] = WORD_CLASS;
  else if (/\d/.test(char)) CLASS[byte] = DIGIT_CLASS;
  if (CLASS[byte] === WORD_CLASS || CLASS[byte] === DIGIT_CLASS) CONTINUES[byte] = 1;
}

/** What string literals of a file look like, so that those who search them can leave a file alone. */
export const HAS_URL = 1;
export const HAS_ADDRESS = 2;

/** Comments, texts and characters: what is not code. */
export interface Hidden {
  readonly start: number;
  readonly end: number;
  readonly kind: 'comment' | 'text' | 'char';
}

/** The tokens of one file. One object is used for file after file; its arrays only grow. */
export class Tokens {
  kind = new Uint8Array(1 << 14);
  /** Number of the word; for a text its end in the file. */
  word = new Int32Array(1 << 14);
  start = new Int32Array(1 << 14);
  /** For an opening bracket the token that closes it, `count` where nothing does. */
  close = new Int32Array(1 << 14);
  count = 0;
  /** `HAS_URL`, `HAS_ADDRESS` */
  traits = 0;
  #open = new Int32Array(256);
  #depth = 0;
  #curly = 0;

  begin(): void {
    this.count = 0;
    this.traits = 0;
    this.#depth = 0;
    this.#curly = 0;
  }

  push(kind: number, start: number, word: number): void {
    const at = this.count;
    if (at === this.kind.length) this.#grow();
    this.kind[at] = kind;
    this.start[at] = start;
    this.word[at] = word;
    this.count = at + 1;
    if (kind === OPEN_ROUND || kind === OPEN_CURLY || kind === OPEN_SQUARE) this.#opens(kind, at);
    else if (kind === CLOSE_ROUND || kind === CLOSE_CURLY || kind === CLOSE_SQUARE) this.#closes(kind, at);
  }

  /** What stays open reaches to the end. */
  finish(): void {
    while (this.#depth > 0) this.close[this.#open[--this.#depth] ?? 0] = this.count;
  }

  #opens(kind: number, at: number): void {
    if (kind === OPEN_CURLY) this.#curly++;
    if (this.#depth === this.#open.length) this.#open = grown(this.#open);
    this.#open[this.#depth++] = at;
  }

  /** Only a brace may close over unclosed brackets: a stray `)` must not eat a whole block. */
  #closes(kind: number, at: number): void {
    const wanted = kind === CLOSE_ROUND ? OPEN_ROUND : kind - 2;
    if (kind === CLOSE_CURLY) {
      if (this.#curly === 0) return;
      while (this.kind[this.#open[this.#depth - 1] ?? 0] !== OPEN_CURLY) {
        // What is closed over ends where the brace does.
        this.close[this.#open[--this.#depth] ?? 0] = at;
      }
      this.#curly--;
    } else if (this.#depth === 0 || this.kind[this.#open[this.#depth - 1] ?? 0] !== wanted) return;
    this.close[this.#open[--this.#depth] ?? 0] = at;
  }

  #grow(): void {
    const kind = new Uint8Array(this.kind.length * 2);
    kind.set(this.kind);
    this.kind = kind;
    this.word = grown(this.word);
    this.start = grown(this.start);
    this.close = grown(this.close);
  }
}

/**
 * Reads Rust text into tokens. Never throws: what is not closed reaches to the end. The work is linear.
 * @param words where the words go; undefined where nobody asks which they are.
 */
export function lex(bytes: Uint8Array, words: Words | undefined, tokens: Tokens, hidden?: Hidden[]): void {
  tokens.begin();
  const size = bytes.length;
  let at = 0;
  while (at < size) {
    const byte = bytes[at] ?? 0;
    const begins = CLASS[byte];
    if (begins === SPACE_CLASS) at++;
    else if (begins === WORD_CLASS) {
      const start = at;
      let hash = byte;
      for (at++; at < size; at++) {
        const next = bytes[at] ?? 0;
        if (CONTINUES[next] === 0) break;
        hash = (Math.imul(hash, 31) + next) | 0;
      }
      const after = bytes[at];
      if (at - start <= 2 && (after === QUOTE || after === HASH || after === TICK)) {
        const end = prefixed(bytes, start, at, tokens, hidden);
        if (end > 0) {
          at = end;
          continue;
        }
        // `r#type` is the word `type`.
        if (after === HASH && byte === 114 && at - start === 1 && CLASS[bytes[at + 1] ?? 0] === WORD_CLASS) {
          at++;
          continue;
        }
      }
      tokens.push(WORD, start, words === undefined ? 0 : words.intern(bytes, start, at, hash));
    } else if (begins === DIGIT_CLASS) {
      tokens.push(VALUE, at, 0);
      at = numberEnd(bytes, at);
    } else if (byte === QUOTE) at = readText(bytes, at, at + 1, -1, tokens, hidden);
    else if (byte === TICK) at = charOrLifetime(bytes, at, at, tokens, hidden);
    else if (byte === SLASH && bytes[at + 1] === SLASH) {
      const start = at;
      while (at < size && bytes[at] !== NEWLINE) at++;
      hidden?.push({ start, end: at, kind: 'comment' });
    } else if (byte === SLASH && bytes[at + 1] === STAR) {
      const start = at;
      at = blockCommentEnd(bytes, at + 2);
      hidden?.push({ start, end: at, kind: 'comment' });
    } else {
      const next = bytes[at + 1];
      if (byte === COLON && next === COLON) tokens.push(PATH, at++, 0);
      else if (byte === 45 && next === 62) tokens.push(ARROW, at++, 0);
      else if (byte === 61 && next === 62) tokens.push(FAT_ARROW, at++, 0);
      else tokens.push(byte, at, 0);
      at++;
    }
  }
  tokens.finish();
}

/** `b"…"`, `r#"…"#`, `b'…'` after their letters; 0 where it is something else. */
function prefixed(bytes: Uint8Array, start: number, quote: number, tokens: Tokens, hidden?: Hidden[]): number {
  const [first, second] = [bytes[start], quote - start === 2 ? bytes[start + 1] : undefined];
  const isRaw = first === 114 || second === 114;
  // b, c, r, br, cr
  if (first !== 98 && first !== 99 && first !== 114) return 0;
  if (second !== undefined && (second !== 114 || first === 114)) return 0;
  if (bytes[quote] === TICK)
    return first === 98 && second === undefined ? charOrLifetime(bytes, quote, start, tokens, hidden, true) : 0;
  if (!isRaw) return bytes[quote] === QUOTE ? readText(bytes, start, quote + 1, -1, tokens, hidden) : 0;
  let at = quote;
  while (bytes[at] === HASH) at++;
  return bytes[at] === QUOTE ? readText(bytes, start, at + 1, at - quote, tokens, hidden) : 0;
}

/** Reads a text to its end; `hashes` is -1 for one that is not raw. */
function readText(
  bytes: Uint8Array,
  start: number,
  inner: number,
  hashes: number,
  tokens: Tokens,
  hidden?: Hidden[],
): number {
  const size = bytes.length;
  let at = inner;
  for (; at < size; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      if (hashes <= 0 || closesRaw(bytes, at + 1, hashes)) break;
    } else if (byte === BACKSLASH && hashes < 0) at++;
    else if (byte === COLON) {
      const next = bytes[at + 1] ?? 0;
      if (next === SLASH) tokens.traits |= HAS_URL;
      else if (CLASS[next] === DIGIT_CLASS) tokens.traits |= HAS_ADDRESS;
    }
  }
  const end = Math.min(size, at + 1 + Math.max(0, hashes));
  tokens.push(TEXT, start, end);
  hidden?.push({ start, end, kind: 'text' });
  return end;
}

function closesRaw(bytes: Uint8Array, from: number, hashes: number): boolean {
  for (let at = 0; at < hashes; at++) if (bytes[from + at] !== HASH) return false;
  return true;
}

/** Longest `'\u{10ffff}'`. */
const LONGEST_CHAR = 16;

function charOrLifetime(
  bytes: Uint8Array,
  quote: number,
  start: number,
  tokens: Tokens,
  hidden?: Hidden[],
  charOnly = false,
): number {
  const end = charEnd(bytes, quote);
  if (end > 0) {
    tokens.push(VALUE, start, 0);
    hidden?.push({ start, end, kind: 'char' });
    return end;
  }
  if (charOnly) return 0;
  let at = quote + 1;
  while (CONTINUES[bytes[at] ?? 0] === 1) at++;
  tokens.push(LIFETIME, quote, 0);
  return at;
}

/** Behind the closing quote of a character; 0 where it is none (a lifetime has no second quote). */
function charEnd(bytes: Uint8Array, quote: number): number {
  const first = bytes[quote + 1] ?? NEWLINE;
  if (first === BACKSLASH) {
    // The character after the backslash is never the closing quote.
    for (let at = quote + 3; at < quote + LONGEST_CHAR; at++) {
      if (bytes[at] === TICK) return at + 1;
      if (bytes[at] === NEWLINE) return 0;
    }
    return 0;
  }
  if (first === TICK || first === NEWLINE) return 0;
  const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  return bytes[quote + 1 + length] === TICK ? quote + 2 + length : 0;
}

/** Rust nests block comments. */
function blockCommentEnd(bytes: Uint8Array, from: number): number {
  let depth = 1;
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === SLASH && bytes[at + 1] === STAR) depth++;
    else if (bytes[at] === STAR && bytes[at + 1] === SLASH) depth--;
    else continue;
    at++;
    if (depth === 0) return at + 1;
  }
  return bytes.length;
}

function numberEnd(bytes: Uint8Array, from: number): number {
  let at = from;
  while (CONTINUES[bytes[at] ?? 0] === 1) at++;
  // `1.5`, but neither `1..2` nor `1.max(2)`.
  if (bytes[at] === 46 && CLASS[bytes[at + 1] ?? 0] === DIGIT_CLASS) {
    at++;
    while (CONTINUES[bytes[at] ?? 0] === 1) at++;
  }
  return at;
}
