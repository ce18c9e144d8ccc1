import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { type Cell, type RealTerminal, textOf } from './real.ts';

const EXPECTED = new URL('../expected/', import.meta.url).pathname;
export const SIZES = [
  [80, 24],
  [120, 40],
] as const;

const COLOURS = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** What a screen shows, without what is never twice the same: the spinner, process ids, free disk. */
export function masked(text: string): string {
  const zeros = (digits: string): string => digits.replace(/\d/g, '0');
  return text
    .replace(/[\u2801-\u28FF]/g, '⠿')
    .replace(/(?<=pid )\d+/g, zeros)
    .replace(/\d+(\.\d+)? [GT]B free/g, '00 GB free')
    .replace(/\/tmp\/stage-\w+/g, '/tmp/stage-XXXXXX');
}

/** The screen as text, and below it which words are coloured or inverse. */
export function picture(cells: readonly (readonly Cell[])[]): string {
  const lines = cells.map((line) => masked(textOf(line).trimEnd()));
  const paint = cells.flatMap((line, row) => spans(line).map((span) => `${String(row + 1).padStart(3)} ${span}`));
  return `${lines.join('\n').trimEnd()}\n\n${paint.join('\n')}\n`;
}

/** Words in colour, e.g. `green "✓"`. Bold and dim are not told: they carry no meaning alone. */
function spans(line: readonly Cell[]): readonly string[] {
  const found: { paint: string; text: string }[] = [];
  for (const cell of line) {
    const colour = cell.colour === undefined ? '' : (COLOURS[cell.colour] ?? `colour ${cell.colour}`);
    const paint = [cell.inverse ? 'inverse' : '', colour].filter(Boolean).join(' ');
    const last = found.at(-1);
    if (last?.paint === paint) last.text += cell.characters;
    else found.push({ paint, text: cell.characters });
  }
  return found.flatMap(({ paint, text }) =>
    paint === '' || (paint !== 'inverse' && text.trim() === '')
      ? []
      : [`${paint} ${JSON.stringify(masked(text.trimEnd()))}`],
  );
}

/** Compares the screen with the one that is kept, at both sizes; `UPDATE=1` keeps this one instead. */
export async function matchesGolden(
  terminal: RealTerminal,
  name: string,
  sizes: readonly (readonly [columns: number, rows: number])[] = SIZES,
): Promise<void> {
  const isNow = ([columns]: readonly [number, number]): number => (columns === terminal.size.columns ? 0 : 1);
  // The size that it has comes first: a resize and a wait less.
  for (const [columns, rows] of [...sizes].sort((a, b) => isNow(a) - isNow(b))) {
    if (columns !== terminal.size.columns) await terminal.repaint(columns, rows);
    else await terminal.settled();
    const path = join(EXPECTED, `${columns}x${rows}`, `${name}.txt`);
    const actual = `${picture(terminal.cells())}\ntitle ${terminal.title}\n`;
    if (process.env.UPDATE) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, actual);
    }
    expect(existsSync(path), `${path} is missing: UPDATE=1 npx vitest run --project unit test/terminal`).toBe(true);
    expect(actual, name).toBe(readFileSync(path, 'utf8'));
  }
}
