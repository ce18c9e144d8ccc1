import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import type { Runner } from '../system/run.ts';

/** What an SQLite connection may hold open beside the file itself. */
export function partsOf(path: string): readonly string[] {
  return [path, `${path}-wal`, `${path}-shm`, `${path}-journal`];
}

async function programOf(proc: string, pid: string): Promise<string> {
  const name = await readFile(`${proc}/${pid}/comm`, 'utf8').catch(() => '');
  return `${name.trim() || 'another program'} (pid ${pid})`;
}

/** By open files: sees every process of this user, and all of them as root. */
async function byOpenFiles(
  paths: readonly string[],
  proc: string,
  pids: readonly string[],
): Promise<readonly string[]> {
  const found = await Promise.all(
    pids.map(async (pid) => {
      const fds = await readdir(`${proc}/${pid}/fd`).catch(() => []);
      const links = await Promise.all(fds.map((fd) => readlink(`${proc}/${pid}/fd/${fd}`).catch(() => '')));
      return links.some((link) => paths.includes(link)) ? [pid] : [];
    }),
  );
  return found.flat();
}

/**
 * By locks: /proc/locks names the holders of all users, and of containers too. A connection in WAL mode keeps a lock on
 * the -shm file for as long as it lasts.
 */
async function byLocks(paths: readonly string[], proc: string): Promise<readonly string[]> {
  const inodes = await Promise.all(
    paths.map((path) =>
      stat(path).then(
        ({ ino }) => String(ino),
        () => '',
      ),
    ),
  );
  const locks = (await readFile(`${proc}/locks`, 'utf8').catch(() => '')).split('\n');
  return locks.flatMap((line) => {
    // `1: POSIX  ADVISORY  READ 812 fd:00:1234567 128 128`; a lock that somebody waits for has `->`.
    const [, pid, inode] = /(?:POSIX|OFDLCK)\s+\S+\s+\S+\s+(-?\d+)\s+[0-9a-f]+:[0-9a-f]+:(\d+)\s/.exec(line) ?? [];
    return pid !== undefined && inode !== undefined && inodes.includes(inode) ? [pid] : [];
  });
}

/** Where there is no /proc. Its output is one line a field: p and c of each process. */
async function byLsof(paths: readonly string[], runner: Pick<Runner, 'run'>): Promise<readonly string[]> {
  const { stdout } = await runner.run({ argv: ['lsof', '-F', 'pc', '--', ...paths] });
  return [...stdout.matchAll(/^p(\d+)\nc(.*)$/gm)].map(([, pid, name]) => `${name} (pid ${pid})`);
}

/** Programs of this machine that have an SQLite database open, in words; the file is named with links followed. */
export async function openersOf(
  path: string,
  runner: Pick<Runner, 'run'>,
  self: number,
  proc = '/proc',
): Promise<readonly string[]> {
  const entries = await readdir(proc).catch(() => undefined);
  if (!entries) return byLsof(partsOf(path), runner);
  const pids = entries.filter((name) => /^\d+$/.test(name));
  const [open, locking] = await Promise.all([byOpenFiles(partsOf(path), proc, pids), byLocks(partsOf(path), proc)]);
  const holders = [...new Set([...open, ...locking])].filter((pid) => pid !== String(self));
  // A process in a name space that we cannot look into has the number 0, or -1 for a lock of the open file itself.
  return Promise.all(holders.map((pid) => (Number(pid) > 0 ? programOf(proc, pid) : 'a program in a container')));
}
