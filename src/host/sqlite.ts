import { open, readdir, readlink, realpath, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { HostEvidence, ProcessFact, Sought, SqliteFact } from './facts.ts';

const MAGIC = 'SQLite format 3\0';

/** The file that an SQLite URL names, relative or absolute; undefined for one in memory. */
export function fileOfUrl(url: string): string | undefined {
  const path = url
    .replace(/^sqlite:(\/\/)?/i, '')
    .replace(/^file:/, '')
    .replace(/\?.*$/, '');
  return path === '' || /:memory:/.test(path) || /[\0\n${}]/.test(path) ? undefined : path;
}

/** Bytes of a file; 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

/** Whether a file is an SQLite database. One that was never written to is empty: there is nothing in it to keep. */
export async function isSqlite(path: string): Promise<boolean> {
  let file: Awaited<ReturnType<typeof open>> | undefined;
  try {
    file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.subarray(0, bytesRead).toString('latin1') === MAGIC;
  } catch {
    return false;
  } finally {
    await file?.close();
  }
}

/** A file that may be one of the databases. */
interface Candidate {
  readonly path: string;
  readonly key?: string;
  readonly what: string;
  readonly confidence: HostEvidence['confidence'];
}

/** Where the URLs of the repository point to, from each folder that they may be relative to; the surest first. */
function namedFiles(
  { root, sqlite }: Sought,
  processes: readonly ProcessFact[],
  mounts: readonly string[],
): readonly Candidate[] {
  const folders = [
    ...processes.flatMap(({ folder, pid, program }) =>
      folder === undefined
        ? []
        : [{ folder, what: `in the folder of ${program} (pid ${pid})`, confidence: 'certain' as const }],
    ),
    ...[root, join(root, 'target/release'), join(root, 'target/debug')].map((folder) => ({
      folder,
      what: folder === root ? 'in the repository' : 'beside the binary',
      confidence: 'likely' as const,
    })),
  ];
  return sqlite.flatMap(({ key, url }) => {
    const file = fileOfUrl(url);
    if (file === undefined) return [];
    const near = folders.map(({ folder, ...why }) => ({ path: resolve(folder, file), key, ...why }));
    const mounted = mounts.map((folder) => join(folder, basename(file)));
    const what = 'in a folder that a container of this repository mounts';
    return [...near, ...mounted.map((path) => ({ path, key, what, confidence: 'likely' as const }))];
  });
}

/** What the running programs have open. */
async function openFiles(processes: readonly ProcessFact[], proc: string): Promise<readonly Candidate[]> {
  const each = processes.map(async ({ pid, program, evidence: { confidence } }) => {
    const fds = await readdir(`${proc}/${pid}/fd`).catch(() => []);
    const links = await Promise.all(fds.map((fd) => readlink(`${proc}/${pid}/fd/${fd}`).catch(() => '')));
    const files = links.filter((link) => /\.(db3?|sqlite3?)$/i.test(link));
    return files.map((path) => ({ path, what: `open in ${program} (pid ${pid})`, confidence }));
  });
  return (await Promise.all(each)).flat();
}

/** SQLite databases that exist where the URLs of the repository point to, or that its programs have open; each once. */
export async function findSqlite(
  sought: Sought,
  {
    processes,
    mounts,
    proc = '/proc',
  }: { processes: readonly ProcessFact[]; mounts: readonly string[]; proc?: string | undefined },
  openersOf: (path: string) => Promise<readonly string[]>,
): Promise<readonly SqliteFact[]> {
  const candidates = [...namedFiles(sought, processes, mounts), ...(await openFiles(processes, proc))];
  const found = new Map<string, SqliteFact>();
  for (const { path: named, key, what, confidence } of candidates) {
    const path = await realpath(named).catch(() => undefined);
    if (path === undefined || found.has(path) || !(await isSqlite(path))) continue;
    const [size, unfolded, openIn] = await Promise.all([sizeOf(path), sizeOf(`${path}-wal`), openersOf(path)]);
    const because = key === undefined ? what : `${what}, named by ${key}`;
    const evidence = { where: path, what: because, confidence };
    found.set(path, { path, size, unfolded, ...(key === undefined ? {} : { key }), openIn, evidence });
  }
  return [...found.values()];
}
