/** One line of a .gitignore. */
interface Rule {
  readonly pattern: RegExp;
  readonly negated: boolean;
  readonly foldersOnly: boolean;
}

/** An ignore file and the folder it governs, relative to the top of the repository (empty: the top). */
export interface IgnoreFile {
  readonly folder: string;
  readonly text: string;
}

/** Whether git's ignore rules match a file; files are given from the top down, the last matching rule decides. */
export function isIgnored(file: string, ignoreFiles: readonly IgnoreFile[]): boolean {
  const parts = file.split('/');
  // A file below an ignored folder is ignored, whatever is said about the file itself.
  return parts.some((_, index) => {
    const isFolder = index < parts.length - 1;
    return matchOne(parts.slice(0, index + 1).join('/'), isFolder, ignoreFiles);
  });
}

function matchOne(candidate: string, isFolder: boolean, ignoreFiles: readonly IgnoreFile[]): boolean {
  let ignored = false;
  for (const { folder, text } of ignoreFiles) {
    const prefix = folder === '' ? '' : `${folder}/`;
    if (!candidate.startsWith(prefix)) continue;
    const relative = candidate.slice(prefix.length);
    for (const rule of parseRules(text)) {
      if (rule.foldersOnly && !isFolder) continue;
      if (rule.pattern.test(relative)) ignored = !rule.negated;
    }
  }
  return ignored;
}

function parseRules(text: string): Rule[] {
  return text.split(/\r?\n/).flatMap((raw) => {
    const line = raw.trimEnd();
    if (line === '' || line.startsWith('#')) return [];
    const negated = line.startsWith('!');
    const body = (negated ? line.slice(1) : line).replace(/^\\([!#])/, '$1');
    const foldersOnly = body.endsWith('/');
    const pattern = foldersOnly ? body.slice(0, -1) : body;
    return pattern === '' ? [] : [{ pattern: toRegExp(pattern), negated, foldersOnly }];
  });
}

/** A pattern with a slash inside is anchored to its folder, one without matches at any depth. */
function toRegExp(pattern: string): RegExp {
  const anchored = pattern.includes('/');
  return new RegExp(`^${anchored ? '' : '(?:.*/)?'}${globSource(pattern.replace(/^\//, ''))}$`);
}

/** The regular expression source of a glob with `*`, `?` and `**`. */
export function globSource(glob: string): string {
  const tokens = glob.match(/\*\*\/|\*\*|\*|\?|\[[^\]/]+\]|\\?[\s\S]/g) ?? [];
  return tokens.map(globToken).join('');
}

function globToken(token: string): string {
  if (token === '**/') return '(?:.*/)?';
  if (token === '**') return '.*';
  if (token === '*') return '[^/]*';
  if (token === '?') return '[^/]';
  if (/^\[.+\]$/.test(token)) return `[${token.slice(1, -1).replace(/^!/, '^').replace(/[\\[]/g, '\\$&')}]`;
  return token.replace(/^\\(?=.)/, '').replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
