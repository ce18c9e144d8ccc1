import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { vi } from 'vitest';
import { NOBODY } from '../../support/nobody.ts';

/** A program on a real pseudo-terminal, its screen kept by an emulator. */
export class Pty {
  readonly #emulator: xterm.Terminal;
  readonly #process: ReturnType<typeof spawn>;
  readonly ended: Promise<number>;
  written = '';

  constructor(
    script: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    columns = 80,
    rows = 24,
  ) {
    this.#emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true });
    this.#process = spawn(process.execPath, [script, ...args], {
      name: 'xterm-256color',
      cols: columns,
      rows,
      env: { PATH: process.env.PATH ?? '', TERM: 'xterm-256color', LANG: 'C.UTF-8', ...NOBODY, ...env },
    });
    this.#process.onData((data) => {
      this.written += data;
      this.#emulator.write(data);
    });
    // The emulator takes what it is given in its own time.
    this.ended = new Promise((resolve) =>
      this.#process.onExit(({ exitCode }) => this.#emulator.write('', () => resolve(exitCode))),
    );
  }

  screen(): string {
    const { active } = this.#emulator.buffer;
    const line = (row: number): string => active.getLine(active.baseY + row)?.translateToString(true) ?? '';
    return Array.from({ length: this.#emulator.rows }, (_, row) => line(row))
      .join('\n')
      .trimEnd();
  }

  get alternate(): boolean {
    return this.#emulator.buffer.active.type === 'alternate';
  }

  /** The cursor is shown: the last word on it was to show it. */
  get cursorShown(): boolean {
    return this.written.lastIndexOf('\u001B[?25h') >= this.written.lastIndexOf('\u001B[?25l');
  }

  async sees(text: string): Promise<string> {
    await vi.waitFor(
      () => {
        if (!this.screen().includes(text)) throw new Error(`"${text}" is not on the screen:\n${this.screen()}`);
      },
      { timeout: 10_000, interval: 10 },
    );
    return this.screen();
  }

  type(keys: string): void {
    this.#process.write(keys);
  }

  resize(columns: number, rows: number): void {
    this.#emulator.resize(columns, rows);
    this.#process.resize(columns, rows);
  }

  kill(signal: string): void {
    this.#process.kill(signal);
  }
}
