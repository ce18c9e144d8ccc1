import type { ReactNode } from 'react';
import { useTheme } from '../theme.tsx';
import type { Field } from './field.ts';
import { TextField } from './TextField.tsx';

/** More signs than this are not shown: the length of a key is nobody's business. */
const MOST_SIGNS = 32;

/** A secret being typed: one sign a character, never the character. */
export function SecretField({ field, width }: { readonly field: Field; readonly width: number }): ReactNode {
  const { glyphs } = useTheme();
  const characters = field.characters.slice(0, MOST_SIGNS).map(() => glyphs.mask);
  return <TextField field={{ characters, cursor: Math.min(field.cursor, characters.length) }} width={width} />;
}
