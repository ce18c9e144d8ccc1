import { Box, Text } from 'ink';
import { type ReactNode, useRef, useState, useSyncExternalStore } from 'react';
import type { Board } from '../../../events/board.ts';
import { type BesideLine, besideLines } from '../../credential-words.ts';
import type { Live } from '../../live.ts';
import { clean, wrap } from '../../words.ts';
import { type Key, useKeys } from '../keys.ts';
import { Header } from '../parts/Header.tsx';
import { type Hint, KeyHints } from '../parts/KeyHints.tsx';
import { List } from '../parts/List.tsx';
import { Rule } from '../parts/Rule.tsx';
import { type Tone, useTheme } from '../theme.tsx';
import { useTitle } from '../title.ts';
import { useTick } from '../use-tick.ts';
import { advice, columnsFor, columnWidths, type ServiceRow, serviceRows } from './rows.ts';
import { Reason, ServiceLine, Titles } from './ServiceLine.tsx';

export interface BoardScreenProps {
  readonly live: Live<Board | undefined>;
  readonly now: () => number;
  readonly leave: () => void;
}

const SECOND = 1000;
/** Header, rule, titles, rule and key hints. */
const FRAME_LINES = 5;
const INDENT = 3;
const UNDER = 5;

const TONES: Readonly<Record<Board['overall'], Tone>> = {
  healthy: 'good',
  starting: 'warn',
  unhealthy: 'bad',
  stopped: 'dim',
};

const BESIDE: Readonly<Record<BesideLine['level'], Tone>> = { ok: 'dim', soon: 'warn', bad: 'bad' };

/** The services of a stack as they are now. */
export function BoardScreen({ live, now, leave }: BoardScreenProps): ReactNode {
  const { columns, rows: screenRows, tone, glyphs } = useTheme();
  const board = useSyncExternalStore(live.subscribe, live.get);
  const [top, scroll] = useState(0);
  useTick(SECOND);
  useTitle(board ? `${board.name}: ${board.overall}` : '');
  const lines = useLines(board, now());
  const height = Math.max(1, screenRows - FRAME_LINES);
  const last = useRef(0);
  last.current = Math.max(0, lines.length - height);
  useKeys((key) => {
    if (key.name === 'ctrl-c' || key.name === 'escape' || key.text === 'q') leave();
    else scroll((from) => Math.min(last.current, Math.max(0, from + stepOf(key, height))));
  });
  const move: Hint = [`${glyphs.up}${glyphs.up.length > 1 ? ' ' : ''}${glyphs.down}`, 'scroll'];
  const middle = Math.min(top, last.current) + Math.floor((height - 1) / 2);
  return (
    <>
      <Header name={board?.name ?? 'status'} mode={board?.mode}>
        <Text {...tone(board ? TONES[board.overall] : 'dim')}>{board?.overall ?? `looking${glyphs.more}`}</Text>
      </Header>
      <Box flexDirection="column" flexGrow={1} overflow="hidden">
        {board && <Titles columns={columnsFor(columns)} widths={widthsOf(board, now(), columns)} />}
        <List rows={lines} height={height} focus={{ from: middle, to: middle }} />
      </Box>
      <Rule />
      <KeyHints hints={[...(last.current > 0 ? [move] : []), ['q', 'leave']]} />
    </>
  );
}

function widthsOf(board: Board, now: number, columns: number): readonly number[] {
  return columnWidths(serviceRows(board, now, columns), columns, columns - INDENT);
}

/** The lines below the titles: each service, why it is not well, and what to do. */
function useLines(board: Board | undefined, now: number): readonly ReactNode[] {
  const theme = useTheme();
  const { columns, tone } = theme;
  if (!board) return [];
  const rows = serviceRows(board, now, columns);
  const widths = widthsOf(board, now, columns);
  const words = wrap(advice(board), columns - INDENT - 1);
  return [
    ...rows.flatMap((row) => [
      <ServiceLine key={row.name} row={row} columns={columnsFor(columns)} widths={widths} />,
      ...reasons(row, columns),
    ]),
    ...(words.length > 0 ? [<Text key="blank"> </Text>] : []),
    ...words.map((line) => (
      <Text key={line} {...tone(TONES[board.overall])}>
        {`   ${line}`}
      </Text>
    )),
    ...besides(board, now, theme),
  ];
}

/** Credentials that end, counting down, and what a rotation has left. */
function besides(
  board: Board,
  now: number,
  { columns, tone, glyphs }: ReturnType<typeof useTheme>,
): readonly ReactNode[] {
  const lines = besideLines(board, now);
  if (lines.length === 0) return [];
  return [
    <Text key="beside blank"> </Text>,
    ...lines.flatMap(({ text, level }) =>
      wrap(clean(text), columns - INDENT - 1).map((line, at) => (
        <Text key={`beside ${text} ${line}`} {...tone(BESIDE[level])} wrap="truncate">
          {` ${at === 0 && level !== 'ok' ? glyphs.open : ' '} ${line}`}
        </Text>
      )),
    ),
  ];
}

function reasons(row: ServiceRow, columns: number): readonly ReactNode[] {
  return wrap(row.reason, columns - UNDER - 1).map((line) => (
    <Reason key={`${row.name} ${line}`} text={line} tone={row.tone} />
  ));
}

function stepOf(key: Key, height: number): number {
  if (key.name === 'up' || key.text === 'k') return -1;
  if (key.name === 'down' || key.text === 'j') return 1;
  if (key.name === 'page-up') return 1 - height;
  return key.name === 'page-down' || key.text === ' ' ? height - 1 : 0;
}
