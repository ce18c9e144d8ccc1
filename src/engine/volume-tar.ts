import { buffer } from 'node:stream/consumers';
import { extract, type Header, pack } from 'tar-stream';
import type { Secret } from '../secret.ts';

/** Who owns something inside a volume, and who may read it. */
export interface Ownership {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
}

/** A file that a volume is to hold. */
export interface VolumeFile extends Ownership {
  /** Relative to the root of the volume, e.g. `env/API_KEY`. */
  readonly path: string;
  readonly content: Secret | string;
}

/**
 * The tar that gives a volume its files. Everything is under `root`, the folder where the volume is mounted,
 * and unpacked at `/`: the engine ignores owner and mode of the unpack folder itself (`./`), but not those of
 * an entry with a name (tried on 28.5).
 */
export async function volumeTar(root: string, rootOwner: Ownership, files: readonly VolumeFile[]): Promise<Buffer> {
  const tar = pack();
  const add = (header: Partial<Header> & Pick<Header, 'name'>, text = '') => tar.entry(header, text);
  add({ name: root, type: 'directory', ...rootOwner });
  for (const folder of foldersOf(files)) add({ name: `${root}/${folder}`, type: 'directory', ...rootOwner });
  for (const { path, content, uid, gid, mode } of files) {
    // The one place where a secret leaves its wrapper on the way to the engine.
    const text = typeof content === 'string' ? content : content.reveal();
    add({ name: `${root}/${path}`, uid, gid, mode }, text);
  }
  tar.finalize();
  return buffer(tar);
}

/** The text of the first file in a tar; undefined where it has none. */
export async function firstFile(tar: Buffer): Promise<string | undefined> {
  const reader = extract();
  reader.end(tar);
  for await (const entry of reader) {
    if (entry.header.type === 'file') return (await buffer(entry)).toString('utf8');
    entry.resume();
  }
  return undefined;
}

/** Every folder above the files, parents first. */
function foldersOf(files: readonly VolumeFile[]): readonly string[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    const parts = path.split('/').slice(0, -1);
    for (let depth = 1; depth <= parts.length; depth += 1) folders.add(parts.slice(0, depth).join('/'));
  }
  return [...folders];
}
