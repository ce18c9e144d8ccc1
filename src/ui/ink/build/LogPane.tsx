import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { clean, cut } from '../../words.ts';
import { Rule } from '../parts/Rule.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useTheme } from '../theme.tsx';
import { bottomOf, type LogPlace, type LogView } from './log-view.ts';
import { marked } from './marked.ts';

export interface LogPaneProps {
  readonly view: LogView;
  readonly place: LogPlace;
}

/** A part of a log and, above it, a rule that says which part it is and what the keys do. */
export function LogPane({ view, place }: LogPaneProps): ReactNode {
  const { glyphs } = useTheme();
  const bottom = bottomOf(view, place);
  const lines = place.log.slice(bottom - place.height, bottom);
  const first = bottom - lines.length;
  return (
    <Box flexDirection="column" height={place.height + 1} flexShrink={0}>
      {view.typing ? (
        <SearchLine view={view} place={place} />
      ) : (
        <Rule word={ruleWords(view, place).join(` ${glyphs.dot} `)} />
      )}
      {lines.map(({ line }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen; it keeps no state
        <LogText key={index} line={line} needle={view.search?.needle ?? ''} chosen={first + index === view.at} />
      ))}
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
      search.count === 0 && search.isComplete(place.log)
        ? 'not found'
        : `${nth === 0 ? '' : `${grouped(nth)} of `}${countWords(view, place)}`;
    return [`/${search.needle}`, found, 'n next', 'N previous', 'esc leave'];
  }
  if (view.bottom !== undefined) return ['log', 'paused', ...where, 'space follow', '/ search'];
  return ['log', 'space pause', '/ search'];
}

/** How many lines were found; more may come while the log is searched. */
function countWords({ search }: LogView, { log }: LogPlace): string {
  if (!search) return '';
  return `${grouped(search.count)}${search.isComplete(log) ? '' : '+'}`;
}

function grouped(n: number): string {
  return n.toLocaleString('en');
}

function SearchLine({ view, place }: LogPaneProps): ReactNode {
  const { glyphs, columns, tone } = useTheme();
  const { search } = view;
  const lines = search ? `${countWords(view, place)} ${search.count === 1 ? 'line' : 'lines'}` : 'type to search';
  const words = ` ${glyphs.dot} ${lines} ${glyphs.dot} enter keep ${glyphs.dot} esc leave `;
  const room = Math.max(4, Math.min(view.typing?.characters.length ?? 0, columns - words.length - 6) + 1);
  const rest = Math.max(0, columns - words.length - room - 5);
  return (
    <Box width={columns} height={1}>
      <Text {...tone('dim')}>{`${glyphs.rule} `}</Text>
      <Text {...tone('accent')}>/</Text>
      <Box width={room} flexShrink={0}>
        {view.typing && <TextField field={view.typing} width={room} />}
      </Box>
      <Text {...tone('dim')} wrap="truncate">
        {words + glyphs.rule.repeat(rest + 2)}
      </Text>
    </Box>
  );
}

interface LogTextProps {
  readonly line: string;
  readonly needle: string;
  readonly chosen: boolean;
}

function LogText({ line, needle, chosen }: LogTextProps): ReactNode {
  const { columns, glyphs, tone } = useTheme();
  const text = cut(clean(line), columns - 2, glyphs.more);
  return (
    <Text {...(chosen ? {} : tone('dim'))} wrap="truncate">
      {chosen ? glyphs.current : ' '}
      {needle === ''
        ? text
        : marked(text, needle).map((piece, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its place in the line; it keeps no state
            <Text key={index} inverse={piece.marked}>
              {piece.text}
            </Text>
          ))}
    </Text>
  );
}
