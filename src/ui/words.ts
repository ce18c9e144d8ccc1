import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const LONGEST_LINE = 2000;

/** How long something took: `0.4s`, `12s`, `3m41s`, `1h02m`. */
export function duration(ms: number): string {
  const time = Math.max(0, ms);
  if (time < SECOND) return `${(Math.floor(time / 100) / 10).toFixed(1)}s`;
  if (time < MINUTE) return `${Math.floor(time / SECOND)}s`;
  if (time < HOUR) return `${Math.floor(time / MINUTE)}m${two((time % MINUTE) / SECOND)}s`;
  return `${Math.floor(time / HOUR)}h${two((time % HOUR) / MINUTE)}m`;
}

/** How long something has been up, coarser with age: `12s`, `3m41s`, `5h02m`, `3d04h`. */
export function uptime(ms: number): string {
  if (ms < SECOND) return '0s';
  if (ms < DAY) return duration(ms);
  return `${Math.floor(ms / DAY)}d${two((ms % DAY) / HOUR)}h`;
}

/** `1 crate`, `2 crates`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** Columns that a text takes on the terminal. */
export function width(text: string): number {
  return stringWidth(text);
}

/** The text cut to a width, with `…` where something was left off. */
export function cut(text: string, columns: number, more = '…'): string {
  if (columns <= 0) return '';
  // Every character takes a column or none of interest: what is far too long is shortened before it is measured.
  const near = text.length > columns * 8 ? text.slice(0, columns * 8) : text;
  if (near.length === text.length && width(near) <= columns) return near;
  let kept = '';
  for (const { segment } of graphemes.segment(near)) {
    if (width(kept + segment + more) > columns) break;
    kept += segment;
  }
  return width(more) > columns ? '' : kept.trimEnd() + more;
}

/** The text cut to a width at its start, for what is told apart by its end. */
export function cutStart(text: string, columns: number, more = '…'): string {
  if (width(text) <= columns) return text;
  const characters = [...charactersOf(text)];
  while (characters.length > 0 && width(more + characters.join('')) > columns) characters.shift();
  return width(more) > columns ? '' : more + characters.join('');
}

/** The text cut to a width in its middle, for what is told apart by its beginning and its end. */
export function cutMiddle(text: string, columns: number, more = '…'): string {
  const room = columns - width(more);
  if (width(text) <= columns || room < 2) return cut(text, columns, more);
  const head = cut(text, Math.ceil(room / 2), '');
  return head + more + cutStart(text, room - width(head), '');
}

/** The text cut or filled with blanks to exactly a width. */
export function filled(text: string, columns: number, more = '…'): string {
  const short = cut(text, columns, more);
  return short + ' '.repeat(Math.max(0, columns - width(short)));
}

/** The text in lines of at most a width, broken between words; a longer word is broken where it must be. */
export function wrap(text: string, columns: number): readonly string[] {
  if (columns <= 0) return [];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    if (line !== '' && width(line) + 1 + width(word) <= columns) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (width(line) > columns) {
      const head = headOf(line, columns);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Turns the direction of what follows, or is no sign at all: it would make a line read as what it is not. */
const UNSEEN = /[\p{Cc}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/gu;

/**
 * A line of a program's output as it can be shown: without colours and control characters, tabs as blanks, of bounded
 * length. Of a line that was written over again and again (a progress bar) the last state counts.
 */
export function clean(line: string): string {
  const near = line.slice(0, LONGEST_LINE);
  const plain = near.includes('\u001B') || near.includes('\u009B') ? stripVTControlCharacters(near) : near;
  const last = plain.includes('\r') ? (plain.split('\r').findLast((part) => part !== '') ?? '') : plain;
  return last.replaceAll('\t', '    ').replace(UNSEEN, '');
}

/**
 * A text of several lines as it can be shown: nothing in it moves the cursor, colours, or reads as what it is not. Its
 * words are not ours: a file of the repository, what a program said.
 */
export function printable(text: string): string {
  return text
    .split('\n')
    .map((line) => stripVTControlCharacters(line).replaceAll('\t', '    ').replace(UNSEEN, ''))
    .join('\n');
}

/** Every line in printable lines of at most a width, broken between words; what goes on stands further in. */
export function folded(text: string, columns: number): string {
  return printable(text)
    .split('\n')
    .flatMap((line) => {
      const indent = /^ */.exec(line)?.[0] ?? '';
      if (width(line) <= columns) return [line];
      return wrap(line, columns - indent.length - 2).map((part, at) => `${indent}${at === 0 ? '' : '  '}${part}`);
    })
    .join('\n');
}

/** What loses by a break: what is copied (a command, an address), and columns. */
const WHOLE = /trading-setup [a-z]|docker [a-z]|:\/\/|\S {2,}\S/;

/** Sentences as they are printed on a terminal: folded between words, but for what has to stay in one piece. */
export function foldedWords(text: string, columns: number): string {
  const fold = (line: string): string => (WHOLE.test(line) ? line : folded(line, columns));
  return text.split('\n').map(fold).join('\n');
}

/** A text as the characters that a person sees, e.g. for moving a cursor over it. */
export function charactersOf(text: string): readonly string[] {
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

const graphemes = new Intl.Segmenter('en');

function headOf(word: string, columns: number): string {
  let head = '';
  for (const { segment } of graphemes.segment(word)) {
    if (head !== '' && width(head + segment) > columns) break;
    head += segment;
  }
  return head;
}

function two(n: number): string {
  return String(Math.floor(n)).padStart(2, '0');
}
