import { writeSync } from 'node:fs';

/** What is known about the terminal, asked anew each time: a resize changes it. */
export interface TerminalFacts {
  /** A person can be asked: both ends are a terminal. */
  readonly interactive: boolean;
  readonly colour: boolean;
  readonly columns: number;
  readonly rows: number;
  /** The terminal shows only plain text (`TERM=dumb`). */
  readonly dumb: boolean;
  /** Box drawing and symbols beyond ASCII come out right. */
  readonly unicode: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Facts about the terminal of this process. */
export function terminalFacts(env: Environment = process.env): TerminalFacts {
  const dumb = env.TERM === 'dumb';
  return {
    interactive: isInteractive(),
    colour: hasColour(env, process.stdout.isTTY === true),
    columns: process.stdout.columns ?? 80,
    rows: process.stdout.rows ?? 24,
    dumb,
    unicode: !dumb && hasUnicode(env),
  };
}

/** A person sits at both ends. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** NO_COLOR (any text) wins, then FORCE_COLOR, then the terminal. */
export function hasColour(env: Environment, tty: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return tty && env.TERM !== 'dumb';
}

/** The first locale variable that is set decides; macOS terminals are UTF-8 without any. */
export function hasUnicode(env: Environment): boolean {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  if (!locale) return process.platform === 'darwin';
  return /utf-?8/i.test(locale);
}

const ENTER_ALTERNATE = '\x1b[?1049h\x1b[H';
const LEAVE_ALTERNATE = '\x1b[?1049l';
/** Show the cursor, end bracketed paste, end colours. */
const PLAIN_AGAIN = '\x1b[?25h\x1b[?2004l\x1b[0m';

let inAlternate = false;

/** Takes the whole screen; `restoreTerminal` gives it back. */
export function enterAlternateScreen(): void {
  if (inAlternate || process.stdout.isTTY !== true) return;
  inAlternate = true;
  write(ENTER_ALTERNATE);
}

/** Gives the screen back with what was on it before. */
export function leaveAlternateScreen(): void {
  if (!inAlternate) return;
  inAlternate = false;
  write(LEAVE_ALTERNATE);
}

/** The terminal as it was: cursor, screen, input mode. Safe to call twice, and from an exit handler. */
export function restoreTerminal(): void {
  if (process.stdin.isTTY === true && process.stdin.isRaw) process.stdin.setRawMode(false);
  // Leaving a screen that was never entered would move the cursor.
  leaveAlternateScreen();
  if (process.stdout.isTTY === true) write(PLAIN_AGAIN);
}

/** Synchronous: an exit handler has no time for anything else. */
function write(text: string): void {
  try {
    writeSync(process.stdout.fd, text);
  } catch {
    // The terminal is gone; there is nothing left to restore.
  }
}

/** Calls `restore` when the process ends, in whatever way Node can tell; returns how to take that back. */
export function onExit(restore: () => void): () => void {
  process.on('exit', restore);
  return () => process.off('exit', restore);
}

/**
 * A reader that went away (`| head`) must not end an operation half-way, nor show a stack: from then on lines go
 * nowhere.
 */
export function outliveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Calls `listener` when nobody reads our output any more; returns how to take that back. */
export function onOutputClosed(listener: () => void): () => void {
  process.stdout.on('error', listener);
  return () => process.stdout.off('error', listener);
}

/** Calls `listener` on Ctrl-C and on a polite stop; returns how to take that back. */
export function onInterrupt(listener: () => void): () => void {
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return () => {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  };
}
