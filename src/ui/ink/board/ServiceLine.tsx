import { Text } from 'ink';
import type { ReactNode } from 'react';
import { filled } from '../../words.ts';
import { type Tone, useTheme } from '../theme.tsx';
import type { Column, ServiceRow } from './rows.ts';

export interface TitlesProps {
  readonly columns: readonly Column[];
  readonly widths: readonly number[];
}

/** The titles over the columns. */
export function Titles({ columns, widths }: TitlesProps): ReactNode {
  const { tone, glyphs } = useTheme();
  const titles = columns.map(({ title }, at) => filled(title, widths[at] ?? 0, glyphs.more));
  return (
    <Text {...tone('dim')} wrap="truncate">
      {`   ${titles.join('')}`}
    </Text>
  );
}

/** One service. */
export function ServiceLine({ row, columns, widths }: TitlesProps & { readonly row: ServiceRow }): ReactNode {
  const { glyphs, tone } = useTheme();
  const sign = { good: glyphs.done, bad: glyphs.failed, warn: glyphs.current, dim: glyphs.waiting }[toneKey(row.tone)];
  return (
    <Text wrap="truncate-end">
      <Text {...tone(row.tone)}> {sign} </Text>
      {columns.map((column, at) => (
        <Text key={column.title} {...tone(column.tone === 'state' ? row.tone : column.tone)}>
          {cell(row.cells[at] ?? '', widths[at] ?? 0, glyphs.more)}
        </Text>
      ))}
    </Text>
  );
}

/** A line of why the service above is not well. */
export function Reason({ text, tone: name }: { readonly text: string; readonly tone: Tone }): ReactNode {
  const { tone } = useTheme();
  return (
    <Text {...tone(name === 'bad' ? 'bad' : 'dim')} bold={false} wrap="truncate-end">
      {`     ${text}`}
    </Text>
  );
}

function cell(text: string, width: number, more: string): string {
  return `${filled(text, width - 2, more)}${' '.repeat(Math.min(2, width))}`;
}

function toneKey(tone: Tone): 'good' | 'bad' | 'warn' | 'dim' {
  return tone === 'good' || tone === 'bad' || tone === 'warn' ? tone : 'dim';
}
