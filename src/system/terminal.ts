import { onSignals } from './process.ts';

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
  /** It has a window whose title can be set. */
  readonly titles: boolean;
  /** It is reached over a network. */
  readonly remote: boolean;
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
    titles: !dumb && env.TERM !== 'linux',
    remote: Boolean(env.SSH_CONNECTION || env.SSH_TTY),
  };
}

/** A person sits at both ends. */
export function isInteractive(): boolean {
  return hasKeyboard() && process.stdout.isTTY === true;
}

/** Standard input is a terminal: what is typed there is echoed, unless a face masks it. */
export function hasKeyboard(): boolean {
  return process.stdin.isTTY === true;
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

/** Calls `restore` when the process ends, by a signal too (`endByExit`); returns how to take that back. */
export function onExit(restore: () => void): () => void {
  // Before anything that takes a while: the terminal is the person's again.
  process.prependListener('exit', restore);
  return () => process.off('exit', restore);
}

/**
 * A reader that went away (`| head`: EPIPE, a dropped connection: EIO) must not end an operation half-way, nor show a
 * stack: from then on lines go nowhere. Neither must a disk that is full; `lost` tells why what was said did not arrive.
 */
export function outliveClosedOutput(): { readonly lost: () => NodeJS.ErrnoException | undefined } {
  let lost: NodeJS.ErrnoException | undefined;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'EIO') lost ??= error;
    });
  }
  return { lost: () => lost };
}

/** Calls `listener` when nobody reads our output any more; returns how to take that back. */
export function onOutputClosed(listener: () => void): () => void {
  process.stdout.on('error', listener);
  return () => process.stdout.off('error', listener);
}

/**
 * Calls `listener` on Ctrl-C, on a polite stop and when the terminal goes away; returns how to take that back.
 * @param only these of them; the others end the process (`endByExit`).
 */
export function onInterrupt(listener: () => void, only?: Parameters<typeof onSignals>[1]): () => void {
  return onSignals(listener, only);
}

/** How long a stop by the shell may take to arrive; without a shell that could continue us it never does. */
const STOP_MS = 50;

/**
 * Calls `leave` before this process is stopped (SIGTSTP, or `suspend`) and `back` when it goes on, also after a stop
 * that is not told (SIGSTOP). The size of the terminal is asked anew before `back`.
 * @param stays asked before each stop that is asked for: true where it must not be now. What goes on outside, as an
 * engine that builds, would not stop with us.
 */
export function onSuspend(
  leave: () => void,
  back: () => void,
  stays: () => boolean = () => false,
): { readonly suspend: () => void; readonly forget: () => void } {
  let timer: NodeJS.Timeout | undefined;
  const stop = (pid: number): void => {
    if (timer || stays()) return;
    leave();
    // Only its default stops the process, and the kernel leaves that out where no shell waits for it.
    process.off('SIGTSTP', asked);
    timer = setTimeout(goOn, STOP_MS);
    process.kill(pid, 'SIGTSTP');
  };
  const asked = (): void => stop(process.pid);
  const goOn = (): void => {
    if (timer) process.on('SIGTSTP', asked);
    clearTimeout(timer);
    timer = undefined;
    // A change of size is told to who is in the foreground only; Node asks for it again on this signal.
    process.kill(process.pid, 'SIGWINCH');
    back();
  };
  process.on('SIGTSTP', asked);
  process.on('SIGCONT', goOn);
  return {
    // The whole group, as the terminal would: `npx` stands between us and the shell.
    suspend: () => stop(0),
    forget() {
      clearTimeout(timer);
      process.off('SIGTSTP', asked);
      process.off('SIGCONT', goOn);
    },
  };
}
