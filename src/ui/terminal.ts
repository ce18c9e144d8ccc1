import type { Writable } from 'node:stream';

/** How text may look on this terminal. */
export interface Looks {
  /** Signs beyond ASCII come out right. */
  readonly unicode: boolean;
  readonly colour: boolean;
}

/** What a face may use of the process; handed in, so that tests hand in their own. */
export interface Terminal {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly looks: Looks;
  /** It has a window whose title can be set. */
  readonly titles: boolean;
  /** It is reached over a network: what one key sends may arrive in pieces. */
  readonly remote: boolean;
  readonly now: () => number;
  /** Calls `restore` when the process ends in whatever way (exit, crash, signal); returns how to take that back. */
  readonly onExit: (restore: () => void) => () => void;
  /** Calls `listener` on SIGINT (Ctrl-C, wherever no face reads the keys itself), SIGTERM and SIGHUP, or on `only` these; returns how to take that back. */
  readonly onInterrupt: (listener: () => void, only?: readonly 'SIGINT'[]) => () => void;
  /** Calls `leave` before the process is stopped (Ctrl-Z) and `back` when it goes on; also after a stop that nobody told. `stays` is asked first: true where nothing may be stopped now. */
  readonly onSuspend: (leave: () => void, back: () => void, stays?: () => boolean) => Suspension;
}

/** Being stopped and continued by the shell. */
export interface Suspension {
  /** Stops the process and what the shell started with it, as Ctrl-Z does where the terminal reads the keys. */
  suspend(): void;
  forget(): void;
}

/** The part that a face without questions needs. */
export interface LineTerminal extends Pick<Terminal, 'looks' | 'now' | 'onInterrupt'> {
  readonly output: Writable;
}
