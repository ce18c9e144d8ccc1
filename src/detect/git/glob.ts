/** A path pattern of git or cargo, ready to be matched; matching takes time in proportion to pattern times path. */
export type Glob = (path: string) => boolean;

interface Options {
  readonly ignoreCase?: boolean;
}

/** `*` and `?` stay inside a folder, `**` between slashes crosses any number of them. */
export function compileGlob(pattern: string, { ignoreCase = false }: Options = {}): Glob {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const parts = splitPattern(fold(pattern)).map((part) => (part === '**' ? undefined : compileName(part)));
  return (path) => matchParts(parts, fold(path).split('/'));
}

/** At the slashes, but for one inside brackets. */
function splitPattern(pattern: string): string[] {
  const parts = pattern.split('/');
  // `**` many times in a row means the same as once.
  return parts.filter((part, index) => part !== '**' || parts[index - 1] !== '**');
}

type NameMatcher = (name: string) => boolean;

/** Undefined stands for `**`: the last one met is widened when what follows does not fit, which is enough. */
function matchParts(parts: readonly (NameMatcher | undefined)[], names: readonly string[]): boolean {
  let part = 0;
  let name = 0;
  let retryPart = -1;
  let retryName = 0;
  while (name < names.length) {
    const matcher = parts[part];
    if (part < parts.length && matcher === undefined) {
      // At the end `/**` means everything inside, so at least one name.
      if (part === parts.length - 1) return true;
      retryPart = ++part;
      retryName = name;
    } else if (matcher?.(names[name] ?? '')) {
      part++;
      name++;
    } else if (retryPart >= 0) {
      part = retryPart;
      name = ++retryName;
    } else return false;
  }
  return part === parts.length;
}

type Token = '*' | ((character: string) => boolean);

function compileName(pattern: string): NameMatcher {
  if (!/[*?[\\]/.test(pattern)) return (name) => name === pattern;
  const tokens = tokensOf(pattern);
  // Brackets that nobody closes match nothing.
  return tokens === undefined ? () => false : (name) => matchTokens(tokens, name);
}

function tokensOf(pattern: string): Token[] | undefined {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? '';
    if (character === '*') {
      if (tokens.at(-1) !== '*') tokens.push('*');
    } else if (character === '?') tokens.push(() => true);
    else if (character === '[') {
      const set = bracket(pattern, at);
      if (set === undefined) return undefined;
      tokens.push(set.test);
      at = set.end;
    } else {
      const literal = character === '\\' ? pattern[++at] : character;
      if (literal === undefined) return undefined;
      tokens.push((other) => other === literal);
    }
  }
  return tokens;
}

function matchTokens(tokens: readonly Token[], name: string): boolean {
  let token = 0;
  let at = 0;
  let retryToken = -1;
  let retryAt = 0;
  while (at < name.length) {
    const current = tokens[token];
    if (current === '*') {
      retryToken = ++token;
      retryAt = at;
    } else if (current?.(name[at] ?? '')) {
      token++;
      at++;
    } else if (retryToken >= 0) {
      token = retryToken;
      at = ++retryAt;
    } else return false;
  }
  while (tokens[token] === '*') token++;
  return token === tokens.length;
}

const CLASSES: Readonly<Record<string, RegExp>> = {
  alnum: /[a-z0-9]/i,
  alpha: /[a-z]/i,
  digit: /\d/,
  lower: /[a-z]/,
  upper: /[A-Z]/,
  punct: /[!-/:-@[-`{-~]/,
  space: /\s/,
  xdigit: /[0-9a-f]/i,
};

interface Bracket {
  readonly test: (character: string) => boolean;
  /** Where its `]` is. */
  readonly end: number;
}

/** `[abc]`, `[a-z]`, `[!a]`, `[]a]`, `[[:digit:]]`. */
function bracket(pattern: string, start: number): Bracket | undefined {
  let at = start + 1;
  const negated = pattern[at] === '!' || pattern[at] === '^';
  if (negated) at++;
  const tests: ((character: string) => boolean)[] = [];
  for (let first = true; at < pattern.length; at++, first = false) {
    const character = pattern[at] ?? '';
    if (character === ']' && !first) return { test: (other) => tests.some((test) => test(other)) !== negated, end: at };
    const named = character === '[' ? /^\[:(\w{1,8}):\]/.exec(pattern.slice(at, at + 12)) : null;
    if (named) {
      const test = CLASSES[named[1] ?? ''];
      if (test === undefined) return undefined;
      tests.push((other) => test.test(other));
      at += named[0].length - 1;
      continue;
    }
    const from = character === '\\' ? (pattern[++at] ?? '') : character;
    const isRange = pattern[at + 1] === '-' && pattern[at + 2] !== undefined && pattern[at + 2] !== ']';
    if (!isRange) {
      tests.push((other) => other === from);
      continue;
    }
    at += 2;
    const to = pattern[at] === '\\' ? (pattern[++at] ?? '') : (pattern[at] ?? '');
    tests.push((other) => from <= other && other <= to);
  }
  return undefined;
}
