import chalk from 'chalk';
import { render } from 'ink';
import type { ReactNode } from 'react';
import type { Terminal } from '../terminal.ts';
import { Keyboard } from './keyboard.ts';
import { Root } from './Root.tsx';
import { Screen } from './screen.ts';

/** Makes a screen, once; the screen ends when `done` is called. */
export type ScreenOf<T> = (done: (value: T) => void) => ReactNode;

export interface ShowOptions {
  /** What goes on though nobody can see it any more, e.g. an operation. Everything else is given up then. */
  readonly outlivesOutput?: boolean;
  /** Whether it must not be stopped now (Ctrl-Z); the screen hears the key then. */
  readonly stays?: () => boolean;
  /** A question: keys that were pressed before it could be read are no answer to it. */
  readonly asks?: boolean;
}

/**
 * The one place where Ink owns the terminal: shows a screen until it is done and gives the terminal back as it was,
 * also when the screen throws, the process ends or is stopped for a while.
 */
export async function show<T>(
  terminal: Terminal,
  screenOf: ScreenOf<T>,
  { outlivesOutput = false, stays = () => false, asks = false }: ShowOptions = {},
): Promise<T> {
  const { output } = terminal;
  const screen = new Screen(output, { unicode: terminal.looks.unicode, titles: terminal.titles });
  const forget = terminal.onExit(() => screen.leave());
  const keyboard = new Keyboard(terminal, () => job.suspend(), stays);
  const job = terminal.onSuspend(
    () => {
      keyboard.rest();
      screen.leave();
    },
    () => {
      // The keys first: a shell that kept the terminal stops us here, before anything is painted over it.
      keyboard.wake();
      screen.enter();
    },
    stays,
  );
  const lost = (): void => {
    screen.leave();
    if (!outlivesOutput) keyboard.hangUp();
  };
  output.on('error', lost);
  keyboard.open();
  try {
    if (asks) await allRead();
    screen.enter();
    return await mounted(terminal, screen, keyboard, screenOf, asks);
  } finally {
    job.forget();
    keyboard.close();
    screen.leave();
    output.off('error', lost);
    forget();
  }
}

/** What the terminal holds of earlier keys is read in the next turns of the loop. */
async function allRead(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}

async function mounted<T>(
  terminal: Terminal,
  screen: Screen,
  keyboard: Keyboard,
  screenOf: ScreenOf<T>,
  asks: boolean,
): Promise<T> {
  let done: (value: T) => void = () => {};
  const answer = new Promise<T>((resolve) => {
    done = resolve;
  });
  // Bold, inverse and 16 colours, whatever else is in the environment; whether there is colour the theme decides.
  chalk.level = 1;
  const instance = render(
    <Root screen={screen} keyboard={keyboard} looks={terminal.looks}>
      {screenOf(done)}
    </Root>,
    {
      // Ink uses only what these two have of a stream: columns, rows, write and the resize event, and what reads keys.
      stdout: screen as unknown as NodeJS.WriteStream,
      stdin: keyboard as unknown as NodeJS.ReadStream,
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
    },
  );
  // Painted: what comes from here on was typed by somebody who sees it.
  if (asks) keyboard.forget();
  try {
    // Ink ends by itself only when a component throws; then this rejects.
    await Promise.race([answer, instance.waitUntilExit()]);
  } finally {
    instance.unmount();
  }
  return answer;
}
