/** A text with escapes undone, and where in the text that was given each part of it came from. */
export interface View {
  readonly text: string;
  /** Where the units `from` … `to` of the view stand in the text that was given, whole escapes. */
  readonly origin: (from: number, to: number) => readonly [from: number, to: number];
}

/** A piece of a view from the unit `at` on: copied from `start` on, or, with an `end`, what one escape stands for. */
interface Piece {
  readonly at: number;
  readonly start: number;
  readonly end?: number;
}

/** An escape that stands for a byte of UTF-8. */
interface Byte {
  readonly start: number;
  readonly end: number;
  readonly byte: number;
}

interface Escape {
  /** Whether it is worth the work; most texts have none. */
  isIn(text: string): boolean;
  readonly pattern: RegExp;
  /** Text, or a byte of UTF-8. */
  readonly means: (match: RegExpMatchArray) => string | number;
}

/** `%2F`, in either case. */
const PERCENT: Escape = {
  isIn: (text) => text.includes('%') && /%[0-9a-f]{2}/i.test(text),
  pattern: /%([0-9a-f]{2})/gi,
  means: ([, hex = '']) => Number.parseInt(hex, 16),
};

const LETTERS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f', 0: '\0' };

/** JSON's escapes, and those that Rust, Go, C, Python and shells add: `\u{f6}`, `\xf6`, `\366`. */
const BACKSLASH: Escape = {
  isIn: (text) => text.includes('\\'),
  pattern: /\\(?:u\{([0-9a-f]{1,5})\}|u([0-9a-f]{4})|x([0-9a-f]{2})|([0-3][0-7]{2})|([\s\S]))/gi,
  means: ([, point, unit, hex, octal, letter = '']) => {
    if (letter !== '') return LETTERS[letter] ?? letter;
    if (point !== undefined) return String.fromCodePoint(Number.parseInt(point, 16));
    if (unit !== undefined) return String.fromCharCode(Number.parseInt(unit, 16));
    return hex === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(hex, 16);
  },
};

/** What is undone in which order: JSON in JSON in JSON, percent twice, JSON in a URL. */
interface Order {
  readonly kind: Escape;
  readonly next: readonly Order[];
}

const TWO_BACKSLASHES: Order = { kind: BACKSLASH, next: [{ kind: BACKSLASH, next: [] }] };
const ORDERS: readonly Order[] = [
  { kind: BACKSLASH, next: [TWO_BACKSLASHES] },
  { kind: PERCENT, next: [{ kind: PERCENT, next: [] }, TWO_BACKSLASHES] },
];

/** So many signs stand for one at most: `\\u0041`. */
export const MOST_SIGNS = 7;

/** The end of a text that may be the beginning of an escape, or of a sign that needs several of them. */
const UNFINISHED = /(?:%[0-9a-f]{0,2}|\\(?:u\{?[0-9a-f]*\}?|x[0-9a-f]*|[0-7]*))+$/i;
/** Four bytes of UTF-8, each escaped twice. */
const LONGEST_SIGN = 24;

/** The text with its escapes undone, as far as it has any: nothing for most texts. */
export function viewsOf(text: string): readonly View[] {
  return text.includes('\\') || text.includes('%') ? undone(text, undefined, ORDERS) : [];
}

function undone(text: string, parent: View | undefined, orders: readonly Order[]): readonly View[] {
  return orders.flatMap(({ kind, next }) => {
    if (!kind.isIn(text)) return [];
    const view = undo(kind, text, parent);
    return [view, ...undone(view.text, view, next)];
  });
}

/** Where the end of a text begins that could be part of an escape; its length where there is none. */
export function unfinishedEscape(text: string): number {
  return text.length - (UNFINISHED.exec(text.slice(-LONGEST_SIGN))?.[0].length ?? 0);
}

function undo({ pattern, means }: Escape, text: string, parent: View | undefined): View {
  const pieces: Piece[] = [];
  let plain = '';
  let bytes: Byte[] = [];
  const put = (units: string, start: number, end?: number): void => {
    if (units === '') return;
    pieces.push({ at: plain.length, start, ...(end === undefined ? {} : { end }) });
    plain += units;
  };
  const flush = (): void => {
    for (const [sign, start, end] of fromUtf8(bytes)) put(sign, start, end);
    bytes = [];
  };
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    const start = match.index;
    const end = start + match[0].length;
    const meaning = means(match);
    if (start > done || typeof meaning === 'string') flush();
    put(text.slice(done, start), done);
    if (typeof meaning === 'string') put(meaning, start, end);
    else bytes.push({ start, end, byte: meaning });
    done = end;
  }
  flush();
  put(text.slice(done), done);
  return {
    text: plain,
    origin: (from, to) => {
      const [first, last] = [pieceAt(pieces, from), pieceAt(pieces, to - 1)];
      const start = first.end === undefined ? first.start + from - first.at : first.start;
      const end = last.end ?? last.start + to - last.at;
      return parent === undefined ? [start, end] : parent.origin(start, end);
    },
  };
}

/** The last piece that begins at a unit or before it. */
function pieceAt(pieces: readonly Piece[], unit: number): Piece {
  let low = 0;
  let high = pieces.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((pieces[middle]?.at ?? 0) <= unit) low = middle;
    else high = middle;
  }
  return pieces[low] ?? { at: 0, start: 0 };
}

/** Bytes that follow each other as signs; what is no UTF-8 is Latin-1, as in old escapes. */
function* fromUtf8(bytes: readonly Byte[]): Generator<readonly [sign: string, start: number, end: number], void> {
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at]?.byte ?? 0;
    const many = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const part = bytes.slice(at, at + many);
    const sign = Buffer.from(part.map(({ byte }) => byte)).toString();
    const isSign = lead < 0x80 || (part.length === many && !sign.includes('\ufffd'));
    const taken = isSign ? many : 1;
    yield [isSign ? sign : String.fromCharCode(lead), part[0]?.start ?? 0, part[taken - 1]?.end ?? 0];
    at += taken;
  }
}
