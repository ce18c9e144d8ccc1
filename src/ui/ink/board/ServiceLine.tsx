import { Text } from 'ink';
import type { ReactNode } from 'react';
import { filled } from '../../words.ts';
import { useTheme } from '../theme.tsx';
import { type ServiceRow, TITLES } from './rows.ts';

/** The titles over the columns. */
export function Titles({ widths }: { readonly widths: readonly number[] }): ReactNode {
  const { tone } = useTheme();
  const titles = TITLES.map((title, at) => filled(title, widths[at] ?? title.length));
  return (
    <Text {...tone('dim')} wrap="truncate">
      {`   ${titles.join('')}`}
    </Text>
  );
}

/** One service. */
export function ServiceLine({
  row,
  widths,
}: {
  readonly row: ServiceRow;
  readonly widths: readonly number[];
}): ReactNode {
  const { glyphs, tone } = useTheme();
  const cell = (at: number): string => {
    const text = row.cells[at] ?? '';
    const columns = widths[at];
    return columns === undefined ? text : `${filled(text, columns - 2, glyphs.more)}  `;
  };
  const sign = { good: glyphs.done, bad: glyphs.failed, warn: glyphs.current, dim: glyphs.waiting }[toneKey(row)];
  return (
    <Text wrap="truncate-end">
      <Text {...tone(row.tone)}> {sign} </Text>
      <Text bold>{cell(0)}</Text>
      <Text {...tone(row.tone)}>
        {cell(1)}
        {cell(2)}
      </Text>
      {cell(3)}
      {cell(4)}
      <Text {...tone('dim')}>{cell(5)}</Text>
    </Text>
  );
}

/** Why the service above is not well. */
export function Reason({ text }: { readonly text: string }): ReactNode {
  const { tone } = useTheme();
  return (
    <Text {...tone('dim')} wrap="truncate-end">
      {`     ${text}`}
    </Text>
  );
}

function toneKey({ tone }: ServiceRow): 'good' | 'bad' | 'warn' | 'dim' {
  return tone === 'good' || tone === 'bad' || tone === 'warn' ? tone : 'dim';
}
