/** Whether a path of the repository stays out of the build. */
export type Ignored = (path: string) => boolean;

interface Rule {
  readonly takesBack: boolean;
  readonly matches: RegExp;
}

/** Docker's patterns: `*` and `?` stay inside a folder, `**` crosses any number of them, also none. */
function toRegExp(pattern: string): RegExp {
  const parts = pattern.split(/(\*\*\/?|\*|\?|\[[^\]]*\]|\\.)/).map((part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (/^\[[^\]]+\]$/.test(part)) return part;
    return (part.startsWith('\\') ? part.slice(1) : part).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}

function toRule(line: string): readonly Rule[] {
  const takesBack = line.startsWith('!');
  const pattern = (takesBack ? line.slice(1) : line)
    .trim()
    .replace(/^\.?\/+/, '')
    .replace(/\/+$/, '');
  if (pattern === '' || pattern.startsWith('#')) return [];
  try {
    return [{ takesBack, matches: toRegExp(pattern) }];
  } catch {
    // Docker refuses such a line itself, in its own words.
    return [];
  }
}

/** Reads a .dockerignore: the last pattern that matches a path, or a folder above it, decides. */
export function parseDockerignore(text: string): Ignored {
  const rules = text
    .split(/\r?\n/)
    .filter((line) => !line.startsWith('#'))
    .flatMap((line) => toRule(line.trim()));
  return (path) => {
    const names = path.split('/');
    const above = names.map((_, at) => names.slice(0, at + 1).join('/'));
    const last = rules.findLast(({ matches }) => above.some((each) => matches.test(each)));
    return last !== undefined && !last.takesBack;
  };
}
