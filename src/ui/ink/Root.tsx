import { Box } from 'ink';
import { type ReactNode, useEffect, useState } from 'react';
import { glyphs } from '../glyphs.ts';
import type { Looks } from '../terminal.ts';
import type { Keyboard } from './keyboard.ts';
import { KeyboardContext } from './keys.ts';
import { TooSmall } from './parts/TooSmall.tsx';
import { RawLinesContext } from './raw-lines.ts';
import type { Screen } from './screen.ts';
import { ThemeContext } from './theme.tsx';
import { TitleContext } from './title.ts';

export interface RootProps {
  readonly screen: Screen;
  readonly keyboard: Keyboard;
  readonly looks: Looks;
  readonly children: ReactNode;
}

/** Less than this shows too little to decide anything by. */
const LEAST = { columns: 40, rows: 10 } as const;

/** What every screen stands on: the size of the terminal, its signs and colours, the keys. */
export function Root({ screen, keyboard, looks, children }: RootProps): ReactNode {
  const [{ columns, rows }, resize] = useState({ columns: screen.columns, rows: screen.rows });
  useEffect(() => {
    const resized = (): void => resize({ columns: screen.columns, rows: screen.rows });
    screen.on('resize', resized);
    return () => {
      screen.off('resize', resized);
    };
  }, [screen]);
  const small = columns < LEAST.columns || rows < LEAST.rows;
  useEffect(() => keyboard.mute(small), [keyboard, small]);
  return (
    <KeyboardContext.Provider value={keyboard}>
      <TitleContext.Provider value={screen.title}>
        <RawLinesContext.Provider value={screen.rawLines}>
          <ThemeContext.Provider value={{ glyphs: glyphs(looks.unicode), color: looks.colour, columns, rows }}>
            <Box width={columns} height={rows} flexDirection="column" overflow="hidden">
              {small && <TooSmall least={LEAST} />}
              {/* Kept, not taken away: what was typed is there again when the terminal is larger. */}
              <Box display={small ? 'none' : 'flex'} flexDirection="column" flexGrow={1} overflow="hidden">
                {children}
              </Box>
            </Box>
          </ThemeContext.Provider>
        </RawLinesContext.Provider>
      </TitleContext.Provider>
    </KeyboardContext.Provider>
  );
}
