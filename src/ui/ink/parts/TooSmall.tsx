import { Text } from 'ink';
import type { ReactNode } from 'react';
import { wrap } from '../../words.ts';
import { useTheme } from '../theme.tsx';

/** In place of a screen that has no room: what it needs, and the one key that counts meanwhile. */
export function TooSmall({
  least,
}: {
  readonly least: { readonly columns: number; readonly rows: number };
}): ReactNode {
  const { columns, rows, tone } = useTheme();
  const words = `This terminal has ${columns}x${rows}; ${least.columns}x${least.rows} is needed. Make it larger, or leave with ctrl-c.`;
  return (
    <>
      {wrap(words, columns)
        .slice(0, rows)
        .map((line) => (
          <Text key={line} {...tone('warn')} wrap="truncate">
            {line}
          </Text>
        ))}
    </>
  );
}
