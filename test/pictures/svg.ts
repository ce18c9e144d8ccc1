import type { Cell } from '../terminal/support/real.ts';

const CELL = { width: 8.4, height: 18 };
const MARGIN = 14;
const FONT = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";
/** The 16 colours, readable on the dark ground of the picture; the page around it may be light or dark. */
const COLOURS = [
  ...['#484f58', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#c9d1d9'],
  ...['#6e7681', '#ffa198', '#7ee787', '#f2cc60', '#a5d6ff', '#e2c5ff', '#76e3ea', '#f0f6fc'],
];
const INK = '#c9d1d9';
const GROUND = '#0d1117';

interface Run {
  readonly column: number;
  readonly cells: readonly Cell[];
}

/** The cells of a terminal as a picture: text that can be selected, in the columns of the terminal. */
export function svgOf(lines: readonly (readonly Cell[])[], title: string): string {
  const columns = Math.max(...lines.map((line) => line.length));
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = Math.ceil(lines.length * CELL.height + 2 * MARGIN);
  const rows = lines.flatMap((line, row) => runsOf(line).map((run) => paint(run, row)));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${GROUND}" stroke="#30363d"/>`,
    `<g font-family="${FONT}" font-size="14" fill="${INK}" xml:space="preserve">`,
    ...rows,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** Neighbours that are painted alike; blanks that show nothing are left out. */
function runsOf(line: readonly Cell[]): readonly Run[] {
  const runs: { column: number; cells: Cell[] }[] = [];
  for (const [column, cell] of line.entries()) {
    const last = runs.at(-1);
    if (last && styleOf(last.cells[0]) === styleOf(cell)) last.cells.push(cell);
    else runs.push({ column, cells: [cell] });
  }
  return runs.filter(({ cells }) => cells[0]?.inverse || cells.some(({ characters }) => characters.trim() !== ''));
}

function styleOf(cell: Cell | undefined): string {
  return cell ? [cell.colour, cell.bold, cell.dim, cell.inverse].join() : '';
}

function paint({ column, cells }: Run, row: number): string {
  const [first] = cells;
  const colour = first?.colour === undefined ? INK : (COLOURS[first.colour] ?? INK);
  const x = MARGIN + column * CELL.width;
  const y = MARGIN + row * CELL.height;
  const width = cells.length * CELL.width;
  const text = cells.map(({ characters }) => characters).join('');
  const ground = first?.inverse
    ? `<rect x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${CELL.height}" fill="${colour}"/>`
    : '';
  const attributes = [
    `x="${number(x)}" y="${number(y + 13.5)}" textLength="${number(width)}" lengthAdjust="spacingAndGlyphs"`,
    first?.inverse ? `fill="${GROUND}"` : colour === INK ? '' : `fill="${colour}"`,
    first?.bold ? 'font-weight="bold"' : '',
    first?.dim ? 'opacity="0.62"' : '',
  ];
  return `${ground}<text ${attributes.filter(Boolean).join(' ')}>${escaped(text)}</text>`;
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
