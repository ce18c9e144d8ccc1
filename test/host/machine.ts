import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Sought } from '../../src/host/facts.ts';

export function folder(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'host-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

export function put(path: string, text: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** A process as /proc shows it; a process of another user has neither exe nor cwd. */
export interface Faked {
  readonly exe?: string;
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly cgroup?: string;
  readonly nspid?: string;
  /** Files that it has open. */
  readonly open?: readonly string[];
}

/** A folder that looks like /proc, booted at 1700000000. */
export function fakeProc(processes: Readonly<Record<number, Faked>>): string {
  const proc = folder();
  put(join(proc, 'stat'), 'cpu 1 2 3\nbtime 1700000000\n');
  put(join(proc, 'self', 'comm'), 'nobody\n');
  for (const [pid, { exe, argv, cwd, cgroup = '0::/user.slice', nspid = pid, open = [] }] of Object.entries(
    processes,
  )) {
    const at = join(proc, pid);
    put(join(at, 'cmdline'), `${argv.join('\0')}\0`);
    put(join(at, 'comm'), `${argv[0]?.split('/').at(-1) ?? ''}\n`);
    // Field 22, counted from the bracket: 6000 ticks are a minute.
    put(join(at, 'stat'), `${pid} (a (b) c) S ${'0 '.repeat(18)}6000 0 0`);
    put(join(at, 'cgroup'), `${cgroup}\n`);
    put(join(at, 'status'), `Name:\tx\nNSpid:\t${nspid}\n`);
    if (exe) symlinkSync(exe, join(at, 'exe'));
    if (cwd) symlinkSync(cwd, join(at, 'cwd'));
    mkdirSync(join(at, 'fd'));
    for (const [fd, path] of open.entries()) symlinkSync(path, join(at, 'fd', String(fd)));
  }
  return proc;
}

/** What is looked for in the tests: one binary with three subcommands, and one whose name says nothing. */
export function sought(root: string, over: Partial<Sought> = {}): Sought {
  return {
    root,
    binaries: ['algo-trade', 'server'],
    subcommands: [
      { binary: 'algo-trade', name: 'run', kind: 'daemon' },
      { binary: 'algo-trade', name: 'backtest', kind: 'one-shot' },
    ],
    sqlite: [{ key: 'BOT_DATABASE_URL', url: 'sqlite://bots.db?mode=rwc' }],
    ...over,
  };
}
