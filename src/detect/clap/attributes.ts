import type { Program } from '../rust/program.ts';
import { closeOf, literalsIn, type RustSource, splitList } from '../rust/source.ts';

const MAX_ATTRIBUTES = 50;
/** What clap, structopt and argh read. */
const OURS = /^(?:command|clap|structopt|argh|arg|group)$/;

export interface Attributes {
  /** Options by name; one without a value is empty. */
  readonly options: ReadonlyMap<string, string>;
  /** Where what they stand on begins. */
  readonly end: number;
}

/** Reads a run of attributes that begins at an offset; `names` says whose options count. */
export function readAttributes(program: Program, source: RustSource, start: number, names = OURS): Attributes {
  const options = new Map<string, string>();
  const next = /\s*#\[\s*(\w+)\s*(\()?/y;
  let end = start;
  for (let count = 0; ; count++) {
    next.lastIndex = end;
    const match = next.exec(source.code);
    if (!match || count > MAX_ATTRIBUTES) return { options, end };
    if (match[2] !== undefined && names.test(match[1] ?? ''))
      for (const [key, value] of readOptions(program, source, next.lastIndex - 1)) options.set(key, value);
    end = closeOf(source, source.code.indexOf('[', end)) + 1;
  }
}

/** Options of an attribute by name: `key`, `key = value`, `key(value)`; constants are looked up. */
function readOptions(program: Program, source: RustSource, open: number): [string, string][] {
  return splitList(source, open).flatMap(([start, end]): [string, string][] => {
    const text = source.code.slice(start, Math.min(end, start + 2000));
    const match = /^\s*(\w+)\s*(?:=\s*([\s\S]*)|\(([\s\S]*)\)\s*)?$/.exec(text);
    if (match?.[1] === undefined) return [];
    const literal = literalsIn(source, start, end)[0]?.value;
    const written = (match[2] ?? match[3] ?? '').trim();
    return [[match[1], literal ?? constant(program, written) ?? written]];
  });
}

/** What a constant says: `consts::NAME`, also a number. */
export function constant(program: Program, written: string): string | undefined {
  const name = /^&?\s*(?:\w+\s*::\s*)*([A-Z][A-Z0-9_]*)$/.exec(written)?.[1];
  return name === undefined ? undefined : program.constants.get(name);
}
