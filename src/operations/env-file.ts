import { join } from 'node:path';
import { readBlock, withBlock } from '../artifacts/blocks.ts';
import { secretsRevision } from '../stack/names.ts';
import { readText, writeAtomic } from '../system/files.ts';

/** `.env` often holds other people's secrets. */
const PRIVATE = 0o600;

const ASSIGNMENT = /^([A-Za-z_]\w*)=([^\r\n]*)\r?$/;

function linesOf(block: string): readonly string[] {
  return block.split('\n').slice(0, -1);
}

function parse(block: string): ReadonlyMap<string, string> {
  const pairs = linesOf(block).flatMap((line) => {
    const [, name, value = ''] = ASSIGNMENT.exec(line) ?? [];
    return name === undefined ? [] : [[name, value] as const];
  });
  return new Map(pairs);
}

/** The block with these values; every other line that somebody put into it stays. */
function withValues(block: string, values: ReadonlyMap<string, string>): string {
  const there = parse(block);
  const kept = linesOf(block).map((line) => {
    const [, name = ''] = ASSIGNMENT.exec(line) ?? [];
    const value = values.get(name);
    return value === undefined || value === there.get(name)
      ? line
      : `${name}=${value}${line.endsWith('\r') ? '\r' : ''}`;
  });
  const added = [...values].filter(([name]) => !there.has(name)).map(([name, value]) => `${name}=${value}`);
  const end = block.includes('\r\n') ? '\r\n' : '\n';
  return [...kept.map((line) => `${line}\n`), ...added.sort().map((line) => `${line}${end}`)].join('');
}

/** The revision of each service's secrets in our block of `.env`. */
export async function readRevisions(dir: string, services: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const values = parse(readBlock((await readText(join(dir, '.env'))) ?? '', 'hash-block') ?? '');
  return new Map(services.map((service) => [service, Number(values.get(secretsRevision(service)) ?? 0)]));
}

/**
 * Writes the revisions of secret volumes into our block of `.env`; nothing else in the file is looked at.
 * @param write what puts a file on the disk.
 */
export async function writeRevisions(
  dir: string,
  revisions: ReadonlyMap<string, number>,
  write = writeAtomic,
): Promise<void> {
  const path = join(dir, '.env');
  const current = await readText(path);
  const values = new Map([...revisions].map(([service, revision]) => [secretsRevision(service), String(revision)]));
  const next = withBlock(current, 'hash-block', withValues(readBlock(current ?? '', 'hash-block') ?? '', values));
  if (next !== current) await write(path, next, current === undefined ? { mode: PRIVATE } : {});
}
