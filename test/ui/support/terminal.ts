import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import xterm from '@xterm/headless';
import { vi } from 'vitest';
import type { Looks, Terminal } from '../../../src/ui/terminal.ts';

/** A terminal that exists in memory only: what is written to it is interpreted by a real emulator. */
export class FakeTerminal {
  readonly emulator: xterm.Terminal;
  readonly input: PassThrough & {
    isTTY: boolean;
    setRawMode: (raw: boolean) => void;
    ref: () => void;
    unref: () => void;
  };
  readonly output: PassThrough & { columns: number; rows: number; isTTY: boolean };
  readonly terminal: Terminal;
  /** Everything ever written, with its escape sequences. */
  written = '';
  raw = false;
  interrupt: () => void = () => {};
  restore: () => void = () => {};
  /** How often Ctrl-Z was pressed. */
  suspended = 0;
  leave: () => void = () => {};
  back: () => void = () => {};
  /** Whether what is shown may not be stopped now. */
  stays: () => boolean = () => false;
  now = 1_700_000_060_000;

  constructor(columns = 80, rows = 24, looks: Looks = { unicode: true, colour: false }) {
    this.emulator = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
    this.input = Object.assign(new PassThrough(), {
      isTTY: true,
      setRawMode: (raw: boolean) => {
        this.raw = raw;
      },
      ref: () => {},
      unref: () => {},
    });
    this.output = Object.assign(new PassThrough(), {
      columns,
      rows,
      isTTY: true,
      // A pipe never ends process.stdout either.
      end: () => this.output,
      cursorTo: (x: number) => this.output.write(`\u001B[${x + 1}G`),
      clearLine: () => this.output.write('\u001B[2K'),
      moveCursor: (_x: number, y: number) => this.output.write(`\u001B[${-y}A`),
    });
    this.output.on('data', (chunk: Buffer) => {
      this.written += chunk.toString();
      this.emulator.write(chunk);
    });
    this.terminal = {
      // A stream with what Ink and inquirer use of a terminal's; a tty.ReadStream needs a real descriptor.
      input: this.input as unknown as NodeJS.ReadStream,
      output: this.output as unknown as NodeJS.WriteStream,
      looks,
      titles: true,
      remote: false,
      now: () => this.now,
      onExit: (restore) => {
        this.restore = restore;
        return () => {
          this.restore = () => {};
        };
      },
      onInterrupt: (listener) => {
        this.interrupt = listener;
        return () => {
          this.interrupt = () => {};
        };
      },
      onSuspend: (leave, back, stays = () => false) => {
        Object.assign(this, { leave, back, stays });
        return {
          suspend: () => {
            this.suspended += 1;
            leave();
          },
          forget: () => undefined,
        };
      },
    };
  }

  /** What a person sees. */
  screen(): string {
    const { active } = this.emulator.buffer;
    const lines = Array.from({ length: this.emulator.rows }, (_, row) => {
      return (
        active
          .getLine(active.baseY + row)
          ?.translateToString(true)
          .trimEnd() ?? ''
      );
    });
    return lines.join('\n').trimEnd();
  }

  /** Everything written as lines of text. */
  text(): string {
    return stripVTControlCharacters(this.written);
  }

  get alternate(): boolean {
    return this.emulator.buffer.active.type === 'alternate';
  }

  async sees(text: string): Promise<string> {
    await vi.waitFor(
      () => {
        if (!this.screen().includes(text)) throw new Error(`"${text}" is not on the screen:\n${this.screen()}`);
      },
      { timeout: 5000, interval: 5 },
    );
    return this.screen();
  }

  type(...keys: readonly string[]): void {
    for (const key of keys) this.input.write(key);
  }

  resize(columns: number, rows: number): void {
    this.emulator.resize(columns, rows);
    Object.assign(this.output, { columns, rows });
    this.output.emit('resize');
  }
}

export const KEY = {
  up: '\u001B[A',
  down: '\u001B[B',
  enter: '\r',
  tab: '\t',
  backTab: '\u001B[Z',
  escape: '\u001B',
  ctrlC: '\u0003',
  ctrlU: '\u0015',
  backspace: '\u007F',
  end: '\u001B[F',
} as const;
