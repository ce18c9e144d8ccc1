import { Text } from 'ink';
import type { ReactNode } from 'react';
import { useTheme } from '../theme.tsx';

export interface BarProps {
  readonly done: number;
  readonly total: number;
  readonly width: number;
}

/** How much of a known amount is done. */
export function Bar({ done, total, width }: BarProps): ReactNode {
  const { glyphs, tone } = useTheme();
  const full = total > 0 ? Math.min(width, Math.floor((done / total) * width)) : 0;
  return (
    <Text>
      <Text {...tone('accent')} bold={false}>
        {glyphs.full.repeat(full)}
      </Text>
      <Text {...tone('dim')}>{glyphs.empty.repeat(width - full)}</Text>
    </Text>
  );
}
