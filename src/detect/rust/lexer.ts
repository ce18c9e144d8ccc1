/** A string literal: where it stands (from its first character, prefix included) and what it says. */
export interface Literal {
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

/** Rust text with comments and the contents of literals blanked; every offset and line stays what it was. */
export interface Masked {
  readonly code: string;
  readonly literals: readonly Literal[];
}

/** What can hide code: comments, raw strings, strings, characters (a lifetime such as 'a has no second quote). */
const HIDDEN =
  /\/\/|\/\*|\b(?:b|c)?r(?<hashes>#*)"|(?:\b[bc])?"|(?:\bb)?'(?:\\(?:u\{[^}'\n]{0,12}\}|x[0-9a-fA-F]{2}|[^\n])|[^\\'\n])'/gu;

/** Blanks what is not code. Never throws: what is not closed reaches to the end of the text. */
export function mask(text: string): Masked {
  const parts: string[] = [];
  const literals: Literal[] = [];
  let done = 0;
  HIDDEN.lastIndex = 0;
  for (let match = HIDDEN.exec(text); match; match = HIDDEN.exec(text)) {
    const start = match.index;
    const opened = start + match[0].length;
    parts.push(text.slice(done, start));
    if (match[0] === '//' || match[0] === '/*') {
      done = match[0] === '//' ? lineEnd(text, opened) : blockCommentEnd(text, opened);
      parts.push(blank(text.slice(start, done)));
    } else if (match[0].endsWith('"')) {
      const raw = match.groups?.hashes;
      const close = raw === undefined ? stringEnd(text, opened) : rawEnd(text, opened, raw);
      const inner = text.slice(opened, close);
      done = Math.min(text.length, close + 1 + (raw?.length ?? 0));
      literals.push({ start, end: done, value: raw === undefined ? unescaped(inner) : inner });
      parts.push(quoted(text.slice(start, done)));
    } else {
      done = opened;
      parts.push(quoted(match[0], "'"));
    }
    HIDDEN.lastIndex = done;
  }
  parts.push(text.slice(done));
  return { code: parts.join(''), literals };
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

/** Rust nests block comments. */
function blockCommentEnd(text: string, from: number): number {
  const edge = /\/\*|\*\//g;
  edge.lastIndex = from;
  let depth = 1;
  for (let match = edge.exec(text); match; match = edge.exec(text)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return edge.lastIndex;
  }
  return text.length;
}

function stringEnd(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at;
  }
  return text.length;
}

function rawEnd(text: string, from: number, hashes: string): number {
  const end = text.indexOf(`"${hashes}`, from);
  return end < 0 ? text.length : end;
}

/** White space of the same length with the same line ends. */
export function blank(text: string): string {
  return text.replace(/[^\n]+/g, (run) => ' '.repeat(run.length));
}

/** Keeps a quote at each end, so that patterns can say where a literal stands. */
function quoted(text: string, quote = '"'): string {
  return text.length < 2 ? quote : `${quote}${blank(text.slice(1, -1))}${quote}`;
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '0': '\0' };

function unescaped(text: string): string {
  return text.replace(/\\(?:\n\s*|u\{([0-9a-fA-F]{1,6})\}|x([0-9a-fA-F]{2})|([^\n]))/g, (_, unicode, byte, other) => {
    const hex: unknown = unicode ?? byte;
    if (typeof hex === 'string') return codePoint(Number.parseInt(hex, 16));
    return typeof other === 'string' ? (ESCAPES[other] ?? other) : '';
  });
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
