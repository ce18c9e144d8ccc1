import { compileGlob, type Glob } from './glob.ts';

/** An ignore file and the folder it governs, relative to the top of the repository (empty: the top). */
export interface IgnoreFile {
  readonly folder: string;
  readonly text: string;
}

/** One line of an ignore file. */
interface Rule {
  readonly matches: Glob;
  /** The pattern names no folder: it is matched against the last part of a path. */
  readonly nameOnly: boolean;
  readonly negated: boolean;
  readonly foldersOnly: boolean;
  /** Counted from 1. */
  readonly line: number;
}

/** An ignore file that has been read; the same one serves for many files. */
export interface IgnoreRules {
  readonly folder: string;
  readonly rules: readonly Rule[];
}

/** The rule that decides about a file: which of the files given holds it, and its line. */
export interface Verdict {
  readonly ignored: boolean;
  /** Index among the rules given. */
  readonly source: number;
  readonly line: number;
}

/** Whether git's ignore rules match a file; files are given from the top down, the last matching rule decides. */
export function isIgnored(file: string, ignoreFiles: readonly IgnoreFile[]): boolean {
  return (
    decide(
      file,
      ignoreFiles.map((ignoreFile) => readRules(ignoreFile)),
    )?.ignored === true
  );
}

/** The rule that decides about a file; undefined where none matches. */
export function decide(file: string, sources: readonly IgnoreRules[]): Verdict | undefined {
  const parts = file.split('/');
  let verdict: Verdict | undefined;
  for (let depth = 1; depth <= parts.length; depth++) {
    verdict = decideOne(parts.slice(0, depth).join('/'), depth < parts.length, sources);
    // What lies below an ignored folder is ignored, whatever is said about it.
    if (verdict?.ignored) return verdict;
  }
  return verdict;
}

/** Whether a folder is ignored, or one that it lies in. */
export function isFolderIgnored(folder: string, sources: readonly IgnoreRules[]): boolean {
  const parts = folder.split('/');
  return parts.some((_, at) => decideOne(parts.slice(0, at + 1).join('/'), true, sources)?.ignored === true);
}

function decideOne(candidate: string, isFolder: boolean, sources: readonly IgnoreRules[]): Verdict | undefined {
  const name = candidate.slice(candidate.lastIndexOf('/') + 1);
  for (let source = sources.length - 1; source >= 0; source--) {
    const { folder, rules } = sources[source] ?? { folder: '', rules: [] };
    const prefix = folder === '' ? '' : `${folder}/`;
    if (!candidate.startsWith(prefix)) continue;
    const relative = candidate.slice(prefix.length);
    const matches = ({ foldersOnly, nameOnly, matches: glob }: Rule): boolean =>
      (isFolder || !foldersOnly) && glob(nameOnly ? name : relative);
    const rule = rules.findLast(matches);
    if (rule) return { ignored: !rule.negated, source, line: rule.line };
  }
  return undefined;
}

/** Reads an ignore file. */
export function readRules({ folder, text }: IgnoreFile, ignoreCase = false): IgnoreRules {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  return { folder, rules: lines.flatMap((line, index) => readRule(line, index + 1, ignoreCase)) };
}

function readRule(raw: string, line: number, ignoreCase: boolean): Rule[] {
  if (raw === '' || raw.startsWith('#')) return [];
  const text = withoutTrailingSpaces(raw);
  const negated = text.startsWith('!');
  const body = negated ? text.slice(1) : text;
  const foldersOnly = body.endsWith('/');
  const pattern = foldersOnly ? body.slice(0, -1) : body;
  if (pattern === '') return [];
  // A pattern with a slash inside is anchored to its folder.
  const nameOnly = !pattern.includes('/');
  return [{ matches: compileGlob(pattern.replace(/^\//, ''), { ignoreCase }), nameOnly, negated, foldersOnly, line }];
}

/** Spaces at the end do not count, but for one behind a backslash. */
function withoutTrailingSpaces(text: string): string {
  let end = text.length;
  while (text[end - 1] === ' ') end--;
  return end < text.length && text[end - 1] === '\\' ? text.slice(0, end + 1) : text.slice(0, end);
}
