import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { z } from 'zod';
import { CARGO_HOME, cargo } from './cargo.ts';

/** A thing that a person found by reading, and where. */
const Told = z.strictObject({ name: z.string(), says: z.string() });

const Crate = z.strictObject({
  name: z.string(),
  version: z.string(),
  sha256: z.string(),
  env: z.array(Told).optional(),
  subcommands: z.array(Told).optional(),
});

const Workspace = z.strictObject({
  name: z.string(),
  /** A crate that lies at the top; its own manifest goes before ours. */
  root: z.string().optional(),
  manifest: z.string(),
  folder: z.string(),
  crates: z.array(z.string()),
});

const List = z.strictObject({ crates: z.array(Crate), workspaces: z.array(Workspace) });

export type Crate = z.infer<typeof Crate>;
/** Real packages put together in a workspace of ours: published crates no longer have theirs. */
export type MadeWorkspace = z.infer<typeof Workspace>;

/** The crates of the corpus, pinned by content. */
export function readCrates(here: string): z.infer<typeof List> {
  return List.parse(JSON.parse(readFileSync(join(here, 'crates.json'), 'utf8')));
}

const CACHE = join(process.env.TRADING_SETUP_CORPUS ?? join(homedir(), '.cache'), 'trading-setup-corpus');

/** The archive of a crate, by cargo where it is not in the cache yet; throws with the reason. */
export function fetchCrate({ name, version, sha256 }: Crate): string {
  const file = `${name}-${version}.crate`;
  const kept = join(CACHE, file);
  if (existsSync(kept) && digest(kept) === sha256) return kept;
  mkdirSync(CACHE, { recursive: true });
  const found = fetched(file) ?? ask(name, version, file);
  if (digest(found) !== sha256) throw new Error(`${file} is not what crates.json pins: its SHA-256 differs`);
  copyFileSync(found, `${kept}.new`);
  renameSync(`${kept}.new`, kept);
  return kept;
}

/** `cargo info` downloads one crate and nothing that it depends on. */
function ask(name: string, version: string, file: string): string {
  const { ok, text } = cargo(['info', '--quiet', '--color', 'never', `${name}@${version}`]);
  const found = ok ? fetched(file) : undefined;
  if (found === undefined)
    throw new Error(`cargo cannot fetch ${name} ${version}: ${text.trim().split('\n')[0] ?? ''}`);
  return found;
}

function fetched(file: string): string | undefined {
  const cache = join(CARGO_HOME, 'registry/cache');
  const registries = existsSync(cache) ? readdirSync(cache) : [];
  return registries.map((registry) => join(cache, registry, file)).find((path) => existsSync(path));
}

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Unpacks an archive; its top folder becomes the folder given. */
export async function unpackCrate(archive: string, folder: string): Promise<void> {
  const entries = extract();
  entries.on('entry', (header, stream, next) => {
    const path = header.name.split('/').slice(1).join('/');
    const chunks: Buffer[] = [];
    stream.on('data', (chunk) => {
      if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    });
    stream.on('end', () => {
      if (header.type === 'file' && path !== '' && !path.split('/').includes('..')) put(join(folder, path), chunks);
      next();
    });
  });
  await pipeline(Readable.from([readFileSync(archive)]), createGunzip(), entries);
}

function put(file: string, chunks: readonly Buffer[]): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, Buffer.concat(chunks));
}
