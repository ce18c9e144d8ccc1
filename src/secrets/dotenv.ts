/** A value in a .env file and where it stands, so that it can be taken out and nothing else. */
export interface DotenvValue {
  readonly name: string;
  readonly value: string;
  /** Offsets of the value as it is written, with its quotes. */
  readonly from: number;
  readonly to: number;
}

/** `export NAME=`, `NAME =`, and `NAME: ` as some tools write it; a mark of byte order is no part of the first name. */
const ASSIGNMENT = /^\uFEFF?[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)(?:[ \t]*=[ \t]*|:[ \t]+)/gm;
const QUOTED = /"(?:\\[\s\S]|[^"\\])*"|'[^']*'|`[^`]*`/y;
/** Without quotes a blank and `#` begin a comment. */
const BARE = /[^\r\n]*?(?=[ \t]*(?:[ \t]#[^\r\n]*)?(?:\r?\n|$))/y;

/**
 * The values of a .env file, in the forms that its readers share: `export`, three kinds of quotes with line breaks
 * inside, comments behind a value. Names are not expanded: a `$` in a secret is a `$`.
 */
export function parseDotenv(text: string): readonly DotenvValue[] {
  const found: DotenvValue[] = [];
  let at = 0;
  for (;;) {
    ASSIGNMENT.lastIndex = at;
    const assignment = ASSIGNMENT.exec(text);
    if (assignment === null) return found;
    const from = assignment.index + assignment[0].length;
    const written = valueAt(text, from);
    found.push({ name: assignment[1] ?? '', value: unquoted(written), from, to: from + written.length });
    at = lineEnd(text, from + written.length);
  }
}

function valueAt(text: string, from: number): string {
  QUOTED.lastIndex = from;
  const quoted = QUOTED.exec(text)?.[0];
  // A quote that is closed and goes on is no quoted value: `"a"b`.
  if (quoted !== undefined && /^[ \t]*(?:#.*)?(?:\r?\n|$)/.test(text.slice(from + quoted.length))) return quoted;
  if (text[from] === '#' && /[ \t]/.test(text[from - 1] ?? '')) return '';
  BARE.lastIndex = from;
  return BARE.exec(text)?.[0] ?? '';
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function unquoted(written: string): string {
  const [quote = ''] = written;
  if (written.length < 2 || !/["'`]/.test(quote) || !written.endsWith(quote)) return written;
  const inside = written.slice(1, -1);
  if (quote !== '"') return inside;
  return inside.replace(/\\(["\\$nrt])/g, (_, sign: string) => ESCAPES[sign] ?? sign);
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end === -1 ? text.length : end + 1;
}

/** The text without the values of these names; every other byte as it was. */
export function blanked(text: string, names: ReadonlySet<string>): string {
  let clean = '';
  let end = 0;
  for (const { name, from, to } of parseDotenv(text)) {
    if (!names.has(name)) continue;
    clean += text.slice(end, from);
    end = to;
  }
  return clean + text.slice(end);
}
