import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type IgnoreFile, isIgnored } from './ignore.ts';
import { indexNames } from './index-file.ts';

export type LockState = 'tracked' | 'ignored' | 'absent';

/** How git treats a file of the folder; only files of git are read, no program is needed. */
export function lockState(root: string, file: string, exists: boolean): LockState {
  const git = findGit(root);
  const relative = git === undefined ? file : path.relative(git.top, path.join(root, file)).split(path.sep).join('/');
  const index = git && readBytes(path.join(git.folder, 'index'));
  if (index && indexNames(index)?.has(relative)) return 'tracked';
  if (isIgnored(relative, ignoreFiles(git, root, relative))) return 'ignored';
  return exists ? 'tracked' : 'absent';
}

interface Git {
  /** Folder of the working tree. */
  readonly top: string;
  /** The `.git` folder, or where a worktree's `.git` file points. */
  readonly folder: string;
}

function findGit(root: string): Git | undefined {
  for (let top = root; ; top = path.dirname(top)) {
    const dotGit = path.join(top, '.git');
    const info = statSync(dotGit, { throwIfNoEntry: false });
    if (info?.isDirectory()) return { top, folder: dotGit };
    if (info?.isFile()) {
      const target = /^gitdir: (.+)$/m.exec(readText(dotGit))?.[1];
      return { top, folder: target === undefined ? dotGit : path.resolve(top, target.trim()) };
    }
    if (path.dirname(top) === top) return undefined;
  }
}

function ignoreFiles(git: Git | undefined, root: string, relative: string): IgnoreFile[] {
  const top = git?.top ?? root;
  const folders = relative.split('/').slice(0, -1);
  const nested = ['', ...folders.map((_, index) => folders.slice(0, index + 1).join('/'))];
  const exclude = git === undefined ? '' : readText(path.join(git.folder, 'info/exclude'));
  return [
    { folder: '', text: exclude },
    ...nested.map((folder) => ({ folder, text: readText(path.join(top, folder, '.gitignore')) })),
  ];
}

function readBytes(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function readText(file: string): string {
  return readBytes(file)?.toString('utf8') ?? '';
}
