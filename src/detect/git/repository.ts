import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { type ConfigEntry, lastValue, readConfig } from './config-file.ts';
import { decide, type IgnoreRules, isFolderIgnored, readRules } from './ignore.ts';
import { type HashBytes, type Index, mergeIndex, readIndex } from './index-file.ts';

/** Which line of which ignore file ignores a file. */
export interface IgnoredBy {
  /** Relative to the folder that is read; undefined where the file lies elsewhere, e.g. the user's own. */
  readonly file: string | undefined;
  /** The file as a person would name it. */
  readonly shown: string;
  readonly line: number;
}

/** A repository inside of this one. */
export interface Submodule {
  readonly path: string;
  readonly url?: string;
  /** Its files are there: by git, or by whoever brought the rest. */
  readonly checkedOut: boolean;
  /** Of its path in `.gitmodules`. */
  readonly line: number;
}

/** What git knows of a folder, read from git's files; no program is run. A folder without git has ignore files only. */
export class GitView {
  /** A `.git` was found, here or above. */
  readonly present: boolean;
  readonly #root: string;
  /** Folder of the working tree. */
  readonly #top: string;
  /** The `.git` folder, or where a worktree's or submodule's `.git` file points. */
  readonly #folder: string;
  /** Where what all worktrees share is: config, info/exclude. */
  readonly #common: string;
  readonly #rules = new Map<string, IgnoreRules>();
  #config: readonly ConfigEntry[] | undefined;
  #names: ReadonlySet<string> | undefined;
  #submodules: readonly Submodule[] | undefined;

  constructor(root: string) {
    const git = findGit(root);
    this.present = git !== undefined;
    this.#root = root;
    this.#top = git?.top ?? root;
    this.#folder = git?.folder ?? '';
    this.#common = git ? commonFolder(git.folder) : '';
  }

  /**
   * A file that is kept out of git, so that what it holds may be nobody else's. Where a repository around the folder
   * ignores the whole folder, as a sample that was unpacked there, only the rules in the folder itself tell its files apart.
   */
  isPrivate(file: string): boolean {
    if (this.isTracked(file)) return false;
    if (!this.#isForeign()) return this.ignoredBy(file) !== undefined;
    const relative = this.#fromTop(file);
    const own = this.#ignoreFiles(relative).filter(({ absolute }) => absolute.startsWith(this.#root + path.sep));
    return decide(relative, own.map(this.#readSource))?.ignored === true;
  }

  /** A repository around the folder ignores the whole of it. */
  #isForeign(): boolean {
    if (this.above === '') return false;
    const folder = this.#fromTop('');
    return isFolderIgnored(folder, this.#ignoreFiles(folder).map(this.#readSource)) && this.trackedFiles().length === 0;
  }

  readonly #readSource = ({ absolute, folder }: { readonly absolute: string; readonly folder: string }): IgnoreRules =>
    this.#rulesOf(absolute, folder);

  /** Path of the top of the working tree relative to the folder that is read: empty, `..`, `../..`. */
  get above(): string {
    return slashes(path.relative(this.#root, this.#top));
  }

  /** The index lists the file. */
  isTracked(file: string): boolean {
    return this.#index().has(this.#fromTop(file));
  }

  /** Files of the folder that the index lists, in its order. */
  trackedFiles(): string[] {
    const prefix = this.#fromTop('');
    const start = prefix === '' ? '' : `${prefix}/`;
    return [...this.#index()].filter((name) => name.startsWith(start)).map((name) => name.slice(start.length));
  }

  /** The rule by which git ignores a file that it does not track. */
  ignoredBy(file: string): IgnoredBy | undefined {
    const relative = this.#fromTop(file);
    const sources = this.#ignoreFiles(relative);
    const verdict = decide(
      relative,
      sources.map(({ absolute, folder }) => this.#rulesOf(absolute, folder)),
    );
    const source = verdict?.ignored ? sources[verdict.source] : undefined;
    if (verdict === undefined || source === undefined) return undefined;
    const local = slashes(path.relative(this.#root, source.absolute));
    const isInside = !local.startsWith('..') && !path.isAbsolute(local);
    return {
      file: isInside ? local : undefined,
      shown: isInside ? local : shownPath(source.absolute, local),
      line: verdict.line,
    };
  }

  /** Submodules that `.gitmodules` names, relative to the folder that is read; those outside of it are left out. */
  submodules(): readonly Submodule[] {
    this.#submodules ??= this.above === '' ? this.#readSubmodules() : [];
    return this.#submodules;
  }

  #readSubmodules(): readonly Submodule[] {
    const entries = readConfig(readText(path.join(this.#top, '.gitmodules'))).filter(
      ({ section }) => section === 'submodule',
    );
    return entries.flatMap(({ key, value, line, subsection }) => {
      const folder = path.posix.normalize(value).replace(/\/$/, '');
      if (key !== 'path' || folder.startsWith('..') || folder.startsWith('/')) return [];
      const url = entries.findLast((entry) => entry.subsection === subsection && entry.key === 'url')?.value;
      return [{ path: folder, ...(url && { url }), checkedOut: hasFiles(path.join(this.#top, folder)), line }];
    });
  }

  #fromTop(file: string): string {
    return slashes(path.relative(this.#top, path.join(this.#root, file)));
  }

  #ignoreFiles(relative: string): readonly { readonly absolute: string; readonly folder: string }[] {
    const folders = relative.split('/').slice(0, -1);
    const nested = ['', ...folders.map((_, index) => folders.slice(0, index + 1).join('/'))];
    const own = nested.map((folder) => ({ absolute: path.join(this.#top, folder, '.gitignore'), folder }));
    if (!this.present) return own;
    const shared = [this.#userExcludes(), path.join(this.#common, 'info/exclude')];
    return [...shared.map((absolute) => ({ absolute, folder: '' })), ...own];
  }

  #rulesOf(absolute: string, folder: string): IgnoreRules {
    const known = this.#rules.get(absolute);
    if (known) return known;
    const ignoreCase = lastValue(this.#configuration(), 'core', 'ignorecase') === 'true';
    const rules = readRules({ folder, text: readText(absolute) }, ignoreCase);
    this.#rules.set(absolute, rules);
    return rules;
  }

  /** The file of the user's own ignore rules, as git's documentation of `core.excludesFile` has it. */
  #userExcludes(): string {
    const stated = lastValue(this.#configuration(), 'core', 'excludesfile');
    return stated === undefined ? path.join(userConfigFolder(), 'ignore') : underHome(stated, this.#top);
  }

  #configuration(): readonly ConfigEntry[] {
    this.#config ??= [
      ...(process.env.GIT_CONFIG_NOSYSTEM ? [] : ['/etc/gitconfig']),
      ...userConfigs(),
      path.join(this.#common, 'config'),
    ].flatMap((file) => configWithIncludes(file, 0));
    return this.#config;
  }

  #index(): ReadonlySet<string> {
    this.#names ??= new Set(this.present ? this.#readNames() : []);
    return this.#names;
  }

  #readNames(): string[] {
    const bytes: HashBytes = lastValue(this.#configuration(), 'extensions', 'objectformat') === 'sha256' ? 32 : 20;
    const read = (name: string): Index | undefined => {
      const content = readBytes(path.join(this.#folder, name), MAX_INDEX);
      return content && readIndex(content, bytes);
    };
    const own = read('index');
    if (own === undefined) return [];
    return mergeIndex(own, own.shared && read(`sharedindex.${own.shared.hash}`));
  }
}

/** A submodule that is not checked out is an empty folder. */
function hasFiles(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}

/** Bytes; an index of a million files is about a tenth of it. */
const MAX_INDEX = 1024 ** 3;
/** Bytes of an ignore or config file that are looked at. */
const MAX_TEXT = 16 * 1024 ** 2;
const MAX_INCLUDES = 4;

function findGit(root: string): { readonly top: string; readonly folder: string } | undefined {
  for (let top = root; ; top = path.dirname(top)) {
    const dotGit = path.join(top, '.git');
    const info = statOf(dotGit);
    if (info?.isDirectory()) return { top, folder: dotGit };
    if (info?.isFile()) {
      const target = /^gitdir: (.+)$/m.exec(readText(dotGit))?.[1];
      return { top, folder: target === undefined ? dotGit : path.resolve(top, target.trim()) };
    }
    if (path.dirname(top) === top) return undefined;
  }
}

/** A worktree's folder says in `commondir` where the repository's own is. */
function commonFolder(folder: string): string {
  const stated = readText(path.join(folder, 'commondir')).trim();
  return stated === '' ? folder : path.resolve(folder, stated);
}

function userConfigFolder(): string {
  return path.join(process.env.XDG_CONFIG_HOME || path.join(homedir(), '.config'), 'git');
}

function userConfigs(): string[] {
  const stated = process.env.GIT_CONFIG_GLOBAL;
  return stated === undefined
    ? [path.join(userConfigFolder(), 'config'), path.join(homedir(), '.gitconfig')]
    : [stated];
}

function configWithIncludes(file: string, depth: number): readonly ConfigEntry[] {
  return readConfig(readText(file)).flatMap((entry) =>
    entry.section === 'include' && entry.key === 'path' && depth < MAX_INCLUDES
      ? configWithIncludes(underHome(entry.value, path.dirname(file)), depth + 1)
      : [entry],
  );
}

function underHome(stated: string, base: string): string {
  return stated.startsWith('~/') ? path.join(homedir(), stated.slice(2)) : path.resolve(base, stated);
}

function shownPath(absolute: string, local: string): string {
  const home = homedir() + path.sep;
  return absolute.startsWith(home) ? `~/${slashes(absolute.slice(home.length))}` : local;
}

function slashes(file: string): string {
  return file.split(path.sep).join('/');
}

function statOf(file: string): Stats | undefined {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function readBytes(file: string, most: number): Buffer | undefined {
  try {
    const info = statSync(file);
    return info.isFile() && info.size <= most ? readFileSync(file) : undefined;
  } catch {
    return undefined;
  }
}

function readText(file: string): string {
  return readBytes(file, MAX_TEXT)?.toString('utf8') ?? '';
}
