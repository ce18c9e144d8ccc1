import { createContext, useContext } from 'react';
import { type Glyphs, glyphs } from '../glyphs.ts';

/** What every part knows of the terminal that it is painted on. */
export interface Theme {
  readonly glyphs: Glyphs;
  readonly color: boolean;
  readonly columns: number;
  readonly rows: number;
}

export type Tone = 'plain' | 'strong' | 'dim' | 'good' | 'bad' | 'warn' | 'accent';

interface ToneProps {
  readonly color?: string;
  readonly dimColor?: boolean;
  readonly bold?: boolean;
}

const COLORED: Readonly<Record<Tone, ToneProps>> = {
  plain: {},
  strong: { bold: true },
  dim: { dimColor: true },
  good: { color: 'green' },
  bad: { color: 'red' },
  warn: { color: 'yellow' },
  accent: { color: 'cyan', bold: true },
};

const COLORLESS: Readonly<Record<Tone, ToneProps>> = {
  plain: {},
  strong: { bold: true },
  dim: { dimColor: true },
  good: {},
  bad: { bold: true },
  warn: {},
  accent: { bold: true },
};

/** Given by the session, changed by a resize. */
export const ThemeContext = createContext<Theme>({ glyphs: glyphs(true), color: true, columns: 80, rows: 24 });

/** The theme, and the properties of a text for a tone of voice. */
export function useTheme(): Theme & { readonly tone: (name: Tone) => ToneProps } {
  const theme = useContext(ThemeContext);
  return { ...theme, tone: (name) => (theme.color ? COLORED : COLORLESS)[name] };
}
