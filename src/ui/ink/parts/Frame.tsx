import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { useTheme } from '../theme.tsx';
import { type Hint, KeyHints } from './KeyHints.tsx';
import { Rule } from './Rule.tsx';

export interface FrameProps {
  readonly hints: readonly Hint[];
  readonly children: ReactNode;
}

/** A screen for a single question: our name above, the keys below. */
export function Frame({ hints, children }: FrameProps): ReactNode {
  const { tone } = useTheme();
  return (
    <>
      <Text {...tone('dim')}> trading-setup</Text>
      <Rule />
      <Box flexDirection="column" flexGrow={1} paddingX={2} paddingTop={1} overflow="hidden">
        {children}
      </Box>
      <Rule />
      <KeyHints hints={hints} />
    </>
  );
}
