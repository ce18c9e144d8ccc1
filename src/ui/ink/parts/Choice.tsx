import { Text } from 'ink';
import type { ReactNode } from 'react';
import { useTheme } from '../theme.tsx';

export interface ChoiceProps {
  readonly label: string;
  readonly hint: string;
  readonly focused: boolean;
}

/** One option of a list of which one is taken. */
export function Choice({ label, hint, focused }: ChoiceProps): ReactNode {
  const { glyphs, tone } = useTheme();
  return (
    <Text wrap="truncate-end">
      <Text {...tone(focused ? 'accent' : 'plain')}>
        {focused ? glyphs.chosen : glyphs.unchosen} {label}
      </Text>
      <Text {...tone('dim')}>{hint === '' ? '' : `  ${hint}`}</Text>
    </Text>
  );
}
