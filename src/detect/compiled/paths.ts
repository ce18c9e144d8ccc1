import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { resolveFolder } from '../cargo/manifest.ts';
import { GitView } from '../git/repository.ts';
import type { Workspace } from '../workspace.ts';

/** What there is of a file that the compiler reads. */
export interface Presence {
  readonly present: boolean;
  /** Git brings it: that of the repository, or that of the submodule in which it lies. */
  readonly tracked: boolean;
  readonly submodule?: string;
}

/** Folders of what a compiler wrote; git hardly ever has them. */
const MADE = /(?:^|\/)(?:out|artifacts|dist|build|cache|target|node_modules|typechain(?:-types)?)\//;

/** Looks for files of the repository, also where the listing of it does not go. */
export class Presences {
  readonly #workspace: Workspace;
  readonly #submodules: readonly { readonly path: string; readonly checkedOut: boolean }[];
  readonly #git = new Map<string, GitView>();
  #tracked: ReadonlySet<string> | undefined;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#submodules = workspace.git.submodules();
  }

  of(file: string): Presence {
    const present = this.#exists(file);
    const submodule = this.#submodules.find((each) => file.startsWith(`${each.path}/`));
    if (submodule === undefined) return { present, tracked: this.#hasGit(file, present) };
    const { path: folder, checkedOut } = submodule;
    if (!checkedOut) return { present, tracked: !MADE.test(file.slice(folder.length)), submodule: folder };
    const git = this.#git.get(folder) ?? new GitView(path.join(this.#workspace.root, folder));
    this.#git.set(folder, git);
    const inside = file.slice(folder.length + 1);
    // Files of a submodule without git were brought by whoever brought the rest.
    const tracked = git.above === '' ? git.isTracked(inside) || holds(git, inside) : present && !MADE.test(`${inside}`);
    return { present, tracked, submodule: folder };
  }

  #hasGit(file: string, present: boolean): boolean {
    const { git } = this.#workspace;
    if (!git.present) return present && git.ignoredBy(file) === undefined;
    this.#tracked ??= new Set(git.trackedFiles());
    return this.#tracked.has(file) || [...this.#tracked].some((each) => each.startsWith(`${file}/`));
  }

  /** It is there, and inside the repository. */
  #exists(file: string): boolean {
    if (this.#workspace.has(file)) return true;
    const absolute = path.join(this.#workspace.root, file);
    try {
      return existsSync(absolute) && realpathSync(absolute).startsWith(this.#workspace.root + path.sep);
    } catch {
      return false;
    }
  }
}

function holds(git: GitView, folder: string): boolean {
  return git.trackedFiles().some((each) => each.startsWith(`${folder}/`));
}

/** A path of the repository; undefined where it leads out of it, or is no path. */
export function pathFrom(folder: string, stated: string): string | undefined {
  if (stated === '' || stated.length > 1000 || /[\0\n]/.test(stated) || path.posix.isAbsolute(stated)) return undefined;
  const found = resolveFolder(folder, stated);
  return found === '' || found.startsWith('..') ? undefined : found;
}
