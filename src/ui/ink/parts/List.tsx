import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { useTheme } from '../theme.tsx';

export interface ListProps {
  /** One element a line. */
  readonly rows: readonly ReactNode[];
  readonly height: number;
  /** The lines that must be in sight. */
  readonly focus: { readonly from: number; readonly to: number };
}

/** Lines of which as many are shown as fit, with a word on what is above and below. */
export function List({ rows, height, focus }: ListProps): ReactNode {
  const { glyphs, tone } = useTheme();
  const start = scrollTop(rows.length, height, focus.from, focus.to);
  const shown = rows.slice(start, start + height);
  const below = rows.length - start - height;
  const mark = (sign: string, left: number): ReactNode => (
    <Text {...tone('dim')} wrap="truncate">{`  ${sign} ${left} more`}</Text>
  );
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      {shown.map((row, index) => {
        if (index === 0 && start > 0) return <Box key="above">{mark(glyphs.up, start + 1)}</Box>;
        if (index === height - 1 && below > 0) return <Box key="below">{mark(glyphs.down, below + 1)}</Box>;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the list; it keeps no state
          <Box key={start + index} height={1} flexShrink={0}>
            {row}
          </Box>
        );
      })}
    </Box>
  );
}

/** The first line to show, so that the lines in focus stand about in the middle. */
export function scrollTop(total: number, height: number, from: number, to: number): number {
  if (total <= height) return 0;
  const room = Math.max(0, height - (to - from + 1));
  const wanted = from - Math.floor(room / 2);
  return Math.min(Math.max(0, wanted), total - height);
}
