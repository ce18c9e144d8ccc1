import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { useTheme } from '../theme.tsx';
import { Badge } from './Badge.tsx';
import { Rule } from './Rule.tsx';

export interface HeaderProps {
  readonly name: string;
  /** Absent where the mode is not known, e.g. before the first board. */
  readonly mode?: 'paper' | 'live' | undefined;
  readonly proven?: boolean | undefined;
  readonly children?: ReactNode;
}

/** The first two lines of every screen: whose it is, the mode, and a word on the right. */
export function Header({ name, mode, proven = true, children }: HeaderProps): ReactNode {
  const { glyphs, columns, tone } = useTheme();
  return (
    <Box flexDirection="column" width={columns} flexShrink={0}>
      <Box paddingX={1} columnGap={2} justifyContent="space-between">
        <Box flexShrink={1} height={1}>
          <Text wrap="truncate-end">
            <Text {...tone('dim')}>trading-setup {glyphs.dot} </Text>
            <Text bold>{name}</Text>
          </Text>
        </Box>
        <Box flexShrink={0} gap={3}>
          {mode !== undefined && <Badge mode={mode} proven={proven} />}
          {children}
        </Box>
      </Box>
      <Rule />
    </Box>
  );
}
