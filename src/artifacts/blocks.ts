import type { Artifact } from './render.ts';
import { STACK_PATH, stackIn, updatedStackText } from './stack-file.ts';

const MARKS = {
  'hash-block': {
    begin: '# >>> trading-setup (written by it; edits in here are overwritten)',
    end: '# <<< trading-setup',
  },
  'html-block': {
    begin: '<!-- >>> trading-setup (written by it; edits in here are overwritten) -->',
    end: '<!-- <<< trading-setup -->',
  },
} as const;

type Form = keyof typeof MARKS;

interface Found {
  readonly start: number;
  readonly end: number;
  readonly block: string;
}

/** The whole block with its marks; a lone first mark, whose end was deleted by hand, belongs to the person's text. */
function find(text: string, form: Form): Found | undefined {
  const { begin, end } = MARKS[form];
  const lineBreak = String.raw`\r?\n`;
  const mark = (line: string) => `^${line.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}`;
  const pattern = `${mark(begin)}${lineBreak}((?:(?!${mark(begin)})[^])*?)${mark(end)}(?=${lineBreak}|$)`;
  const match = new RegExp(pattern, 'm').exec(text);
  if (!match) return undefined;
  return { start: match.index, end: match.index + match[0].length, block: (match[1] ?? '').replaceAll('\r\n', '\n') };
}

/** The marked block of a file, without its marks; undefined where the file has none. */
export function readBlock(text: string, form: Form): string | undefined {
  return find(text, form)?.block;
}

/**
 * The file with the block in it: replaced in place, else added at the end; nothing else changes. The block takes the
 * line ends of the file, which git may have made CRLF.
 */
export function withBlock(text: string | undefined, form: Form, block: string): string {
  const { begin, end } = MARKS[form];
  const lineEnd = text !== undefined && /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n';
  const marked = `${begin}\n${block}${end}`.replaceAll('\n', lineEnd);
  if (text === undefined || text === '') return `${marked}${lineEnd}`;
  const old = find(text, form);
  if (old) return `${text.slice(0, old.start)}${marked}${text.slice(old.end)}`;
  return `${text}${text.endsWith('\n') ? '' : lineEnd}${lineEnd}${marked}${lineEnd}`;
}

/** What the file of an artefact should hold, given what it holds now. */
export function desiredText(artifact: Artifact, current: string | undefined): string {
  if (artifact.form !== 'file') return withBlock(current, artifact.form, artifact.text);
  const stack = artifact.path === STACK_PATH && current !== undefined ? stackIn(artifact.text) : undefined;
  return stack === undefined || current === undefined ? artifact.text : updatedStackText(current, stack);
}
