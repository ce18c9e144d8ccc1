import { Text } from 'ink';
import type { ReactNode } from 'react';
import { useTheme } from '../theme.tsx';

export interface BadgeProps {
  readonly mode: 'paper' | 'live';
  /** There is evidence for the mode; LIVE without any is LIVE until somebody says otherwise. */
  readonly proven?: boolean;
}

/** The trading mode, always in sight: LIVE must not be overlooked, with or without colour. */
export function Badge({ mode, proven = true }: BadgeProps): ReactNode {
  const { color } = useTheme();
  if (mode === 'paper') return <Text>PAPER</Text>;
  const word = proven ? 'LIVE' : 'LIVE?';
  if (!color) return <Text inverse>{`[${word}]`}</Text>;
  return (
    <Text inverse bold color="red">
      {` ${word} `}
    </Text>
  );
}
