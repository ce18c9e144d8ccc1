import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import type { Ownership } from '../engine/volume-tar.ts';
import { SetupError } from '../errors.ts';
import type { Workbench } from './execute.ts';

/** The last entry: without it the sending was not completed. */
const COMPLETE = '.complete';
const MAGIC = 'SQLite format 3\0';
const DO_WITHOUT = (service: string) => `Or start without it: trading-setup init --set adopt.sqlite.${service}=null`;

/** An SQLite database of this machine, links followed, as it is at one moment. */
export interface Source {
  /** Absolute. */
  readonly path: string;
  readonly name: string;
  /** What is part of the data: the file, its write-ahead log, its rollback journal. */
  readonly parts: readonly Part[];
}

interface Part {
  readonly path: string;
  readonly size: number;
  /** Changes with every write. */
  readonly state: string;
}

async function partAt(path: string): Promise<Part | undefined> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  return { path, size: Number(found.size), state: `${found.ino} ${found.size} ${found.mtimeNs}` };
}

async function startsLikeSqlite(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, 0);
    return buffer.toString('latin1', 0, bytesRead) === MAGIC;
  } finally {
    await file.close();
  }
}

function unusable(service: string, sentence: string, code: string, next: readonly string[] = []): SetupError {
  return new SetupError('needs-you', sentence, { code, next: [...next, DO_WITHOUT(service)] });
}

/**
 * The database that a service takes over.
 * @throws SetupError exit 4: it is not there, cannot be read, or is no SQLite database.
 */
export async function readSource(dir: string, service: string, written: string): Promise<Source> {
  const wanted = resolve(dir, written);
  const path = await realpath(wanted).catch(() => undefined);
  const file = path && (await partAt(path));
  if (!path || !file) {
    throw unusable(service, `${wanted}, whose data ${service} is to take over, is not there.`, 'adopt-missing', [
      `Name the file: trading-setup init --set adopt.sqlite.${service}=PATH`,
    ]);
  }
  const isSqlite = await startsLikeSqlite(path).catch(() => undefined);
  if (isSqlite === undefined)
    throw unusable(service, `${path} cannot be read.`, 'adopt-unreadable', [`Make it readable: ls -l ${path}`]);
  if (!isSqlite) throw unusable(service, `${path} is no SQLite database.`, 'adopt-not-sqlite');
  const beside = await Promise.all([partAt(`${path}-wal`), partAt(`${path}-journal`)]);
  return { path, name: basename(path), parts: [file, ...beside.flatMap((part) => part ?? [])] };
}

/** While somebody has it open, what is copied would not be what it is a moment later. @throws SetupError exit 4. */
export async function refuseOpen(
  { whoHasOpen }: Pick<Workbench, 'whoHasOpen'>,
  service: string,
  { path }: Pick<Source, 'path'>,
): Promise<void> {
  const who = await whoHasOpen(path);
  if (who.length === 0) return;
  const pids = who.flatMap((each) => /\(pid (\d+)\)/.exec(each)?.[1] ?? []);
  throw new SetupError('needs-you', `${path} is open in ${who.join(', ')}: it is copied when nobody writes to it.`, {
    code: 'adopt-open',
    next: [
      pids.length === 0
        ? 'Stop it, then run the same command again.'
        : `Stop it (kill -TERM ${pids.join(' ')}), then run the same command again.`,
      DO_WITHOUT(service),
    ],
  });
}

/** Sends the database as a tar; `unchanged` is asked when everything was read, and only its yes completes the tar. */
export function sendSource(source: Source, owner: Ownership, unchanged: () => Promise<boolean>): Readable {
  const tar = pack();
  const fill = async () => {
    for (const part of source.parts) await addPart(tar, part, owner);
    if (await unchanged()) tar.entry({ name: COMPLETE, ...owner }, '');
    tar.finalize();
  };
  fill().catch((error: unknown) => tar.destroy(error instanceof Error ? error : new Error(String(error))));
  return Readable.from(tar);
}

async function addPart(tar: Pack, { path, size }: Part, owner: Ownership): Promise<void> {
  const header = { name: basename(path), size, ...owner };
  if (size === 0) return void tar.entry(header, '');
  await new Promise<void>((done, fail) => {
    const entry = tar.entry(header, (error) => (error ? fail(error) : done()));
    // What is written after the size was taken is not part of this moment.
    pipeline(createReadStream(path, { end: size - 1 }), entry).catch(fail);
  });
}

/** Sixteen hexadecimal digits that change with every write to the database, and with another file in its place. */
export function markOf({ parts }: Pick<Source, 'parts'>): string {
  // An empty log comes and goes with whoever reads the database.
  const written = parts.filter(({ size }, at) => at === 0 || size > 0);
  const words = written.map(({ path, state }) => `${path} ${state}`).join('\n');
  return createHash('sha256').update(words).digest('hex').slice(0, 16);
}

/** Whether the database is still as it was. */
export async function isUnchanged(source: Source): Promise<boolean> {
  const names = [source.path, `${source.path}-wal`, `${source.path}-journal`];
  const now = (await Promise.all(names.map(partAt))).flatMap((part) => part ?? []);
  const words = (parts: readonly Part[]) => parts.map(({ path, state }) => `${path} ${state}`).join('\n');
  return words(now) === words(source.parts);
}

/** It was written to while it was sent. */
export function sourceChanged({ path }: Pick<Source, 'path'>): SetupError {
  return new SetupError('needs-you', `${path} was written to while it was copied; nothing was taken over.`, {
    code: 'adopt-changed',
    next: ['Stop whatever writes to it, then run the same command again.'],
  });
}
