import { Box, Text } from 'ink';
import { type ReactNode, useSyncExternalStore } from 'react';
import type { Board } from '../../../events/board.ts';
import type { Live } from '../../live.ts';
import { useKeys } from '../keys.ts';
import { Header } from '../parts/Header.tsx';
import { KeyHints } from '../parts/KeyHints.tsx';
import { List } from '../parts/List.tsx';
import { Rule } from '../parts/Rule.tsx';
import { type Tone, useTheme } from '../theme.tsx';
import { useTick } from '../use-tick.ts';
import { columnWidths, serviceRows } from './rows.ts';
import { Reason, ServiceLine, Titles } from './ServiceLine.tsx';

export interface BoardScreenProps {
  readonly live: Live<Board | undefined>;
  readonly now: () => number;
  readonly leave: () => void;
}

const SECOND = 1000;
/** Header, rule, titles, rule and key hints. */
const FRAME_LINES = 5;

const TONES: Readonly<Record<Board['overall'], Tone>> = {
  healthy: 'good',
  starting: 'warn',
  unhealthy: 'bad',
  stopped: 'dim',
};

/** The services of a stack as they are now. */
export function BoardScreen({ live, now, leave }: BoardScreenProps): ReactNode {
  const { columns, rows: screenRows, tone, glyphs } = useTheme();
  const board = useSyncExternalStore(live.subscribe, live.get);
  useTick(SECOND);
  useKeys((key) => {
    if (key.name === 'ctrl-c' || key.text === 'q') leave();
  });
  const rows = board ? serviceRows(board, now()) : [];
  const widths = columnWidths(rows, columns - 3);
  const lines = rows.flatMap((row) => [
    <ServiceLine key={row.name} row={row} widths={widths} />,
    ...(row.reason === '' ? [] : [<Reason key={`${row.name} reason`} text={row.reason} />]),
  ]);
  return (
    <>
      <Header name={board?.name ?? 'status'} mode={board?.mode}>
        <Text {...tone(board ? TONES[board.overall] : 'dim')}>{board?.overall ?? `looking${glyphs.more}`}</Text>
      </Header>
      <Box flexDirection="column" flexGrow={1} overflow="hidden">
        {board && <Titles widths={widths} />}
        <List rows={lines} height={Math.max(1, screenRows - FRAME_LINES)} focus={{ from: 0, to: 0 }} />
      </Box>
      <Rule />
      <KeyHints hints={[['q', 'leave']]} />
    </>
  );
}
