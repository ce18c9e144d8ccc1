import { Text } from 'ink';
import type { ReactNode } from 'react';
import { type Field, windowOf } from './field.ts';

/** A line of text being typed, scrolled so that the cursor is in sight. */
export function TextField({ field, width }: { readonly field: Field; readonly width: number }): ReactNode {
  const { before, at, after } = windowOf(field, width);
  return (
    <Text wrap="truncate">
      {before}
      <Text inverse>{at}</Text>
      {after}
    </Text>
  );
}
