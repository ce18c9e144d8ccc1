import { closeSync, constants, type Dirent, openSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { type LockFact, type LockState, lockFact } from './git/lock.ts';
import { GitView } from './git/repository.ts';

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
  /** What git knows of the repository. */
  readonly git: GitView;
  readonly #listed: ReadonlySet<string>;
  readonly #texts = new Map<string, string>();

  private constructor(root: string, files: readonly string[], truncated: boolean, git: GitView) {
    this.root = root;
    this.files = files;
    this.truncated = truncated;
    this.#listed = new Set(files);
    this.git = git;
  }

  /** Walks a folder; one that does not exist is an empty workspace. */
  static async open(root: string, limits: Partial<WalkLimits> = {}): Promise<Workspace> {
    const { maxFiles } = { ...DEFAULT_LIMITS, ...limits };
    const absolute = await realpath(path.resolve(root)).catch(() => path.resolve(root));
    const git = new GitView(absolute);
    const { files, truncated } = listed(absolute, git, maxFiles);
    return new Workspace(absolute, files.sort(), truncated, git);
  }

  has(file: string): boolean {
    return this.#listed.has(file);
  }

  /** Text of a listed file; empty where it cannot be read or was not listed. */
  text(file: string): string {
    if (!this.#listed.has(file)) return '';
    const known = this.#texts.get(file);
    if (known !== undefined) return known;
    const text = readBytes(path.join(this.root, file))
      .toString()
      .replace(/^\uFEFF/, '');
    this.#texts.set(file, text);
    return text;
  }

  /**
   * Bytes of a listed file, read anew each time and only good until the next call; empty where it cannot be read or was
   * not listed.
   */
  bytes(file: string): Buffer {
    return this.#listed.has(file) ? readBytes(path.join(this.root, file)) : Buffer.alloc(0);
  }

  /** What git would do with a file, read from its index and ignore rules. */
  lockState(file: string): LockState {
    return this.lockFact(file).state;
  }

  /** The same with the reason. */
  lockFact(file: string): LockFact {
    return lockFact(this.git, file, isFile(path.join(this.root, file)));
  }

  /** Manifests above the root and inside the same git repository, the nearest first: `..`, then `../..`. */
  manifestsAbove(): readonly { readonly folder: string; readonly text: string }[] {
    const { above } = this.git;
    const folders =
      above === ''
        ? []
        : above.split('/').map((_, index) =>
            Array(index + 1)
              .fill('..')
              .join('/'),
          );
    return folders.flatMap((folder) => {
      const text = readBytes(path.join(this.root, folder, 'Cargo.toml')).toString();
      return text === '' ? [] : [{ folder, text }];
    });
  }

  /** Where a folder really is, relative to the root: another place where it is a link; undefined where there is none. */
  realFolder(folder: string): string | undefined {
    try {
      return path
        .relative(this.root, realpathSync(path.join(this.root, folder)))
        .split(path.sep)
        .join('/');
    } catch {
      return undefined;
    }
  }
}

function isFile(file: string): boolean {
  try {
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** One buffer for all files: a new one for each costs several times the reading. */
const scratch = { bytes: Buffer.alloc(0) };
/** A pipe in the place of a file must not hold the program up. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Bytes of a file, until the next call: they lie in a buffer that all calls share. Empty for what cannot be read, and
 * for what is too large to be written by a person.
 */
function readBytes(file: string): Buffer {
  if (scratch.bytes.length === 0) scratch.bytes = Buffer.allocUnsafeSlow(MAX_BYTES + 1);
  const { bytes } = scratch;
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, READ);
    let done = 0;
    for (let read = -1; read !== 0 && done < bytes.length; done += read)
      read = readSync(descriptor, bytes, done, bytes.length - done, null);
    return bytes.subarray(0, done > MAX_BYTES ? 0 : done);
  } catch {
    return bytes.subarray(0, 0);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Share of the files that submodules may have where the repository's own leave nothing over. */
const LEFT_FOR_SUBMODULES = 0.1;

/** The repository's own files before those of its submodules, which share what is left: one of them may be huge. */
function listed(root: string, git: GitView, max: number): { readonly files: string[]; readonly truncated: boolean } {
  const modules = new Set(git.submodules().map(({ path: folder }) => folder));
  const own = walk(root, '', max, modules);
  const found = new Map<string, Walked>();
  const waiting = [...own.apart];
  let left = Math.max(max - own.files.length, Math.ceil(max * LEFT_FOR_SUBMODULES));
  const take = (folder: string, share: number): void => {
    const walked = walk(root, folder, share, modules);
    left -= walked.files.length - (found.get(folder)?.files.length ?? 0);
    waiting.push(...walked.apart.filter((each) => !found.has(each) && !waiting.includes(each)));
    found.set(folder, walked);
  };
  for (const folder of waiting) take(folder, Math.floor(left / (waiting.length - found.size)));
  // What the small ones leave over is for those that had too little.
  for (const [folder, { isCut, files }] of found) if (isCut && left > 0) take(folder, files.length + left);
  const all = [own, ...found.values()];
  return { files: all.flatMap(({ files }) => files), truncated: all.some(({ isCut }) => isCut) };
}

interface Walked {
  readonly files: readonly string[];
  /** Folders that were met and left to a walk of their own. */
  readonly apart: readonly string[];
  readonly isCut: boolean;
}

/**
 * Files under a folder, those near it first: what a limit cuts off lies deep. Without waiting between folders: a thousand
 * of them are listed sooner than a thousand promises are kept.
 */
function walk(root: string, start: string, max: number, modules: ReadonlySet<string>): Walked {
  const files: string[] = [];
  const apart: string[] = [];
  let level = [start];
  for (let depth = 0; depth <= MAX_DEPTH && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      for (const entry of entriesOf(`${root}/${folder}`)) {
        const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) {
          if (!SKIPPED.has(entry.name) && !entry.name.startsWith('.')) (modules.has(file) ? apart : next).push(file);
        } else if (entry.isFile() || (entry.isSymbolicLink() && leadsInside(root, file))) {
          if (files.length >= max) return { files, apart, isCut: true };
          files.push(file);
        }
      }
    }
    level = next;
  }
  return { files, apart, isCut: false };
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** A link counts where it leads to a file of the tree; a linked folder is found at its own place. */
function leadsInside(root: string, file: string): boolean {
  try {
    const target = realpathSync(path.join(root, file));
    return target.startsWith(root + path.sep) && statSync(target).isFile();
  } catch {
    return false;
  }
}
