import { setTimeout as wait } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { NOBODY } from '../../support/nobody.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Start extends Partial<Size> {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called whenever the screen has taken up what came. */
  readonly painted?: () => void;
}

/** What a cell of the screen shows: a character and how it is painted. */
export interface Cell {
  readonly characters: string;
  readonly width: number;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  /** One of 16, or undefined for the terminal's own. */
  readonly colour: number | undefined;
}

/** How long nothing may change before a screen counts as finished. */
const QUIET_MS = 200;
const KEY_MS = 3000;

/** A program on a pseudo-terminal, its screen kept by an emulator. */
export class RealTerminal {
  readonly #emulator: xterm.Terminal;
  readonly #process: ReturnType<typeof spawn>;
  #last = performance.now();
  #pending = 0;
  /** The exit code; 128 and the signal where one ended it. */
  readonly ended: Promise<number>;
  /** Everything that was ever written. */
  written = '';
  title = 'a shell';

  constructor({ argv, env, cwd, painted, columns = 80, rows = 24 }: Start) {
    this.#emulator = new xterm.Terminal({
      cols: columns,
      rows,
      allowProposedApi: true,
      windowOptions: { pushTitle: true, popTitle: true },
    });
    this.#emulator.write('\u001B]0;a shell\u0007');
    this.#emulator.onTitleChange((title) => {
      this.title = title;
    });
    this.#process = spawn(argv[0] ?? '', argv.slice(1), {
      // This becomes TERM, whatever `env` says.
      name: env.TERM ?? 'xterm-256color',
      cols: columns,
      rows,
      ...(cwd === undefined ? {} : { cwd }),
      env: { LANG: 'C.UTF-8', ...NOBODY, ...env },
    });
    this.#process.onData((data) => {
      this.written += data;
      this.#pending += 1;
      this.#emulator.write(data, () => {
        this.#pending -= 1;
        painted?.();
      });
    });
    // The emulator takes what it is given in its own time.
    this.ended = new Promise((resolve) =>
      this.#process.onExit(({ exitCode, signal }) =>
        this.#emulator.write('', () => resolve(signal ? 128 + signal : exitCode)),
      ),
    );
  }

  get pid(): number {
    return this.#process.pid;
  }

  get size(): Size {
    return { columns: this.#emulator.cols, rows: this.#emulator.rows };
  }

  /** The screen as text, without blanks at the ends of its lines. */
  screen(): string {
    return this.cells()
      .map((line) => textOf(line).trimEnd())
      .join('\n')
      .trimEnd();
  }

  cells(): readonly (readonly Cell[])[] {
    const { active } = this.#emulator.buffer;
    return Array.from({ length: this.#emulator.rows }, (_, row) => {
      const line = active.getLine(active.baseY + row);
      return Array.from({ length: this.#emulator.cols }, (_, column) => {
        const cell = line?.getCell(column);
        return {
          characters: cell?.getChars() || (cell?.getWidth() === 0 ? '' : ' '),
          width: cell?.getWidth() ?? 1,
          bold: Boolean(cell?.isBold()),
          dim: Boolean(cell?.isDim()),
          inverse: Boolean(cell?.isInverse()),
          colour: cell?.isFgPalette() ? cell.getFgColor() : undefined,
        };
      });
    });
  }

  /** What a program must put back: the first screen, the cursor, marked pastes, wrapping, the title. */
  get state() {
    const { bracketedPasteMode, wraparoundMode } = this.#emulator.modes;
    return {
      alternate: this.#emulator.buffer.active.type === 'alternate',
      cursor: this.written.lastIndexOf('\u001B[?25h') >= this.written.lastIndexOf('\u001B[?25l'),
      paste: bracketedPasteMode,
      wrap: wraparoundMode,
      title: this.title,
    };
  }

  async sees(text: string | RegExp, timeout = 15_000): Promise<string> {
    const isThere = (screen: string): boolean => (typeof text === 'string' ? screen.includes(text) : text.test(screen));
    await until(timeout, () =>
      isThere(this.screen()) ? undefined : `${String(text)} is not on the screen:\n${this.screen()}`,
    );
    return this.screen();
  }

  /** Waits until what is shown stays as it is, but for a spinner. */
  async settled(): Promise<void> {
    let before = '';
    await until(10_000, () => {
      const shown = this.screen().replace(/[\u2801-\u28FF]/g, '');
      if (shown !== before) this.#last = performance.now();
      before = shown;
      return this.#pending > 0 || performance.now() - this.#last < QUIET_MS ? 'the screen still changes' : undefined;
    });
  }

  type(...keys: readonly string[]): void {
    this.#last = performance.now();
    for (const each of keys) this.#process.write(each);
  }

  /** Types and waits for what comes of it; a key that changes nothing is given a moment. */
  async press(...keys: readonly string[]): Promise<void> {
    const before = this.screen();
    this.type(...keys);
    await until(KEY_MS, () => (this.screen() === before ? 'nothing changed' : undefined)).catch(() => undefined);
    await this.settled();
  }

  /** Resizes and waits until the program has painted everything anew, as it does then. */
  async repaint(columns: number, rows: number): Promise<void> {
    const before = this.written.length;
    this.resize(columns, rows);
    await until(10_000, () => (this.written.slice(before).includes('\u001B[2J') ? undefined : 'nothing was painted'));
    await this.settled();
  }

  resize(columns: number, rows: number): void {
    this.#last = performance.now();
    this.#emulator.resize(columns, rows);
    this.#process.resize(columns, rows);
  }

  kill(signal: string): void {
    try {
      this.#process.kill(signal);
    } catch {
      // It has ended.
    }
  }
}

/** Waits until `problem` names none any more. */
async function until(timeout: number, problem: () => string | undefined): Promise<void> {
  const end = performance.now() + timeout;
  for (let left = problem(); left !== undefined; left = problem()) {
    if (performance.now() > end) throw new Error(left);
    await wait(10);
  }
}

export function textOf(line: readonly Cell[]): string {
  return line.map(({ characters }) => characters).join('');
}

export const KEY = {
  up: '\u001B[A',
  down: '\u001B[B',
  right: '\u001B[C',
  enter: '\r',
  tab: '\t',
  backTab: '\u001B[Z',
  escape: '\u001B',
  space: ' ',
  end: '\u001B[F',
  ctrlC: '\u0003',
  ctrlU: '\u0015',
  ctrlZ: '\u001A',
} as const;
