import { spawn } from 'node:child_process';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { docker, run } from './run.ts';

/** A place that could show a secret, and how to read all of it. */
export interface Place {
  readonly name: string;
  readonly read: () => AsyncIterable<Buffer> | Iterable<Buffer>;
}

/** Something to look for. */
export interface Needle {
  readonly name: string;
  readonly bytes: Buffer;
}

const GZIP = Buffer.from([0x1f, 0x8b]);

/** The value as it is, and in the forms in which tools like to write it. */
export function formsOf(name: string, value: string): readonly Needle[] {
  // Compose doubles what would be interpolated.
  const doubled = value.replaceAll('$', '$$$$');
  const forms = {
    '': value,
    ' (percent-encoded)': encodeURIComponent(value),
    ' (JSON)': JSON.stringify(value).slice(1, -1),
    ' ($ doubled)': doubled,
    ' ($ doubled, JSON)': JSON.stringify(doubled).slice(1, -1),
    ' (base64)': Buffer.from(value).toString('base64').replace(/=+$/, ''),
    ' (hex)': Buffer.from(value).toString('hex'),
  };
  const unique = new Map(Object.entries(forms).map(([form, text]) => [text, `${name}${form}`]));
  return [...unique].map(([text, form]) => ({ name: form, bytes: Buffer.from(text) }));
}

/** Names of the needles that are in a place; chunks may cut a value in two. */
export async function findIn({ read }: Place, needles: readonly Needle[]): Promise<readonly string[]> {
  const overlap = Math.max(...needles.map(({ bytes }) => bytes.length)) - 1;
  const found = new Set<string>();
  let tail = Buffer.alloc(0);
  for await (const chunk of read()) {
    const text = Buffer.concat([tail, chunk]);
    for (const { name, bytes } of needles) if (text.includes(bytes)) found.add(name);
    tail = text.subarray(Math.max(0, text.length - overlap));
  }
  return [...found];
}

/** Everything that is found anywhere, as `place: needle`. */
export async function findAll(places: readonly Place[], needles: readonly Needle[]): Promise<readonly string[]> {
  const hits: string[] = [];
  for (const place of places) {
    for (const name of await findIn(place, needles)) hits.push(`${place.name}: ${name}`);
  }
  return hits;
}

export function text(name: string, content: string | Promise<string>): Place {
  return {
    name,
    read: async function* () {
      yield Buffer.from(await content);
    },
  };
}

/** What `docker inspect` shows of something. */
export function inspected(kind: 'container' | 'image' | 'volume' | 'network', ids: readonly string[]): Place {
  return text(`${kind} inspect`, docker(kind, 'inspect', ...ids));
}

export function history(image: string): Place {
  return text(`history of ${image}`, docker('history', '--no-trunc', '--format', '{{json .}}', image));
}

export function log(container: string): Place {
  const logs = run(['docker', 'logs', '--timestamps', container]);
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
export function folder(path: string): Place {
  return {
    name: `files of ${path}`,
    read: async function* () {
      const entries = readdirSync(path, { recursive: true, withFileTypes: true });
      yield Buffer.from(entries.map(({ name }) => name).join('\n'));
      for (const entry of entries) {
        if (entry.isFile()) yield* createReadStream(join(entry.parentPath, entry.name));
        yield Buffer.from('\n');
      }
    },
  };
}

/** The arguments of every process of this machine, containers included, at this moment. */
export function processArguments(): Buffer {
  const commands = readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [readFileSync(`/proc/${name}/cmdline`)];
    } catch {
      // It ended in this moment.
      return [];
    }
  });
  return Buffer.concat(commands.flatMap((command) => [command, Buffer.from('\n')]));
}

/** Collects process arguments until it is told to stop; a place like the others. */
export function watchArguments(): { readonly stop: () => Place } {
  const seen = new Set<string>();
  const look = () => {
    for (const line of processArguments().toString('latin1').split('\n')) seen.add(line);
  };
  look();
  const timer = setInterval(look, 15);
  return {
    stop: () => {
      clearInterval(timer);
      look();
      return { name: 'process arguments', read: () => [Buffer.from([...seen].join('\n'), 'latin1')] };
    },
  };
}
