import { Text } from 'ink';
import type { ReactNode } from 'react';
import { cut, width } from '../../words.ts';
import { useTheme } from '../theme.tsx';

/** A line across the screen, with a word in it if there is one. */
export function Rule({ word = '' }: { readonly word?: string }): ReactNode {
  const { glyphs, columns, tone } = useTheme();
  const start = word === '' ? '' : cut(`${glyphs.rule} ${word} `, columns, glyphs.more);
  return (
    <Text {...tone('dim')} wrap="truncate">
      {start + glyphs.rule.repeat(Math.max(0, columns - width(start)))}
    </Text>
  );
}
