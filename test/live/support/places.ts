import { spawn } from 'node:child_process';
import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { docker, run } from './run.ts';
import { type Place, text } from './search.ts';

const GZIP = Buffer.from([0x1f, 0x8b]);

/** What `docker inspect` shows of something. */
export function inspected(kind: 'container' | 'image' | 'volume' | 'network', ids: readonly string[]): Place {
  return text(`${kind} inspect`, docker(kind, 'inspect', ...ids));
}

export function history(image: string): Place {
  return text(`history of ${image}`, docker('history', '--no-trunc', '--format', '{{json .}}', image));
}

export function log(container: string): Place {
  const logs = run(['docker', 'logs', '--timestamps', '--details', container]);
  return text(
    `log of ${container}`,
    logs.then(({ stdout, stderr }) => stdout + stderr),
  );
}

/** Every file of an image: its layers, unpacked where they are compressed. */
export function layers(images: readonly string[]): Place {
  return {
    name: `layers of ${images.join(', ')}`,
    read: async function* () {
      const child = spawn('docker', ['save', ...images], { stdio: ['ignore', 'pipe', 'inherit'] });
      const tar = extract();
      child.stdout.pipe(tar);
      for await (const entry of tar) yield* unpacked(Readable.from(entry));
    },
  };
}

async function* unpacked(entry: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  const chunks = entry[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done) return;
  const rest = async function* () {
    yield first.value;
    for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
  };
  if (!first.value.subarray(0, 2).equals(GZIP)) return yield* rest();
  yield* Readable.from(rest()).pipe(createGunzip());
}

/** Every file below a folder, hidden ones too, and the names themselves. */
export function folder(path: string, name = `files of ${path}`, isMeant = (_name: string): boolean => true): Place {
  return {
    name,
    read: async function* () {
      const entries = readdirSync(path, { recursive: true, withFileTypes: true });
      yield Buffer.from(entries.map(({ name }) => name).join('\n'));
      for (const entry of entries) {
        if (entry.isFile() && isMeant(entry.name)) yield* createReadStream(join(entry.parentPath, entry.name));
        yield Buffer.from('\n');
      }
    },
  };
}

/** Everything in the file system of a container, but for its volumes: the image, and what was written since. */
export function exported(container: string): Place {
  return {
    name: `export of ${container}`,
    read: async function* () {
      const child = spawn('docker', ['export', container], { stdio: ['ignore', 'pipe', 'inherit'] });
      yield* child.stdout;
    },
  };
}

/** A file, however large. */
export function file(path: string, name = path): Place {
  return { name, read: () => createReadStream(path) };
}

/** What the engine itself writes, where it can be read: the lab's file. */
export function engineLog(): Place | undefined {
  const path = join(process.env.TRADING_SETUP_LAB ?? '', 'dockerd.log');
  return existsSync(path) ? file(path, 'log of the engine') : undefined;
}
