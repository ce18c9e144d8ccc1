import { closeOf, type RustSource } from './source.ts';

/** Longer than any signature or `impl` header. */
const MAX_HEADER = 2000;

/** A function with a body. */
export interface RustFunction {
  readonly name: string;
  readonly source: RustSource;
  /** Offset of `fn`. */
  readonly start: number;
  /** Its parameters, as written. */
  readonly params: string;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Type of the `impl`, or the trait that declares it. */
  readonly owner?: string;
  /** The trait, in an `impl Trait for Type`. */
  readonly trait?: string;
}

/** Whether it is called as `value.name()`. */
export function isMethod({ params }: RustFunction): boolean {
  return /^\s*(?:&\s*)?(?:'\w+\s+)?(?:mut\s+)?self\b/.test(params);
}

interface Block {
  readonly start: number;
  readonly end: number;
  readonly owner: string;
  readonly trait?: string;
}

/** Every function of a file, in order. */
export function functionsOf(source: RustSource): RustFunction[] {
  const blocks = [...implBlocks(source), ...traitBlocks(source)].sort((a, b) => a.start - b.start);
  const functions: RustFunction[] = [];
  let next = 0;
  let current: Block | undefined;
  for (const match of source.code.matchAll(/\bfn\s+([A-Za-z_]\w*)/g)) {
    // Blocks follow one another; one inside a function's body is rare and then simply replaces the one around it.
    while ((blocks[next]?.start ?? Number.POSITIVE_INFINITY) < match.index) current = blocks[next++];
    const block = current && current.end > match.index ? current : undefined;
    const found = findBody(source, match.index + match[0].length);
    if (found === undefined) continue;
    functions.push({
      name: match[1] ?? '',
      source,
      start: match.index,
      ...found,
      ...(block && { owner: block.owner }),
      ...(block?.trait !== undefined && { trait: block.trait }),
    });
  }
  return functions;
}

function findBody(
  source: RustSource,
  afterName: number,
): Pick<RustFunction, 'params' | 'bodyStart' | 'bodyEnd'> | undefined {
  const { code } = source;
  const open = skipGenerics(code, afterName);
  if (code[open] !== '(') return undefined;
  const close = closeOf(source, open);
  // Bounded, as all scans from a match are: unfinished code must not cost its length at every function.
  const limit = Math.min(code.length, close + MAX_HEADER);
  for (let at = close + 1; at < limit; at++) {
    const char = code[at];
    if (char === '{') return { params: code.slice(open + 1, close), bodyStart: at, bodyEnd: closeOf(source, at) };
    if (char === ';' || char === '}') return undefined;
    if (char === '(' || char === '[') at = closeOf(source, at);
  }
  return undefined;
}

/** The first character after `<…>` and white space; `->` inside does not close it. */
function skipGenerics(code: string, from: number): number {
  let at = skipSpace(code, from);
  if (code[at] !== '<') return at;
  let depth = 0;
  const limit = Math.min(code.length, at + MAX_HEADER);
  for (; at < limit; at++) {
    const char = code[at];
    if (char === '<') depth++;
    else if (char === '>' && code[at - 1] !== '-' && --depth === 0) return skipSpace(code, at + 1);
    else if (char === ';' || char === '{') return at;
  }
  return at;
}

function skipSpace(code: string, from: number): number {
  const space = /\s*/y;
  space.lastIndex = from;
  space.exec(code);
  return space.lastIndex;
}

/** `impl` of an item, not of a type such as `-> impl Future`. */
const IMPL = /(?:^|[;{}\]])\s*(?:default\s+)?(?:unsafe\s+)?impl\b/g;

function implBlocks(source: RustSource): Block[] {
  const { code } = source;
  const blocks: Block[] = [];
  for (const match of code.matchAll(IMPL)) {
    const from = skipGenerics(code, match.index + match[0].length);
    const open = blockAfter(code, from);
    if (open === undefined) continue;
    const header = code.slice(from, open).replace(/\bwhere\b[\s\S]*$/, '');
    const parts = header.split(/\bfor\b(?!\s*<)/);
    const owner = typeName(parts.at(-1) ?? '');
    if (owner === undefined) continue;
    const trait = parts.length > 1 ? typeName(parts[0] ?? '') : undefined;
    blocks.push({ start: open, end: closeOf(source, open), owner, ...(trait !== undefined && { trait }) });
  }
  return blocks;
}

function traitBlocks(source: RustSource): Block[] {
  const blocks: Block[] = [];
  for (const match of source.code.matchAll(/\btrait\s+([A-Za-z_]\w*)/g)) {
    const open = blockAfter(source.code, match.index);
    if (open !== undefined) blocks.push({ start: open, end: closeOf(source, open), owner: match[1] ?? '' });
  }
  return blocks;
}

/** The block that a header of sensible length opens. */
function blockAfter(code: string, from: number): number | undefined {
  const open = code.slice(from, from + MAX_HEADER).indexOf('{');
  return open < 0 ? undefined : from + open;
}

/** The last name of a path, without its generics: `super::Store<T>` is `Store`. */
function typeName(path: string): string | undefined {
  return /([A-Za-z_]\w*)\s*$/.exec(path.replace(/<[\s\S]*$/, ''))?.[1];
}

/** The code of its body. */
export function bodyOf({ source, bodyStart, bodyEnd }: RustFunction): string {
  return source.code.slice(bodyStart, bodyEnd);
}
