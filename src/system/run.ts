import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { Duplex, type Readable } from 'node:stream';
import { execa } from 'execa';
import { placeToCut, redact, Secret } from '../secret.ts';
import { mergeLines } from './lines.ts';
import { patience } from './patience.ts';
import { onSignals } from './process.ts';

/** A program call as a value: what dry run, journal, error text and tests show is what runs. */
export interface Command {
  readonly argv: readonly [program: string, ...args: string[]];
  /** What standard input gets; the only way a secret reaches a program. */
  readonly stdin?: Secret | string | Buffer | Readable;
  readonly cwd?: string;
  /** Added to our own environment; never a secret. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Result {
  /** -1 where the program could not be started. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The program does not exist on this machine. */
  readonly missing: boolean;
}

/** A line of a running program. */
export interface Line {
  readonly from: 'stdout' | 'stderr';
  readonly text: string;
}

/** The port through which everything calls programs; tests pass a table instead. */
export interface Runner {
  /** Runs to the end; a non-zero exit is a result, not an exception. */
  run(command: Command, options?: { readonly signal?: AbortSignal; readonly timeoutMs?: number }): Promise<Result>;
  /**
   * Yields lines as they come, those that came together at once (one by one they cost more than what is done with them),
   * and returns the exit code; an abort sends SIGTERM and waits for the end.
   */
  stream(command: Command, options?: { readonly signal?: AbortSignal }): AsyncGenerator<readonly Line[], number>;
  /** Gives the terminal to the program until it ends. */
  attach(command: Command): Promise<number>;
  /** Starts a program to talk with through its standard input and output. */
  talk(command: Command): Promise<Talk>;
}

/** A program that runs and is talked with. */
export interface Talk {
  /** What is written is its standard input, what is read its output; ends with the program. */
  readonly stream: Duplex;
  /** Its exit code and the last it wrote to the other pipe, when it has ended. */
  readonly ended: Promise<Pick<Result, 'exitCode' | 'stderr' | 'missing'>>;
  /** Ends it. */
  stop(): void;
}

/** A command as a person would type it (stdin is never part of it). */
export function printCommand({ argv }: Command): string {
  return redact(
    argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' '),
  );
}

/** What a program may write to one pipe of `run` before it is stopped. */
const MAX_BUFFER = 64 * 1024 * 1024;
/** How long a program has between SIGTERM and SIGKILL. */
const GRACE_MS = 10_000;
/** What a shell says for a program that ran out of time, and for one that was interrupted. */
const TIMED_OUT = 124;
const INTERRUPTED = 130;

type Child = ReturnType<typeof spawn>;
/** A child as far as it is ended. */
interface Started extends PromiseLike<unknown> {
  readonly pid?: number | undefined;
  kill(signal: NodeJS.Signals): boolean;
}

// Detached children outlive us by themselves: whatever ends this process ends them too, a signal by `endByExit`.
const running = new Set<Started>();

function endAll(): void {
  for (const child of running) child.kill('SIGTERM');
}

/**
 * The real runner. Children are leaders of their own process group, so that Ctrl-C in the terminal reaches
 * only us and we decide what it means to them; `attach` alone shares the terminal.
 */
export function runner(): Runner {
  // First of all: what is kept for the next start (bin/load.cjs) takes a while.
  if (!process.listeners('exit').includes(endAll)) process.prependListener('exit', endAll);
  return { run, stream, attach, talk };
}

async function run(
  command: Command,
  { signal, timeoutMs }: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
): Promise<Result> {
  if (signal?.aborted) return { exitCode: INTERRUPTED, stdout: '', stderr: '', missing: false };
  const child = start(command, true);
  let late = false;
  const stop = stopper(child);
  const tooLate = () => {
    late = true;
    stop();
  };
  const forget = timeoutMs === undefined ? undefined : patience(timeoutMs, tooLate);
  signal?.addEventListener('abort', stop);
  const result = await child;
  forget?.();
  signal?.removeEventListener('abort', stop);
  const missing = isMissing(result, command);
  const stdout = asText(result.stdout, result);
  const stderr = asText(result.stderr, result);
  if (late) return { exitCode: TIMED_OUT, stdout, stderr: `${stderr}no answer within ${timeoutMs} ms\n`, missing };
  return { exitCode: exitCodeOf(result), stdout, stderr, missing };
}

async function* stream(
  command: Command,
  { signal }: { readonly signal?: AbortSignal } = {},
): AsyncGenerator<readonly Line[], number> {
  if (signal?.aborted) return INTERRUPTED;
  const child = start(command, false);
  const stop = stopper(child);
  signal?.addEventListener('abort', stop);
  let ended = false;
  try {
    if (child.stdout && child.stderr) yield* mergeLines(child.stdout, child.stderr);
    const result = await child;
    ended = true;
    return exitCodeOf(result);
  } finally {
    // The reader went away before the end: the program has nobody to talk to.
    if (!ended) {
      stop();
      child.stdout?.resume();
      child.stderr?.resume();
      await child;
    }
    signal?.removeEventListener('abort', stop);
  }
}

async function attach(command: Command): Promise<number> {
  // Ctrl-C belongs to the program while it owns the terminal; without a listener it would end us first.
  const forget = onSignals(() => undefined, ['SIGINT']);
  try {
    const result = await execa(command.argv[0], command.argv.slice(1), { ...shared(command), stdio: 'inherit' });
    return exitCodeOf(result);
  } finally {
    forget();
  }
}

/** What is kept of the other pipe of a program that is talked with. */
const LAST_WORDS = 4_096;

async function talk(command: Command): Promise<Talk> {
  const child = execa(command.argv[0], command.argv.slice(1), {
    ...shared(command),
    stdio: 'pipe',
    buffer: false,
    detached: true,
    forceKillAfterDelay: false,
  });
  follow(child);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-LAST_WORDS);
  });
  const ended = child.then((result) => ({
    exitCode: exitCodeOf(result),
    stderr,
    missing: isMissing(result, command),
  }));
  return { stream: Duplex.from({ writable: child.stdin, readable: child.stdout }), ended, stop: stopper(child) };
}

function start(command: Command, buffer: boolean): Child {
  const child = spawn(command, buffer);
  follow(child);
  return child;
}

function follow(child: Started): void {
  running.add(child);
  const forget = () => running.delete(child);
  void child.then(forget, forget);
}

function spawn(command: Command, buffer: boolean) {
  const { stdin } = command;
  const input = stdin instanceof Secret ? stdin.reveal() : stdin;
  return execa(command.argv[0], command.argv.slice(1), {
    ...shared(command),
    ...(input === undefined ? ({ stdin: 'ignore' } as const) : { input }),
    buffer,
    maxBuffer: MAX_BUFFER,
    detached: true,
    forceKillAfterDelay: false,
  });
}

function shared({ cwd, env }: Command) {
  return {
    reject: false,
    stripFinalNewline: false,
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
  } as const;
}

/** SIGTERM to the program, which tells its own children; after the grace time SIGKILL to the whole group. */
function stopper(child: Started): (reason?: unknown) => void {
  let asked = false;
  return () => {
    if (asked) return;
    asked = true;
    child.kill('SIGTERM');
    const timer = setTimeout(() => killGroup(child), GRACE_MS);
    const settled = () => clearTimeout(timer);
    void child.then(settled, settled);
  };
}

function killGroup({ pid }: Started): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // ESRCH: it ended in this very moment.
  }
}

interface Ended {
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly code?: string | undefined;
}

interface Stopped {
  readonly isMaxBuffer?: boolean | undefined;
  readonly isTerminated?: boolean | undefined;
}

function isMissing({ code }: Ended, { cwd }: Command): boolean {
  // A missing working folder gives ENOENT as well.
  return code === 'ENOENT' && (cwd === undefined || existsSync(cwd));
}

function exitCodeOf({ exitCode, signal }: Ended): number {
  if (exitCode !== undefined) return exitCode;
  const numbers: Readonly<Record<string, number>> = constants.signals;
  return signal === undefined ? -1 : 128 + (numbers[signal] ?? 0);
}

/** What a program wrote; where it was stopped, half a value at the end would not be known as one. */
function asText(output: unknown, { isMaxBuffer, isTerminated }: Stopped): string {
  if (typeof output !== 'string') return '';
  return isMaxBuffer === true || isTerminated === true ? output.slice(0, placeToCut(output)) : output;
}
