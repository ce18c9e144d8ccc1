import { readAttributes } from '../clap/attributes.ts';
import { inCase } from '../clap/names.ts';
import { innerType } from '../clap/types.ts';
import { numberConstant } from '../env/clap-env.ts';
import { bodyOf, type RustFunction } from '../rust/functions.ts';
import { type Program, sourcesWith } from '../rust/program.ts';
import { literalsIn, type RustSource, splitList } from '../rust/source.ts';

/** A value that a deserialised struct holds. */
export interface SerdeLeaf {
  /** Keys from the outside in. */
  readonly path: readonly string[];
  readonly type: string;
  /** It may be left out. */
  readonly optional: boolean;
  readonly default?: string;
  readonly source: RustSource;
  readonly offset: number;
  /** It is a table: a struct of the repository. */
  readonly isTable: boolean;
}

interface Struct {
  readonly name: string;
  readonly source: RustSource;
  readonly open: number;
  readonly options: ReadonlyMap<string, string>;
}

const MAX_DEPTH = 6;
const MAX_LEAVES = 400;
const SERDE = /^serde$/;

/** Everything that a struct of this name is filled with, tables before what is in them. */
export function serdeLeaves(program: Program, from: RustSource, type: string, allDefaults = false): SerdeLeaf[] {
  const found: SerdeLeaf[] = [];
  const struct = findStruct(program, from, type);
  if (struct) collect(program, struct, [], allDefaults, found, 0);
  return found;
}

function collect(
  program: Program,
  struct: Struct,
  prefix: readonly string[],
  allDefaults: boolean,
  found: SerdeLeaf[],
  depth: number,
): void {
  const { source, options } = struct;
  const hasDefaults = allDefaults || options.has('default');
  const defaults = defaultBody(program, struct);
  for (const [start, end] of splitList(source, struct.open)) {
    if (found.length >= MAX_LEAVES || depth > MAX_DEPTH) return;
    const attributes = readAttributes(program, source, start, SERDE);
    const head = /^\s*(?:pub(?:\s*\([^)]{0,40}\))?\s+)?(?:r#)?([A-Za-z_]\w*)\s*:(?!:)/.exec(
      source.code.slice(attributes.end, Math.min(end, attributes.end + 200)),
    );
    const own = attributes.options;
    if (head?.[1] === undefined || own.has('skip') || own.has('skip_deserializing')) continue;
    const written = source.code.slice(attributes.end + head[0].length, end).trim();
    const key = own.get('rename') ?? caseOf(head[1], options.get('rename_all'));
    const path = [...prefix, key];
    const inner = findStruct(program, source, written);
    if (own.has('flatten')) {
      if (inner) collect(program, inner, prefix, hasDefaults, found, depth + 1);
      continue;
    }
    const stated = own.get('default');
    const value =
      stated !== undefined && stated !== ''
        ? valueOfFunction(program, source, stated)
        : hasDefaults || (stated === undefined && allDefaults)
          ? defaults && fieldValue(program, defaults, head[1])
          : undefined;
    const optional = /^(?:std\s*::\s*option\s*::\s*)?Option\s*</.test(written) || stated !== undefined || hasDefaults;
    found.push({
      path,
      type: written,
      optional,
      ...(value !== undefined && { default: value }),
      source,
      offset: attributes.end + head[0].search(/\S/),
      isTable: inner !== undefined,
    });
    if (inner && inner.open !== struct.open)
      collect(program, inner, path, hasDefaults || stated !== undefined, found, depth + 1);
  }
}

function caseOf(field: string, rename: string | undefined): string {
  return rename === undefined ? field : inCase(field, rename);
}

/** The struct with named fields that a type means: in the same file, the imported one, or the only one. */
function findStruct(program: Program, from: RustSource, type: string): Struct | undefined {
  if (/^(?:Vec|Hash|BTree|\[)/.test(type)) return undefined;
  const path = innerType(type).split('::');
  const name = path.at(-1) ?? '';
  if (!/^[A-Z]\w*$/.test(name) || /^(?:String|Option|Duration|PathBuf|Secret\w*|Decimal|Url|Vec)$/.test(name))
    return undefined;
  const pattern = new RegExp(`\\bstruct\\s+${name}\\b[^{;(]{0,200}\\{`);
  const all = sourcesWith(program, [name]).flatMap((source): Struct[] => {
    const match = pattern.exec(source.code);
    if (!match) return [];
    const open = match.index + match[0].length - 1;
    return [{ name, source, open, options: optionsBefore(program, source, match.index) }];
  });
  const crate = path.length > 1 ? path[0] : program.imports.get(from)?.get(name)?.[0];
  const home = program.crates.get(crate ?? '') ?? program.packageOf.get(from);
  return (
    all.find(({ source }) => source === from) ??
    all.find(({ source }) => program.packageOf.get(source) === home) ??
    all[0]
  );
}

/** Attributes stand before the keyword: from the end of the item above. */
function optionsBefore(program: Program, source: RustSource, at: number): ReadonlyMap<string, string> {
  const from = Math.max(0, at - 600);
  const before = source.code.slice(from, at);
  const start = before.search(/(?:#\[[^\]]{0,400}\]\s*)+(?:pub(?:\s*\([^)]{0,40}\))?\s*)?$/);
  return start < 0 ? new Map() : readAttributes(program, source, from + start, SERDE).options;
}

/** The body of `impl Default for Name`. */
function defaultBody(program: Program, { name }: Struct): RustFunction | undefined {
  return program.byName.get('default')?.find(({ owner, trait }) => owner === name && trait === 'Default');
}

/** `port: 8080` in a body. */
function fieldValue(program: Program, item: RustFunction, field: string): string | undefined {
  const { source, bodyStart } = item;
  const match = new RegExp(`\\b${field}\\s*:(?!:)\\s*`).exec(bodyOf(item));
  if (!match) return undefined;
  const start = bodyStart + match.index + match[0].length;
  const stop = /[,}]/.exec(source.code.slice(start, start + 300))?.index ?? 0;
  return valueIn(program, source, start, start + stop);
}

/** `#[serde(default = "default_port")]`: what the function gives, where it is one value. */
function valueOfFunction(program: Program, from: RustSource, path: string): string | undefined {
  const parts = path.split('::');
  const all = program.byName.get(parts.at(-1) ?? '') ?? [];
  const item = all.find(({ source }) => source === from) ?? all[0];
  return item && valueIn(program, item.source, item.bodyStart + 1, item.bodyEnd);
}

/** The one text, number, truth or constant in a range. */
function valueIn(program: Program, source: RustSource, start: number, end: number): string | undefined {
  const code = source.code.slice(start, Math.min(end, start + 300)).trim();
  const texts = literalsIn(source, start, end);
  if (texts.length === 1 && /^[bcr#]*"|^(?:String\s*::\s*from|Some)\s*\(/.test(code)) return texts[0]?.value;
  if (texts.length > 0) return undefined;
  const plain = /^(?:(-?\d[\d_]*(?:\.\d+)?)(?:_?[iuf]\d+|_?[iu]size)?|(true|false))$/.exec(code);
  if (plain) return plain[2] ?? plain[1]?.replaceAll('_', '');
  const name = /^(?:\w+\s*::\s*)*([A-Z][A-Z0-9_]+)(?:\s*\.\s*(?:to_string|into|to_owned)\s*\(\s*\))?$/.exec(code)?.[1];
  return name === undefined ? undefined : (program.constants.get(name) ?? numberConstant(program, name));
}
