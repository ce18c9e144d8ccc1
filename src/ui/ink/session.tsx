import { Box, render } from 'ink';
import { type ReactNode, useEffect, useState } from 'react';
import { type Glyphs, glyphs } from '../glyphs.ts';
import type { Terminal } from '../terminal.ts';
import { Screen } from './screen.ts';
import { ThemeContext } from './theme.tsx';

/** Makes a screen, once; the screen ends when `done` is called. */
export type ScreenOf<T> = (done: (value: T) => void) => ReactNode;

/**
 * The one place where Ink owns the terminal: shows a screen until it is done and gives the terminal back as it was,
 * also when the screen throws or the process ends.
 */
export async function show<T>(terminal: Terminal, screenOf: ScreenOf<T>): Promise<T> {
  const screen = new Screen(terminal.output, terminal.looks.unicode);
  const forget = terminal.onExit(() => screen.leave());
  screen.enter();
  try {
    return await mounted(terminal, screen, screenOf);
  } finally {
    screen.leave();
    forget();
  }
}

async function mounted<T>(terminal: Terminal, screen: Screen, screenOf: ScreenOf<T>): Promise<T> {
  let done: (value: T) => void = () => {};
  const answer = new Promise<T>((resolve) => {
    done = resolve;
  });
  const { unicode, colour } = terminal.looks;
  const instance = render(
    <Root screen={screen} signs={glyphs(unicode)} color={colour}>
      {screenOf(done)}
    </Root>,
    {
      // Ink uses only what Screen has of a stream: columns, rows, write and the resize event.
      stdout: screen as unknown as NodeJS.WriteStream,
      stdin: terminal.input,
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  );
  try {
    // Ink ends by itself only when a component throws; then this rejects.
    await Promise.race([answer, instance.waitUntilExit()]);
  } finally {
    instance.unmount();
  }
  return answer;
}

interface RootProps {
  readonly screen: Screen;
  readonly signs: Glyphs;
  readonly color: boolean;
  readonly children: ReactNode;
}

function Root({ screen, signs, color, children }: RootProps): ReactNode {
  const [{ columns, rows }, resize] = useState({ columns: screen.columns, rows: screen.rows });
  useEffect(() => {
    const resized = (): void => resize({ columns: screen.columns, rows: screen.rows });
    screen.on('resize', resized);
    return () => {
      screen.off('resize', resized);
    };
  }, [screen]);
  return (
    <ThemeContext.Provider value={{ glyphs: signs, color, columns, rows }}>
      <Box width={columns} height={rows} flexDirection="column" overflow="hidden">
        {children}
      </Box>
    </ThemeContext.Provider>
  );
}
