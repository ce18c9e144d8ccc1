import { join } from 'node:path';
import { readBlock, withBlock } from '../artifacts/blocks.ts';
import { secretsRevision } from '../stack/names.ts';
import { readText, writeAtomic } from '../system/files.ts';

/** `.env` often holds other people's secrets. */
const PRIVATE = 0o600;

function parse(block: string): Map<string, string> {
  const pairs = block.split('\n').flatMap((line) => {
    const [name, value] = line.split('=');
    return name && value !== undefined ? [[name, value] as const] : [];
  });
  return new Map(pairs);
}

/** The revision of each service's secrets in our block of `.env`. */
export async function readRevisions(dir: string, services: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const values = parse(readBlock((await readText(join(dir, '.env'))) ?? '', 'hash-block') ?? '');
  return new Map(services.map((service) => [service, Number(values.get(secretsRevision(service)) ?? 0)]));
}

/** Writes the revisions of secret volumes into our block of `.env`; nothing else in the file is looked at. */
export async function writeRevisions(dir: string, revisions: ReadonlyMap<string, number>): Promise<void> {
  const path = join(dir, '.env');
  const current = await readText(path);
  const values = parse(readBlock(current ?? '', 'hash-block') ?? '');
  for (const [service, revision] of revisions) values.set(secretsRevision(service), String(revision));
  const block = [...values].sort().map(([name, value]) => `${name}=${value}\n`);
  const next = withBlock(current, 'hash-block', block.join(''));
  if (next !== current) await writeAtomic(path, next, current === undefined ? { mode: PRIVATE } : {});
}
