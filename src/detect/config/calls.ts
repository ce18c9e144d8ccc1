import { type Code, isDead } from '../code.ts';
import { functionAt, type Program } from '../rust/program.ts';
import { closeOf, literalsIn, type RustSource } from '../rust/source.ts';

/** A call in living code. */
export interface Call {
  readonly source: RustSource;
  readonly start: number;
  /** Offset of its bracket. */
  readonly open: number;
}

/** Calls that a pattern with a bracket at its end finds; dead ones are left out. */
export function callsIn(code: Code, source: RustSource, pattern: RegExp): Call[] {
  return [...source.code.matchAll(pattern)]
    .filter((match) => !isDead(code, functionAt(code.program, source, match.index)))
    .map((match) => ({ source, start: match.index, open: match.index + match[0].length - 1 }));
}

/** The text, or the text constant, that a call is given first. */
export function textArgument(program: Program, { source, open }: Pick<Call, 'source' | 'open'>): string | undefined {
  const close = closeOf(source, open);
  const code = source.code.slice(open + 1, Math.min(close + 1, open + 400));
  const constant = /^\s*&?\s*(?:\w+\s*::\s*)*([A-Z][A-Z0-9_]*)\s*[,)]/.exec(code)?.[1];
  if (constant !== undefined) return program.constants.get(constant);
  return literalsIn(source, open, Math.min(close, open + 400))[0]?.value;
}

const LINK = /\s*(?:\?\s*)?\.\s*(\w+)\s*(?:::\s*<[^;{}()]{0,200}>\s*)?\(/y;
const MAX_LINKS = 40;

/** A method of a chain: `.split("__")`. */
export interface Link {
  readonly method: string;
  readonly start: number;
  readonly open: number;
}

/** The methods that follow a call in the same chain. */
export function linksAfter(source: RustSource, open: number): Link[] {
  const links: Link[] = [];
  let at = closeOf(source, open) + 1;
  while (links.length < MAX_LINKS) {
    LINK.lastIndex = at;
    const match = LINK.exec(source.code);
    if (match?.[1] === undefined) break;
    const bracket = LINK.lastIndex - 1;
    links.push({ method: match[1], start: at, open: bracket });
    at = closeOf(source, bracket) + 1;
  }
  return links;
}

/** The text that a method further along the same chain is given. */
export function option(program: Program, { source, open }: Call, method: string): string | undefined {
  const link = linksAfter(source, open).find((each) => each.method === method);
  return link && textArgument(program, { source, open: link.open });
}
