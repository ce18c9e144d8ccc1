import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import type { LogRing } from '../../../events/log-ring.ts';
import { clean, cut } from '../../words.ts';
import { Rule } from '../parts/Rule.tsx';
import { useTheme } from '../theme.tsx';

/** The last lines of a log in the height that is left, a rule above them. */
export function LogTail({ log, height }: { readonly log: LogRing; readonly height: number }): ReactNode {
  const { columns, glyphs, tone } = useTheme();
  if (height < 2) return null;
  const lines = log.last(height - 1).map(({ line }) => cut(clean(line), columns - 2, glyphs.more));
  return (
    <Box flexDirection="column" height={height} flexShrink={0}>
      <Rule word="log" />
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen; it keeps no state
        <Text key={index} {...tone('dim')} wrap="truncate">
          {` ${line}`}
        </Text>
      ))}
    </Box>
  );
}
