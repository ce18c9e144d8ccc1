/** A piece of Nix text. */
export interface Token {
  readonly kind: 'word' | 'text' | 'path' | 'sign';
  /** What a text says, with `${…}` in it as written; else as it stands. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const SPACE = /\s+/y;
const WORD = /[A-Za-z_][\w'-]*|\d[\d.]*/y;
const PATH = /(?:\.{1,2}|~)?\/[\w.+-][\w./+-]*|<[\w.+/-]+>/y;
const SIGN = /\$\{|\.\.\.|\/\/|\+\+|->|&&|\|\||[=!<>]=|[^\s]/y;

/** Reads Nix text into tokens; what is not closed reaches to its end. Takes time in proportion to the text. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    at = endOfBlank(text, at);
    if (at >= text.length) break;
    const start = at;
    if (text[at] === '"' || text.startsWith("''", at)) {
      at = endOfText(text, at);
      tokens.push({ kind: 'text', value: said(text.slice(start, at)), start, end: at });
      continue;
    }
    const word = skipped(WORD, text, at);
    const path = word === undefined ? skipped(PATH, text, at) : undefined;
    at = word ?? path ?? skipped(SIGN, text, at) ?? at + 1;
    const kind = word !== undefined ? 'word' : path !== undefined ? 'path' : 'sign';
    tokens.push({ kind, value: text.slice(start, at), start, end: at });
  }
  return tokens;
}

/** Where white space and comments that begin here end. */
function endOfBlank(text: string, start: number): number {
  let at = start;
  for (;;) {
    at = skipped(SPACE, text, at) ?? at;
    const closing = text[at] === '#' ? '\n' : text.startsWith('/*', at) ? '*/' : undefined;
    if (closing === undefined) return at;
    const end = text.indexOf(closing, at + (closing === '\n' ? 0 : 2));
    if (end < 0) return text.length;
    at = end + closing.length;
  }
}

function skipped(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** What a text is inside of: texts of both kinds, and the code of an antiquotation. */
type Inside = '"' | "''" | '}';

/** Where the text that begins here ends; antiquotations hold code, and that holds texts again. */
function endOfText(text: string, start: number): number {
  const open: Inside[] = [text[start] === '"' ? '"' : "''"];
  let at = start + (open[0]?.length ?? 1);
  while (at < text.length) {
    const inside = open.at(-1);
    const char = text[at];
    if (inside === '}') {
      if (char === '}') open.pop();
      else if (char === '{') open.push('}');
      else if (char === '"') open.push('"');
      else if (text.startsWith("''", at)) open.push("''");
      at += text.startsWith("''", at) ? 2 : 1;
    } else if (text.startsWith('${', at)) {
      open.push('}');
      at += 2;
    } else if (inside === '"') {
      if (char === '"') open.pop();
      at += char === '\\' ? 2 : 1;
    } else if (text.startsWith("''", at)) {
      // ''' , ''$ and ''\ are escapes.
      const isEscape = /['$\\]/.test(text[at + 2] ?? '');
      if (!isEscape) open.pop();
      at += isEscape ? (text[at + 2] === '\\' ? 4 : 3) : 2;
    } else at++;
    if (open.length === 0) return Math.min(at, text.length);
  }
  return text.length;
}

/** What a literal says; a script is only searched, so that its indentation is left alone. */
function said(written: string): string {
  if (written.startsWith('"'))
    return written.slice(1, written.length > 1 && written.endsWith('"') ? -1 : undefined).replace(/\\(["\\$])/g, '$1');
  return written.slice(2, written.length > 3 && written.endsWith("''") ? -2 : undefined).replace(/''(\$|')/g, '$1');
}
