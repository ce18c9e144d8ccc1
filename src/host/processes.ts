import { readFileSync, readlinkSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ProcessFact, Sought } from './facts.ts';
import { asProgram, isUnder, nameConfidence } from './match.ts';

/** Clock ticks a second in /proc/PID/stat; fixed in the kernel's interface to programs. */
const TICKS = 100;

/** A process that belongs to the repository, and the container that it is in, where it is in one. */
export interface SeenProcess {
  readonly fact: ProcessFact;
  /** 64 hexadecimal digits from its control group. */
  readonly container?: string;
  /** It has a process number of its own in another name space: some container, though perhaps of no known engine. */
  readonly nested: boolean;
}

/** What the kernel puts behind the name of a program that was replaced since. */
const DELETED = / \(deleted\)$/;

async function text(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

async function link(path: string): Promise<string | undefined> {
  return readlink(path).catch(() => undefined);
}

/** ISO time of the start; undefined where /proc does not say. */
function startOf(stat: string, boot: number): string | undefined {
  // The name in brackets may hold blanks and brackets.
  const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
  return boot > 0 && ticks > 0 ? new Date((boot + ticks / TICKS) * 1000).toISOString() : undefined;
}

/** What says that a process belongs to the repository; undefined where nothing does. */
function beliefOf(exe: string | undefined, argv: readonly string[], folder: string | undefined, sought: Sought) {
  const { root, binaries } = sought;
  const built = exe !== undefined && isUnder(exe, `${root}/target`);
  // Build scripts and tests run from there as well, and end by themselves.
  if (built && /\/(build|deps)\//.test(exe.slice(root.length))) return undefined;
  const names = [exe, argv[0]].flatMap((path) => (path ? [basename(path)] : []));
  const program = names.find((name) => binaries.includes(name)) ?? (built ? basename(exe) : undefined);
  if (program === undefined) return undefined;
  const inside = [exe, folder].some((path) => path !== undefined && isUnder(path, root));
  const what = built
    ? `runs ${exe.slice(root.length + 1)}`
    : `${exe === undefined || basename(exe) !== program ? 'calls itself' : 'is named'} ${program}`;
  return {
    ...asProgram(program, argv.slice(1), sought),
    what: inside && !built ? `${what} and works in the repository` : what,
    confidence: inside ? ('certain' as const) : nameConfidence(program),
  };
}

/** A process as it names itself: enough to tell whether it is looked at further. */
interface RawProcess {
  readonly pid: string;
  readonly exe?: string;
  readonly argv: readonly string[];
}

/** All processes of this machine but our own; can be read before it is known what is looked for. */
export interface ProcessTable {
  readonly proc: string;
  readonly boot: number;
  readonly processes: readonly RawProcess[];
}

/** Empty where /proc is not Linux's. */
export async function readProcesses(self: number, proc = '/proc'): Promise<ProcessTable> {
  const pids = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name) && Number(name) !== self);
  pids.sort((a, b) => Number(a) - Number(b));
  const boot = Number(/^btime (\d+)$/m.exec(await text(`${proc}/stat`))?.[1] ?? 0);
  return { proc, boot, processes: pids.map((pid) => readProcess(proc, pid)) };
}

/** Not in turns: these files are in memory, and a promise for each costs four times the reading (400: 23 and 78 ms). */
function readProcess(proc: string, pid: string): RawProcess {
  // Kernel threads have neither; a process of another user hides its exe and shows its command line.
  const exe = orNothing(() => readlinkSync(`${proc}/${pid}/exe`))?.replace(DELETED, '');
  const cmdline = orNothing(() => readFileSync(`${proc}/${pid}/cmdline`, 'utf8')) ?? '';
  return { pid, ...(exe === undefined ? {} : { exe }), argv: cmdline.split('\0').filter((word) => word !== '') };
}

function orNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

async function look(
  { proc, boot }: ProcessTable,
  { pid, exe, argv }: RawProcess,
  sought: Sought,
): Promise<SeenProcess | undefined> {
  const at = `${proc}/${pid}`;
  const names = [exe, argv[0]].flatMap((path) => (path ? [basename(path)] : []));
  const isCandidate =
    names.some((name) => sought.binaries.includes(name)) ||
    (exe !== undefined && isUnder(exe, `${sought.root}/target`));
  if (!isCandidate) return undefined;
  const [folder, stat, groups, status] = await Promise.all([
    link(`${at}/cwd`),
    text(`${at}/stat`),
    text(`${at}/cgroup`),
    text(`${at}/status`),
  ]);
  const belief = beliefOf(exe, argv, folder, sought);
  if (!belief) return undefined;
  const { what, confidence, ...program } = belief;
  const container = /[0-9a-f]{64}/.exec(groups)?.[0];
  const since = startOf(stat, boot);
  return {
    fact: {
      pid: Number(pid),
      ...program,
      ...(folder === undefined ? {} : { folder }),
      ...(since === undefined ? {} : { since }),
      evidence: { where: `${proc}/${pid}`, what, confidence },
    },
    ...(container ? { container } : {}),
    nested: (/^NSpid:\s*(.*)$/m.exec(status)?.[1] ?? '').trim().split(/\s+/).length > 1,
  };
}

/** Processes of this machine that run a program of the repository. */
export async function findProcesses(sought: Sought, table: ProcessTable): Promise<readonly SeenProcess[]> {
  const seen = await Promise.all(table.processes.map((each) => look(table, each, sought)));
  return seen.flatMap((each) => each ?? []);
}
