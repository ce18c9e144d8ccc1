import { expiryWords } from '../../events/expiry.ts';
import type { KeptValue, SecretRow } from '../../secrets/overview.ts';

/** What there is of a secret, in one word for programs. */
export function stateOf({ kind, current }: Pick<SecretRow, 'kind' | 'current'>): string {
  if (current) return 'set';
  return kind === 'generated' ? 'generated at the next deploy' : 'not set';
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago, as it is said: `just now`, `5 min ago`, `3 h ago`, `12 days ago`. */
export function ago(iso: string, now: number): string {
  const ms = now - Date.parse(iso);
  if (ms < MINUTE) return 'just now';
  if (ms < HOUR) return `${Math.floor(ms / MINUTE)} min ago`;
  if (ms < 2 * DAY) return `${Math.floor(ms / HOUR)} h ago`;
  if (ms < 730 * DAY) return `${Math.floor(ms / DAY)} days ago`;
  return `${Math.floor(ms / (365 * DAY))} years ago`;
}

/** One value of a secret, or the lack of one. */
interface Line {
  readonly name: string;
  readonly state: string;
  readonly expires: string;
  readonly fingerprint: string;
  readonly readers: string;
}

function lineOf(name: string, state: string, kept: KeptValue | undefined, now: number, readers = ''): Line {
  const since = kept?.set === undefined ? '' : ` ${ago(kept.set, now)}`;
  return {
    name,
    state: `${state}${since}`,
    expires: kept?.expires === undefined ? '' : expiryWords(kept.expires, now, kept.atLatest).replace(/^expires /, ''),
    fingerprint: kept?.fingerprint ?? '',
    readers,
  };
}

function linesOf(row: SecretRow, now: number): readonly Line[] {
  const { name, kind, required, services, current, pending, previous } = row;
  const readers = services.join(', ') || 'nobody';
  const absent = kind === 'generated' ? 'made by the deploy' : `not set, ${required ? 'required' : 'optional'}`;
  const state = current ? (kind === 'left over' ? 'unused, set' : 'set') : absent;
  return [
    lineOf(name, state, current, now, readers),
    ...(pending ? [lineOf('  pending', kind === 'generated' ? 'made' : 'entered', pending, now)] : []),
    ...(previous ? [lineOf('  previous', 'set', previous, now)] : []),
  ];
}

const HEAD: Line = {
  name: 'NAME',
  state: 'STATE',
  expires: 'EXPIRES',
  fingerprint: 'FINGERPRINT',
  readers: 'READ BY',
};
const GAP = '  ';

/** @param below what stands under a line instead of in it. */
function draw(
  lines: readonly Line[],
  cells: readonly (keyof Line)[],
  below: (line: Line) => string,
): readonly string[] {
  const shown = cells.filter((cell) => lines.some((line) => line[cell] !== ''));
  const all = [HEAD, ...lines];
  const widths = shown.map((cell) => Math.max(...all.map((line) => line[cell].length)));
  return all.flatMap((line) => {
    const text = shown
      .map((cell, at) => line[cell].padEnd(widths[at] ?? 0))
      .join(GAP)
      .trimEnd();
    const more = line === HEAD ? '' : below(line);
    return more === '' ? [text] : [text, more];
  });
}

/** What does not fit into a line, under it. */
function underneath({ fingerprint, readers }: Line): string {
  const parts = [fingerprint, readers === '' ? '' : `read by ${readers}`].filter((part) => part !== '');
  return parts.length === 0 ? '' : `    ${parts.join(', ')}`;
}

/**
 * The table of `secrets list`; in a narrow terminal the fingerprint, and who reads a secret, stand below it.
 * @param look.columns how wide it may be.
 */
export function listText(
  rows: readonly SecretRow[],
  { now, columns }: { readonly now: number; readonly columns: number },
): string {
  if (rows.length === 0) return 'This stack has no secrets.';
  const lines = rows.flatMap((row) => linesOf(row, now));
  const wide = draw(lines, ['name', 'state', 'expires', 'fingerprint', 'readers'], () => '');
  const fits = wide.every((line) => line.length <= columns);
  return (fits ? wide : draw(lines, ['name', 'state', 'expires'], underneath)).join('\n');
}
