import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { redact } from '../../../secret.ts';
import { clean, cut, width } from '../../words.ts';
import { fieldOf, textOf } from '../parts/field.ts';
import { Rule } from '../parts/Rule.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useRawLines } from '../raw-lines.ts';
import { useTheme } from '../theme.tsx';
import { bottomOf, type LogPlace, type LogView } from './log-view.ts';
import { marked } from './marked.ts';

const ESC = '\u001B[';
const DIM = `${ESC}2m`;
const BRIGHT = `${ESC}22m`;
const INVERSE = `${ESC}7m`;
const UPRIGHT = `${ESC}27m`;

export interface LogPaneProps {
  readonly view: LogView;
  readonly place: LogPlace;
}

/** A part of a log and, above it, a rule that says which part it is and what the keys do. */
export function LogPane({ view, place }: LogPaneProps): ReactNode {
  const { glyphs, columns } = useTheme();
  const bottom = bottomOf(view, place);
  const lines = place.log.slice(bottom - place.height, bottom);
  const first = bottom - lines.length;
  const needle = view.search?.needle ?? '';
  const mark = useRawLines(
    lines.map(({ line }, index) => {
      const chosen = first + index === view.at;
      return painted(cut(clean(line), columns - 2, glyphs.more), needle, chosen ? glyphs.current : '');
    }),
  );
  return (
    <Box flexDirection="column" height={place.height + 1} flexShrink={0}>
      {view.typing ? (
        <SearchLine view={view} place={place} />
      ) : (
        <Rule word={ruleWords(view, place).join(` ${glyphs.dot} `)} />
      )}
      <Text>{mark}</Text>
    </Box>
  );
}

/** What the rule says: where we are, and the keys that lead elsewhere. */
export function ruleWords(view: LogView, place: LogPlace): readonly string[] {
  const { search, at } = view;
  const below = place.log.end - bottomOf(view, place);
  const where = below > 0 ? [`${grouped(below)} below`] : [];
  if (search) {
    const nth = at === undefined ? 0 : search.placeOf(at);
    const found =
      search.count === 0 && search.isThrough(place.log)
        ? 'not found'
        : `${nth === 0 ? '' : `${grouped(nth)} of `}${countWords(view, place)}`;
    return [`/${redact(search.needle)}`, found, 'n next', 'N previous', 'esc leave'];
  }
  if (view.bottom !== undefined) return ['log', 'paused', ...where, 'space follow', '/ search'];
  return ['log', 'space pause', '/ search'];
}

/** How many lines were found; more may come while the log is searched. */
function countWords({ search }: LogView, { log }: LogPlace): string {
  if (!search) return '';
  return `${grouped(search.count)}${search.isThrough(log) ? '' : '+'}`;
}

function grouped(n: number): string {
  return n.toLocaleString('en');
}

function SearchLine({ view, place }: LogPaneProps): ReactNode {
  const { glyphs, columns, tone } = useTheme();
  const { search } = view;
  const lines = search ? `${countWords(view, place)} ${search.count === 1 ? 'line' : 'lines'}` : 'type to search';
  const words = ` ${glyphs.dot} ${lines} ${glyphs.dot} enter keep ${glyphs.dot} esc leave `;
  const typed = view.typing ? textOf(view.typing) : '';
  // Somebody may look for a value in the log to see that it is not there.
  const shown = redact(typed);
  const room = Math.max(1, Math.min(width(shown), columns - words.length - 6) + 1);
  const rest = Math.max(0, columns - words.length - room - 5);
  return (
    <Box width={columns} height={1}>
      <Text {...tone('dim')}>{`${glyphs.rule} `}</Text>
      <Text {...tone('accent')}>/</Text>
      <Box width={room} flexShrink={0}>
        {view.typing && <TextField field={shown === typed ? view.typing : fieldOf(shown)} width={room} />}
      </Box>
      <Text {...tone('dim')} wrap="truncate">
        {words + glyphs.rule.repeat(rest + 2)}
      </Text>
    </Box>
  );
}

/** A line of the log: dim, unless it is the one that is looked at, and what is searched for inverse. */
function painted(line: string, needle: string, sign: string): string {
  const text = marked(line, needle)
    .map((piece) => (piece.marked ? `${INVERSE}${piece.text}${UPRIGHT}` : piece.text))
    .join('');
  return sign === '' ? `${DIM} ${text}${BRIGHT}` : `${sign}${text}`;
}
