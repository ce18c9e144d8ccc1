import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { signOf } from '../../report.ts';
import { filled, width } from '../../words.ts';
import { Bar } from '../parts/Bar.tsx';
import { type Tone, useTheme } from '../theme.tsx';
import { roomFor, TIME, type WorkRow } from './rows.ts';

export interface WorkLineProps {
  readonly row: WorkRow;
  /** Columns for the titles of this depth, so that what follows stands in one column. */
  readonly titles: number;
  readonly tick: number;
}

const BAR = 12;
/** `9999/9999` */
const COUNT = 9;
/** Below this a bar takes too much from the words. */
const LEAST_DOING = 16;

const TONES: Readonly<Record<WorkRow['state'], Tone>> = {
  waiting: 'dim',
  running: 'accent',
  done: 'good',
  cached: 'good',
  failed: 'bad',
  cancelled: 'warn',
  skipped: 'dim',
  left: 'warn',
};

/** A sentence below a step: what was proven, or why it goes back. */
function SaidLine({ row: { state, depth, title, said } }: { readonly row: WorkRow }): ReactNode {
  const { glyphs, tone, columns } = useTheme();
  const sign = state === 'cancelled' ? glyphs.open : signOf(state, glyphs);
  return (
    <Box width={columns}>
      <Text wrap="truncate-end">
        <Text {...tone(TONES[state])}>
          {' '.repeat(1 + depth * 2)}
          {said === 'more' ? ' '.repeat(width(sign)) : sign}{' '}
        </Text>
        {title}
      </Text>
    </Box>
  );
}

/** A step or a stage: its sign, its name, what it does, how far it is, how long it has taken. */
export function WorkLine({ row, titles, tick }: WorkLineProps): ReactNode {
  const { glyphs, columns, tone } = useTheme();
  const { state, depth, units } = row;
  if (row.said) return <SaidLine row={row} />;
  const moving = glyphs.spinner[tick % glyphs.spinner.length] ?? '';
  const sign = state === 'running' ? moving : signOf(state, glyphs);
  const both = roomFor(depth, columns);
  // What it does is no column while it is at work; a cause out of its column would read as a part of the title.
  const isLong = !units && width(row.title) > titles;
  const doing = isLong && state !== 'running' ? '' : row.doing;
  const title = isLong ? Math.min(width(row.title), both) : titles;
  const room = Math.max(0, both - title);
  const measures = units ? BAR + 1 + COUNT + 1 : 0;
  const barred = units !== undefined && room - measures >= LEAST_DOING;
  const count = units && state !== 'done' ? `${units.done}/${units.total}` : '';
  return (
    <Box width={columns}>
      <Text {...tone(TONES[state])}>
        {' '.repeat(1 + depth * 2)}
        {sign}{' '}
      </Text>
      <Text {...(state === 'waiting' || state === 'skipped' ? tone('dim') : {})}>
        {`${filled(row.title, title, glyphs.more)}  `}
      </Text>
      <Text {...tone(state === 'failed' ? 'bad' : 'dim')}>
        {filled(doing, barred ? room - measures : Math.max(0, room - count.length - 1), glyphs.more)}
      </Text>
      {barred && (
        <Text>
          <Bar done={units.done} total={units.total} width={BAR} />
          {` ${count.padStart(COUNT)} `}
        </Text>
      )}
      {!barred && <Text>{count === '' ? ' ' : ` ${count}`}</Text>}
      <Text {...tone('dim')}>{row.time.padStart(TIME)}</Text>
    </Box>
  );
}
