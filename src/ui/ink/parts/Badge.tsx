import { Text } from 'ink';
import type { ReactNode } from 'react';
import { useTheme } from '../theme.tsx';

/** The trading mode, always in sight: LIVE must not be overlooked, with or without colour. */
export function Badge({ mode }: { readonly mode: 'paper' | 'live' }): ReactNode {
  const { color } = useTheme();
  if (mode === 'paper') return <Text>PAPER</Text>;
  if (!color) return <Text inverse>[LIVE]</Text>;
  return (
    <Text inverse bold color="red">
      {' LIVE '}
    </Text>
  );
}
