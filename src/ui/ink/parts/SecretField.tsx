import { Text } from 'ink';
import type { ReactNode } from 'react';
import { cut } from '../../words.ts';
import { useTheme } from '../theme.tsx';
import type { Field } from './field.ts';
import { TextField } from './TextField.tsx';

/** More signs than this are not shown: the length of a key is nobody's business. */
const MOST_SIGNS = 32;
/** In an empty field: a cursor alone is easily not seen. */
const EMPTY = 'type or paste it, it is not shown';

/** A secret being typed: one sign a character, never the character. */
export function SecretField({ field, width }: { readonly field: Field; readonly width: number }): ReactNode {
  const { glyphs, tone } = useTheme();
  const characters = field.characters.slice(0, MOST_SIGNS).map(() => glyphs.mask);
  if (characters.length === 0) {
    return (
      <Text wrap="truncate">
        <Text inverse> </Text>
        <Text {...tone('dim')}>{` ${cut(EMPTY, width - 2, glyphs.more)}`}</Text>
      </Text>
    );
  }
  return <TextField field={{ characters, cursor: Math.min(field.cursor, characters.length) }} width={width} />;
}
