import { diffArrays } from 'diff';
import { cut, width } from './words.ts';

/** A text with what stands above it. */
export interface Titled {
  readonly title: string;
  readonly text: string;
}

/** Below this many columns each, the lines of a file would be cut too often. */
const LEAST_COLUMNS = 72;

function lines(text: string): string[] {
  return text.replace(/\n$/, '').split('\n');
}

/** A long line goes on below, indented, so that nothing of it is lost. */
function wrapped(line: string, columns: number): readonly string[] {
  if (width(line) <= columns) return [line];
  const first = cut(line, columns, '');
  const broken = first.lastIndexOf(' ') > columns / 2 ? first.slice(0, first.lastIndexOf(' ')) : first;
  return [broken, ...wrapped(`    ${line.slice(broken.length).trimStart()}`, columns)];
}

/** Lines that stand beside each other; lines that both have are in one row. */
function rowsOf(left: string, right: string): readonly (readonly [string, string, boolean])[] {
  const rows: (readonly [string, string, boolean])[] = [];
  let gone: readonly string[] = [];
  const flush = (come: readonly string[]): void => {
    for (let at = 0; at < Math.max(gone.length, come.length); at += 1)
      rows.push([gone[at] ?? '', come[at] ?? '', false]);
    gone = [];
  };
  for (const { added, removed, value } of diffArrays(lines(left), lines(right))) {
    if (removed) gone = value;
    else if (added) flush(value);
    else {
      flush([]);
      for (const line of value) rows.push([line, line, true]);
    }
  }
  flush([]);
  return rows;
}

/**
 * Two files for a terminal of so many columns: beside each other with what differs marked, or one after the other where
 * there is no room or nobody looks (`columns` undefined).
 */
export function sideBySide(left: Titled, right: Titled, columns: number | undefined, column = '│'): string {
  const each = Math.floor(((columns ?? 0) - 3) / 2);
  if (each < LEAST_COLUMNS) {
    return [left, right].map(({ title, text }) => `# ---- ${title}\n${text.replace(/\n$/, '')}`).join('\n\n');
  }
  const row = (one: string, other: string, mark: string): string =>
    `${one}${' '.repeat(Math.max(0, each - width(one)))} ${mark} ${other}`.trimEnd();
  const body = rowsOf(left.text, right.text).flatMap(([one, other, same]) => {
    const [ones, others] = [wrapped(one, each), wrapped(other, each)];
    const mark = same ? ' ' : column;
    return Array.from({ length: Math.max(ones.length, others.length) }, (_, at) =>
      row(ones[at] ?? '', others[at] ?? '', mark),
    );
  });
  return [row(left.title, right.title, ' '), '', ...body].join('\n');
}
