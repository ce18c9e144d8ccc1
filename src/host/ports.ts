import { readdir, readFile, readlink } from 'node:fs/promises';

/** Listening TCP sockets of this machine: port → inode. Empty where /proc is not Linux's. */
async function listeningSockets(): Promise<ReadonlyMap<number, string>> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')),
  );
  const sockets = new Map<number, string>();
  for (const line of tables.flatMap((table) => table.split('\n').slice(1))) {
    const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
    // 0A is LISTEN; the port is hexadecimal after the last colon.
    if (state === '0A' && local && inode) sockets.set(Number.parseInt(local.split(':').at(-1) ?? '', 16), inode);
  }
  return sockets;
}

async function holds(pid: string, inode: string): Promise<boolean> {
  const fds = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const links = await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
  return links.includes(`socket:[${inode}]`);
}

/** `name (pid N)` of the program behind a socket; undefined where it belongs to another user. */
async function programBehind(inode: string): Promise<string | undefined> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    if (!(await holds(pid, inode))) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => 'a program');
    return `${name.trim()} (pid ${pid})`;
  }
  return undefined;
}

/** Which of these ports a program of this machine listens on, and its name. */
export async function portHolders(wanted: readonly number[]): Promise<ReadonlyMap<number, string>> {
  const sockets = await listeningSockets();
  const taken = wanted.flatMap((port) => {
    const inode = sockets.get(port);
    return inode === undefined ? [] : [{ port, inode }];
  });
  const named = taken.map(
    async ({ port, inode }) => [port, (await programBehind(inode)) ?? 'another program'] as const,
  );
  return new Map(await Promise.all(named));
}
