import { type Hidden, lex, Tokens } from './tokens.ts';

/** A string literal: where it stands (from its first character, prefix included) and what it says. */
export interface Literal {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** Rust text with comments and the contents of literals blanked; every offset and line stays what it was. */
export interface Masked {
  /** One character a byte, so that offsets are those of the file. */
  readonly code: string;
  readonly literals: readonly Literal[];
}

/** Used for text after text; nobody looks at it in between. */
const tokens = new Tokens();

/** Blanks what is not code. Never throws: what is not closed reaches to the end of the text. */
export function mask(bytes: Buffer): Masked {
  const hidden: Hidden[] = [];
  lex(bytes, undefined, tokens, hidden);
  const text = bytes.toString('latin1');
  const parts: string[] = [];
  const literals: Literal[] = [];
  let done = 0;
  for (const { start, end, kind } of hidden) {
    const inner = text.slice(start, end);
    parts.push(text.slice(done, start), kind === 'comment' ? blank(inner) : quoted(inner, kind === 'char' ? "'" : '"'));
    if (kind === 'text') literals.push({ start, end, value: textOf(inner) });
    done = end;
  }
  parts.push(text.slice(done));
  return { code: parts.join(''), literals };
}

/** What a literal says, e.g. `r#"a"b"#` or `"a\n"`; given as it is written, one character a byte. */
export function textOf(written: string): string {
  const [, prefix = '', hashes = ''] = /^(\w*)(#*)"/.exec(written) ?? [];
  const begin = prefix.length + hashes.length + 1;
  const closing = `"${hashes}`;
  const end = written.length - (written.endsWith(closing) && written.length > begin ? closing.length : 0);
  const inner = Buffer.from(written.slice(begin, Math.max(begin, end)), 'latin1').toString();
  return prefix.includes('r') ? inner : unescaped(inner);
}

/** White space of the same length with the same line ends. */
export function blank(text: string): string {
  return text.replace(/[^\n]+/g, (run) => ' '.repeat(run.length));
}

/** Keeps a quote at each end, so that patterns can say where a literal stands. */
function quoted(text: string, quote: string): string {
  return text.length < 2 ? quote : `${quote}${blank(text.slice(1, -1))}${quote}`;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:\n\s*|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|([^\n]))/g, (_, unicode, byte, other) => {
    const hex: unknown = unicode ?? byte;
    if (typeof hex === 'string') return codePoint(Number.parseInt(hex, 16));
    return typeof other === 'string' ? (ESCAPES[other] ?? other) : '';
  });
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
