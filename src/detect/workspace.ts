import { type Dirent, readFileSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { type LockState, lockState } from './git/lock.ts';

const MAX_BYTES = 1024 * 1024;
const MAX_DEPTH = 24;
const SKIPPED = new Set(['target', 'node_modules']);

/** Bounds of a walk. */
export interface WalkLimits {
  /** Files listed at most; the rest is not looked at. */
  readonly maxFiles: number;
}

const DEFAULT_LIMITS: WalkLimits = { maxFiles: 20_000 };

/** The only reader of the target repository: lists it once, reads text when asked, never writes and never runs anything. */
export class Workspace {
  /** Absolute path of the repository. */
  readonly root: string;
  /** Files relative to the root with `/`, sorted. */
  readonly files: readonly string[];
  /** The listing was cut off at `maxFiles`. */
  readonly truncated: boolean;
  readonly #listed: ReadonlySet<string>;
  readonly #texts = new Map<string, string>();

  private constructor(root: string, files: readonly string[], truncated: boolean) {
    this.root = root;
    this.files = files;
    this.truncated = truncated;
    this.#listed = new Set(files);
  }

  /** Walks a folder; one that does not exist is an empty workspace. */
  static async open(root: string, limits: Partial<WalkLimits> = {}): Promise<Workspace> {
    const { maxFiles } = { ...DEFAULT_LIMITS, ...limits };
    const absolute = await realpath(path.resolve(root)).catch(() => path.resolve(root));
    const files: string[] = [];
    await walk(absolute, '', 0, files, maxFiles);
    const truncated = files.length > maxFiles;
    return new Workspace(absolute, files.slice(0, maxFiles).sort(), truncated);
  }

  has(file: string): boolean {
    return this.#listed.has(file);
  }

  /** Text of a listed file; empty where it cannot be read or was not listed. */
  text(file: string): string {
    if (!this.#listed.has(file)) return '';
    const known = this.#texts.get(file);
    if (known !== undefined) return known;
    const text = read(path.join(this.root, file));
    this.#texts.set(file, text);
    return text;
  }

  /** What git would do with a file at the root, read from its index and ignore rules. */
  lockState(file: string): LockState {
    return lockState(this.root, file, this.has(file));
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch {
    return '';
  }
}

async function walk(root: string, folder: string, depth: number, found: string[], max: number): Promise<void> {
  if (depth > MAX_DEPTH || found.length > max) return;
  const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch((): Dirent[] => []);
  for (const entry of entries) {
    if (found.length > max) return;
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name) && !entry.name.startsWith('.')) await walk(root, file, depth + 1, found, max);
    } else if (await isReadable(root, file, entry)) found.push(file);
  }
}

/** A link counts where it leads to a file of the tree; a linked folder is found at its own place. */
async function isReadable(root: string, file: string, entry: Dirent): Promise<boolean> {
  const absolute = path.join(root, file);
  if (entry.isSymbolicLink()) {
    const target = await realpath(absolute).catch(() => undefined);
    if (!target?.startsWith(root + path.sep)) return false;
  } else if (!entry.isFile()) return false;
  const info = await stat(absolute).catch(() => undefined);
  return info?.isFile() === true && info.size <= MAX_BYTES;
}
