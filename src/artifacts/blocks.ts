import type { Artifact } from './render.ts';

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

/** The marked block of a file, without its marks; undefined where the file has none. */
export function readBlock(text: string, form: Form): string | undefined {
  const { begin, end } = MARKS[form];
  const start = text.indexOf(`${begin}\n`);
  const stop = text.indexOf(`\n${end}`, start);
  return start === -1 || stop === -1 ? undefined : text.slice(start + begin.length + 1, stop + 1);
}

/** The file with the block in it: replaced in place, else added at the end; nothing else changes. */
export function withBlock(text: string | undefined, form: Form, block: string): string {
  const { begin, end } = MARKS[form];
  const marked = `${begin}\n${block}${end}\n`;
  if (text === undefined || text === '') return marked;
  const old = readBlock(text, form);
  if (old !== undefined) return text.replace(`${begin}\n${old}${end}`, () => marked.trimEnd());
  return `${text}${text.endsWith('\n') ? '' : '\n'}\n${marked}`;
}

/** What the file of an artefact should hold, given what it holds now. */
export function desiredText(artifact: Artifact, current: string | undefined): string {
  return artifact.form === 'file' ? artifact.text : withBlock(current, artifact.form, artifact.text);
}
