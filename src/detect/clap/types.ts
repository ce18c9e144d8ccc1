import { type Program, sourcesWith } from '../rust/program.ts';
import { closeOf, type RustSource, splitList } from '../rust/source.ts';
import { readAttributes } from './attributes.ts';

/** A field of a derived type, or of a variant that is written like a struct. */
export interface ClapField {
  readonly name: string;
  /** As written, e.g. `Option<String>`. */
  readonly type: string;
  readonly options: ReadonlyMap<string, string>;
  readonly offset: number;
}

export interface ClapVariant {
  readonly name: string;
  readonly options: ReadonlyMap<string, string>;
  readonly offset: number;
  /** Types that it carries in brackets, e.g. `run::Args`. */
  readonly carries: readonly string[];
  readonly fields: readonly ClapField[];
}

/** A struct or enum that clap, structopt or argh derive a command line from. */
export interface ClapType {
  readonly name: string;
  readonly kind: 'struct' | 'enum';
  /** It is a whole command line by itself. */
  readonly isRoot: boolean;
  readonly isSubcommand: boolean;
  readonly options: ReadonlyMap<string, string>;
  readonly source: RustSource;
  readonly offset: number;
  readonly fields: readonly ClapField[];
  readonly variants: readonly ClapVariant[];
}

/** More than any program has. */
const MAX_TYPES = 1000;
const MAX_PARTS = 400;
const WORDS = ['Parser', 'Args', 'Subcommand', 'StructOpt', 'FromArgs', 'Clap'] as const;
/** Also behind a feature: `#[cfg_attr(feature = "cli", derive(Args))]`. */
const DERIVE = /#\[\s*(?:cfg_attr\s*\([^\]()]{0,200},\s*)?derive\s*\(([^)]{0,400})\)\s*\)?\s*\]/g;
const ITEM = /\s*(?:pub(?:\s*\([^)]{0,40}\))?\s+)?(struct|enum)\s+([A-Za-z_]\w*)[^{;(]{0,200}([{;(])/y;

/** Every type that a command line is derived from. */
export function clapTypes(program: Program): ClapType[] {
  const all = sourcesWith(program, WORDS).flatMap((source) =>
    [...source.code.matchAll(DERIVE)].slice(0, MAX_TYPES).flatMap((match) => {
      const derives = (match[1] ?? '').split(',').map((part) => part.split('::').at(-1)?.trim() ?? '');
      return derives.some((name) => WORDS.some((word) => word === name))
        ? readType(program, source, match.index, derives)
        : [];
    }),
  );
  return all.slice(0, MAX_TYPES);
}

function readType(program: Program, source: RustSource, start: number, derives: readonly string[]): ClapType[] {
  const { options, end } = readAttributes(program, source, start);
  ITEM.lastIndex = end;
  const match = ITEM.exec(source.code);
  if (!match) return [];
  const open = ITEM.lastIndex - 1;
  const kind = match[1] === 'enum' ? 'enum' : 'struct';
  const parts = match[3] === '{' && source.closes.has(open) ? splitList(source, open).slice(0, MAX_PARTS) : [];
  const isArgh = derives.includes('FromArgs');
  const isSubcommand = derives.includes('Subcommand') || (kind === 'enum' && !derives.includes('ValueEnum'));
  return [
    {
      name: match[2] ?? '',
      kind,
      isRoot:
        derives.some((name) => name === 'Parser' || name === 'StructOpt' || name === 'Clap') ||
        (isArgh && !options.has('subcommand')),
      isSubcommand: kind === 'enum' && isSubcommand,
      options,
      source,
      offset: end + source.code.slice(end, open).search(/\S/),
      fields: kind === 'struct' ? parts.flatMap((part) => readField(program, source, part)) : [],
      variants: kind === 'enum' ? parts.flatMap((part) => readVariant(program, source, part)) : [],
    },
  ];
}

const FIELD = /\s*(?:pub(?:\s*\([^)]{0,40}\))?\s+)?(?:r#)?([A-Za-z_]\w*)\s*:(?!:)/y;

function readField(program: Program, source: RustSource, [start, end]: readonly [number, number]): ClapField[] {
  const attributes = readAttributes(program, source, start);
  FIELD.lastIndex = attributes.end;
  const match = FIELD.exec(source.code);
  if (match?.[1] === undefined || FIELD.lastIndex > end) return [];
  const type = source.code.slice(FIELD.lastIndex, end).trim();
  const offset = attributes.end + match[0].search(/\S/);
  return [{ name: match[1], type, options: attributes.options, offset }];
}

function readVariant(program: Program, source: RustSource, [start, end]: readonly [number, number]): ClapVariant[] {
  const { options, end: from } = readAttributes(program, source, start);
  const head = /^\s*([A-Z]\w*)\s*/.exec(source.code.slice(from, Math.min(end, from + 300)));
  if (head?.[1] === undefined) return [];
  const open = from + head[0].length;
  const offset = from + head[0].search(/\S/);
  const list = source.closes.has(open) && closeOf(source, open) <= end ? splitList(source, open) : [];
  const isStruct = source.code[open] === '{';
  return [
    {
      name: head[1],
      options,
      offset,
      carries: isStruct ? [] : list.map(([a, b]) => withoutAttributes(source.code.slice(a, b))),
      fields: isStruct ? list.flatMap((part) => readField(program, source, part)) : [],
    },
  ];
}

function withoutAttributes(code: string): string {
  return code.replace(/#\[[^\]]{0,400}\]/g, '').trim();
}

/** What stands inside `Option<…>`, `Box<…>` and the like: the path of the type itself. */
export function innerType(type: string): string {
  return /([\w:]+)[\s>,&]*$/.exec(type.replace(/\s+/g, ''))?.[1] ?? type;
}
