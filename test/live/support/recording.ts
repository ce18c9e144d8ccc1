import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RealTerminal, type Size } from '../../terminal/support/real.ts';
import { LIVE } from './run.ts';

/** A program on a real terminal, and what it showed: every byte, and every line of every screen that came of them. */
export interface Recording {
  readonly terminal: RealTerminal;
  /** Writes the recording; the exit code. */
  end(): Promise<number>;
}

/** @param folder where `NAME.raw` and `NAME.screens` are written. */
export function record(
  argv: readonly string[],
  {
    folder,
    name,
    cwd = LIVE,
    columns = 100,
    rows = 30,
  }: { readonly folder: string; readonly name: string; readonly cwd?: string } & Partial<Size>,
): Recording {
  mkdirSync(folder, { recursive: true });
  const lines = new Set<string>();
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) => (value === undefined || key === 'CI' ? [] : [[key, value]])),
  );
  const terminal: RealTerminal = new RealTerminal({
    argv,
    env: { ...env, TERM: 'xterm-256color' },
    cwd,
    columns,
    rows,
    painted: () => {
      const screen = terminal.screen();
      for (const line of screen.split('\n')) lines.add(line.trim());
      // What is broken at the edge of the screen stands in two lines.
      lines.add(screen.replaceAll('\n', ''));
      lines.add(
        screen
          .split('\n')
          .map((line) => line.trim())
          .join(''),
      );
    },
  });
  return {
    terminal,
    async end() {
      const code = await terminal.ended;
      writeFileSync(join(folder, `${name}.raw`), terminal.written);
      appendFileSync(join(folder, `${name}.screens`), [...lines].join('\n'));
      return code;
    },
  };
}
