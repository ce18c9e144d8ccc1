import { Duplex, PassThrough } from 'node:stream';
import { expect } from 'vitest';
import { type Command, type Line, printCommand, type Result, type Runner } from '../../src/system/run.ts';

/** What the fake answers to a command. */
export interface Answer {
  readonly stdout?: string | readonly string[];
  readonly stderr?: string | readonly string[];
  readonly exitCode?: number;
  readonly missing?: boolean;
  /** `stream` stays open after its lines until the signal aborts. */
  readonly open?: boolean;
  /** Called before each answer, e.g. to change what comes next. */
  readonly then?: (command: Command) => void;
}

/** A row of the table: the beginning of the argv, blank-separated, and what it answers (the last of a list repeats). */
export type Table = Readonly<Record<string, Answer | readonly Answer[] | ((command: Command) => Answer)>>;

/** A runner that answers from a table; the longest matching prefix wins and an unknown command fails the test. */
export function fakeRunner(table: Table): Runner & { readonly calls: Command[]; readonly printed: () => string[] } {
  const calls: Command[] = [];
  const counts = new Map<string, number>();

  function answer(command: Command): Answer {
    calls.push(command);
    const typed = command.argv.join(' ');
    const key = Object.keys(table)
      .filter((prefix) => typed === prefix || typed.startsWith(`${prefix} `))
      .sort((a, b) => b.length - a.length)[0];
    const row = key === undefined ? undefined : table[key];
    if (key === undefined || row === undefined) return expect.fail(`unknown command: ${printCommand(command)}`);
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    const found = typeof row === 'function' ? row(command) : isList(row) ? row[Math.min(nth, row.length - 1)] : row;
    found?.then?.(command);
    return found ?? {};
  }

  return {
    calls,
    printed: () => calls.map(printCommand),
    async run(command): Promise<Result> {
      const { stdout, stderr, exitCode, missing } = answer(command);
      return {
        stdout: text(stdout),
        stderr: text(stderr),
        exitCode: missing ? -1 : (exitCode ?? 0),
        missing: missing ?? false,
      };
    },
    async *stream(command, options): AsyncGenerator<readonly Line[], number> {
      const { stdout, stderr, exitCode, missing, open } = answer(command);
      yield lines(stdout).map((line) => ({ from: 'stdout', text: line }));
      yield lines(stderr).map((line) => ({ from: 'stderr', text: line }));
      const signal = options?.signal;
      if (open && signal && !signal.aborted) {
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
      }
      if (missing) return -1;
      return signal?.aborted ? 130 : (exitCode ?? 0);
    },
    async attach(command) {
      return answer(command).exitCode ?? 0;
    },
    async talk(command) {
      const { stdout, stderr, exitCode, missing } = answer(command);
      const ended = Promise.resolve({ exitCode: exitCode ?? 0, stderr: text(stderr), missing: missing ?? false });
      const said = new PassThrough();
      said.end(text(stdout));
      const heard = new PassThrough().resume();
      return { stream: Duplex.from({ readable: said, writable: heard }), ended, stop: () => undefined };
    },
  };
}

function isList(row: Answer | readonly Answer[]): row is readonly Answer[] {
  return Array.isArray(row);
}

function lines(output: string | readonly string[] | undefined): readonly string[] {
  if (output === undefined) return [];
  return typeof output === 'string' ? output.split('\n').filter((line) => line !== '') : output;
}

function text(output: string | readonly string[] | undefined): string {
  return typeof output === 'string' ? output : (output ?? []).map((line) => `${line}\n`).join('');
}

/** Everything that a generator yields (Node 20 has no Array.fromAsync). */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
