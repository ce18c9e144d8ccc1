import { Text } from 'ink';
import type { ReactNode } from 'react';
import { width } from '../../words.ts';
import { useTheme } from '../theme.tsx';

/** A key and what it does, in one word or two. */
export type Hint = readonly [key: string, does: string];

/** The last line of a screen. The last hint is the way out and always there; others are left off where they do not fit. */
export function KeyHints({ hints }: { readonly hints: readonly Hint[] }): ReactNode {
  const { columns, tone } = useTheme();
  return (
    <Text wrap="truncate-end">
      {fitting(hints, columns).map(([key, does]) => (
        <Text key={key}>
          {' '}
          <Text bold>{key}</Text> <Text {...tone('dim')}>{does} </Text>
        </Text>
      ))}
    </Text>
  );
}

function fitting(hints: readonly Hint[], columns: number): readonly Hint[] {
  let room = columns - widthOf(hints.at(-1));
  return hints.filter((hint, index) => {
    if (index === hints.length - 1) return true;
    room -= widthOf(hint);
    return room >= 0;
  });
}

/** With the blanks between, before and behind. */
function widthOf(hint: Hint | undefined): number {
  return hint ? width(hint[0]) + width(hint[1]) + 3 : 0;
}
