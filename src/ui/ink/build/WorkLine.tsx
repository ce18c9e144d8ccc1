import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { signOf } from '../../report.ts';
import { filled } from '../../words.ts';
import { Bar } from '../parts/Bar.tsx';
import { type Tone, useTheme } from '../theme.tsx';
import type { WorkRow } from './rows.ts';

export interface WorkLineProps {
  readonly row: WorkRow;
  /** Columns for the titles of this depth, so that what follows stands in one column. */
  readonly titles: number;
  readonly tick: number;
}

const BAR = 14;
const TIME = 8;

const TONES: Readonly<Record<WorkRow['state'], Tone>> = {
  waiting: 'dim',
  running: 'accent',
  done: 'good',
  cached: 'good',
  failed: 'bad',
  cancelled: 'warn',
  skipped: 'dim',
};

/** A step or a stage: its sign, its name, what it does, how long it has taken. */
export function WorkLine({ row, titles, tick }: WorkLineProps): ReactNode {
  const { glyphs, columns, tone } = useTheme();
  const { state, depth } = row;
  const moving = glyphs.spinner[tick % glyphs.spinner.length] ?? '';
  const sign = state === 'running' ? moving : signOf(state, glyphs);
  const room = Math.max(0, columns - 3 - depth * 2 - titles - 2 - TIME - 1);
  return (
    <Box width={columns}>
      <Text {...tone(TONES[state])}>
        {' '.repeat(1 + depth * 2)}
        {sign}{' '}
      </Text>
      <Text {...(state === 'waiting' || state === 'skipped' ? tone('dim') : {})}>
        {`${filled(row.title, titles, glyphs.more)}  `}
      </Text>
      <Box width={room} flexShrink={0}>
        <Doing row={row} room={room} />
      </Box>
      <Text {...tone('dim')}>{row.time.padStart(TIME)}</Text>
    </Box>
  );
}

function Doing({ row, room }: { readonly row: WorkRow; readonly room: number }): ReactNode {
  const { glyphs, tone } = useTheme();
  const { units } = row;
  if (!units) {
    return <Text {...tone(row.state === 'failed' ? 'bad' : 'dim')}>{filled(row.doing, room, glyphs.more)}</Text>;
  }
  const words = `${units.done} of ${units.total} crates`;
  return (
    <Text wrap="truncate">
      {room > BAR + words.length + 2 && <Bar done={units.done} total={units.total} width={BAR} />} {words}
    </Text>
  );
}
