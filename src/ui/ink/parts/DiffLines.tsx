import { Text } from 'ink';
import type { ReactNode } from 'react';
import { type Tone, useTheme } from '../theme.tsx';
import { List } from './List.tsx';

export interface DiffLinesProps {
  readonly lines: readonly string[];
  /** The first line in sight. */
  readonly top: number;
  readonly height: number;
}

/** A stretch of a unified diff in its colours. */
export function DiffLines({ lines, top, height }: DiffLinesProps): ReactNode {
  const { tone } = useTheme();
  const start = Math.min(top, Math.max(0, lines.length - height));
  const rows = lines.slice(start, start + height).map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the file; it keeps no state
    <Text key={start + index} {...tone(toneOf(line))} wrap="truncate-end">
      {line === '' ? ' ' : line}
    </Text>
  ));
  return <List rows={rows} height={height} focus={{ from: 0, to: 0 }} />;
}

function toneOf(line: string): Tone {
  if (line.startsWith('+++') || line.startsWith('---') || line.startsWith('@@')) return 'dim';
  return line.startsWith('+') ? 'good' : line.startsWith('-') ? 'bad' : 'plain';
}
