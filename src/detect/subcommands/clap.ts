import { readOptions } from '../env/clap-env.ts';
import type { Program } from '../rust/program.ts';
import { closeOf, type RustSource, splitList } from '../rust/source.ts';

/** A subcommand as clap derives it from an enum variant. */
export interface ClapVariant {
  readonly enumName: string;
  readonly variant: string;
  /** As typed. */
  readonly command: string;
  /** Types of what the variant carries, e.g. `BacktestArgs`. */
  readonly payload: readonly string[];
  readonly source: RustSource;
  readonly offset: number;
}

const MAX_ATTRIBUTES = 50;
const DERIVE = /#\[\s*derive\s*\([^)]{0,400}\bSubcommand\b[^)]{0,400}\)\s*\]/g;
const ENUM = /^\s*(?:pub(?:\s*\([^)]{0,40}\))?\s+)?enum\s+([A-Za-z_]\w*)[^{;]{0,200}\{/;

/** Variants of every `#[derive(Subcommand)]` enum that no other such enum carries (nested ones are arguments). */
export function clapVariants(program: Program): ClapVariant[] {
  const all = program.sources.flatMap((source) =>
    [...source.code.matchAll(DERIVE)].flatMap((match) => enumVariants(program, source, match.index)),
  );
  const nested = new Set(all.flatMap(({ payload, enumName }) => payload.filter((type) => type !== enumName)));
  return all.filter(({ enumName }) => !nested.has(enumName));
}

function enumVariants(program: Program, source: RustSource, start: number): ClapVariant[] {
  const { attributes, end } = readAttributes(program, source, start);
  const match = ENUM.exec(source.code.slice(end, end + 1000));
  if (!match) return [];
  const open = end + match[0].length - 1;
  if (!source.closes.has(open)) return [];
  const rename = attributes.get('rename_all');
  return splitList(source, open).flatMap(([from, to]) => {
    const own = readAttributes(program, source, from);
    const name = /^\s*([A-Z]\w*)/.exec(source.code.slice(own.end, to))?.[1];
    // `flatten` and `external_subcommand` variants are no commands by themselves.
    if (name === undefined || own.attributes.has('flatten') || own.attributes.has('external_subcommand')) return [];
    const offset = own.end + source.code.slice(own.end, to).search(/\S/);
    const command = own.attributes.get('name') ?? applyCase(name, rename);
    const payload = source.code.slice(offset + name.length, to).match(/\b[A-Z]\w*/g) ?? [];
    return [{ enumName: match[1] ?? '', variant: name, command, payload, source, offset }];
  });
}

interface Attributes {
  readonly attributes: ReadonlyMap<string, string>;
  /** Where what they stand on begins. */
  readonly end: number;
}

function readAttributes(program: Program, source: RustSource, start: number): Attributes {
  const attributes = new Map<string, string>();
  const next = /\s*#\[\s*(\w+)\s*(\()?/y;
  let end = start;
  for (let count = 0; ; count++) {
    next.lastIndex = end;
    const match = next.exec(source.code);
    if (!match || count > MAX_ATTRIBUTES) return { attributes, end };
    if (match[2] !== undefined && /^(?:command|clap|structopt)$/.test(match[1] ?? ''))
      for (const [key, value] of readOptions(source, next.lastIndex - 1, program.constants)) attributes.set(key, value);
    end = closeOf(source, source.code.indexOf('[', end)) + 1;
  }
}

function applyCase(variant: string, rename: string | undefined): string {
  const words = variant.match(/[A-Z]+(?![a-z])\d*|[A-Z][a-z0-9]*/g) ?? [variant];
  switch (rename) {
    case 'snake_case':
      return words.join('_').toLowerCase();
    case 'SCREAMING_SNAKE_CASE':
      return words.join('_').toUpperCase();
    case 'lower':
    case 'lowercase':
      return variant.toLowerCase();
    case 'UPPERCASE':
      return variant.toUpperCase();
    case 'verbatim':
    case 'PascalCase':
      return variant;
    case 'camelCase':
      return variant.charAt(0).toLowerCase() + variant.slice(1);
    default:
      return words.join('-').toLowerCase();
  }
}
