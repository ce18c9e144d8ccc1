import { lineEndOf, withLineEnd } from './lines.ts';

interface Marks {
  readonly begin: string;
  readonly end: string;
  /** The first mark as this version or an earlier one wrote it. */
  readonly known: RegExp;
}

const WORDS = '>>> trading-setup (written by it; your edits in here stay)';
const EARLIER = String.raw`>>> trading-setup \(written by it; (?:your edits in here stay|edits in here are overwritten)\)`;

const MARKS: Readonly<Record<'hash-block' | 'html-block', Marks>> = {
  'hash-block': { begin: `# ${WORDS}`, end: '# <<< trading-setup', known: new RegExp(`# ${EARLIER}`) },
  'html-block': {
    begin: `<!-- ${WORDS} -->`,
    end: '<!-- <<< trading-setup -->',
    known: new RegExp(`<!-- ${EARLIER} -->`),
  },
};

export type BlockForm = keyof typeof MARKS;

interface Found {
  /** Where the content of the block begins, and the mark after it. */
  readonly start: number;
  readonly end: number;
  readonly block: string;
}

/** The content of the block; a lone first mark, whose end was deleted by hand, belongs to the person's text. */
function find(text: string, form: BlockForm): Found | undefined {
  const { known, end } = MARKS[form];
  const lineBreak = String.raw`\r?\n`;
  const begin = `^${known.source}${lineBreak}`;
  const pattern = `(${begin})((?:(?!${begin})[^])*?)^${end}(?=${lineBreak}|(?![^]))`;
  const match = new RegExp(pattern, 'm').exec(text);
  if (!match) return undefined;
  const [, mark = '', block = ''] = match;
  const start = match.index + mark.length;
  return { start, end: start + block.length, block };
}

/** The marked block of a file, without its marks and with its own line ends; undefined where the file has none. */
export function readBlock(text: string, form: BlockForm): string | undefined {
  return find(text, form)?.block;
}

/**
 * The file with the block in it: replaced between its marks, else added at the end; nothing else changes. A block that
 * is added takes the line ends of the file, which git may have made CRLF.
 */
export function withBlock(text: string | undefined, form: BlockForm, block: string): string {
  const { begin, end } = MARKS[form];
  const lineEnd = lineEndOf(text);
  const old = text === undefined ? undefined : find(text, form);
  if (text !== undefined && old) {
    // A block that was merged has its line ends already.
    const content = block.includes('\r\n') ? block : withLineEnd(block, lineEnd);
    return `${text.slice(0, old.start)}${content}${text.slice(old.end)}`;
  }
  const marked = withLineEnd(`${begin}\n${block}${end}`, lineEnd);
  if (text === undefined || text === '') return `${marked}${lineEnd}`;
  return `${text}${text.endsWith('\n') ? '' : lineEnd}${lineEnd}${marked}${lineEnd}`;
}
