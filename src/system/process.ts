import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Runner } from './run.ts';

/** Who holds something: enough to tell later whether the holder still lives. */
export interface ProcessIdentity {
  readonly host: string;
  /** Changes with every boot, and between process namespaces of one boot. */
  readonly boot: string;
  readonly pid: number;
  /** Process ids are used again; together with the start time they are not. */
  readonly startedAt: string;
}

/** The variables of this process. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** e.g. `linux`, `darwin`. */
export function platform(): string {
  return process.platform;
}

/** The folder in which we were started. */
export function workingFolder(): string {
  return process.cwd();
}

/** The signals that end a process, and what a shell says for one that they ended. */
const ENDING = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type EndingSignal = keyof typeof ENDING;

interface Watch {
  readonly signals: readonly EndingSignal[];
}

const watches = new Set<Watch>();
let ending = false;

/**
 * Lets the signals that end us end us by `exit`, whose listeners give the terminal back and end our children; Node's
 * own way skips them. A signal that somebody watches is theirs.
 */
export function endByExit(): void {
  if (ending) return;
  ending = true;
  for (const [signal, code] of Object.entries(ENDING)) {
    process.on(signal, () => {
      if (![...watches].some(({ signals }) => signals.some((each) => each === signal))) process.exit(code);
    });
  }
}

/** Calls `listener` on any of these signals; returns how to take that back. SIGHUP: the terminal went away. */
export function onSignals(
  listener: () => void,
  signals: readonly EndingSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'],
): () => void {
  const watch = { signals };
  watches.add(watch);
  for (const signal of signals) process.on(signal, listener);
  return () => {
    watches.delete(watch);
    for (const signal of signals) process.off(signal, listener);
  };
}

/** The identity of this process. */
export async function ownIdentity(runner: Runner): Promise<ProcessIdentity> {
  return {
    host: hostname(),
    boot: await bootOf(runner),
    pid: process.pid,
    startedAt: (await startOf(runner, process.pid)) ?? 'unknown',
  };
}

/** Whether a process of this host and boot still runs; undefined where that cannot be told from here. */
export async function isAlive(runner: Runner, other: ProcessIdentity): Promise<boolean | undefined> {
  if (other.host !== hostname() || other.boot === 'unknown' || other.boot !== (await bootOf(runner))) return undefined;
  const started = await startOf(runner, other.pid);
  return started !== undefined && (started === other.startedAt || other.startedAt === 'unknown');
}

async function bootOf(runner: Runner): Promise<string> {
  if (process.platform === 'linux') {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined);
    const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
    return boot === undefined ? 'unknown' : `${boot.trim()} ${namespace}`;
  }
  const { exitCode, stdout } = await runner.run({ argv: ['sysctl', '-n', 'kern.bootsessionuuid'] });
  return exitCode === 0 ? stdout.trim() : 'unknown';
}

async function startOf(runner: Runner, pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') return readFile(`/proc/${pid}/stat`, 'utf8').then(startTicks, () => undefined);
  const { exitCode, stdout } = await runner.run({ argv: ['ps', '-o', 'lstart=', '-p', String(pid)] });
  return exitCode === 0 ? stdout.trim() : undefined;
}

/** Field 22 of /proc/PID/stat; the program name before it may hold blanks and brackets. A zombie has ended. */
export function startTicks(stat: string): string | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}
