import { groupBy } from '../group.ts';
import type { Program } from '../rust/program.ts';
import type { RustSource } from '../rust/source.ts';
import { type ClapField, type ClapType, type ClapVariant, innerType } from './types.ts';

/** Types by name: the first step of finding out which one is meant. */
export type TypesByName = ReadonlyMap<string, readonly ClapType[]>;

export function byName(types: readonly ClapType[]): TypesByName {
  return groupBy(types, ({ name }) => name);
}

/** The type that a path such as `run::Args` means in a file; several modules often have an `Args` each. */
export function resolveType(
  program: Program,
  types: TypesByName,
  from: RustSource,
  written: string,
): ClapType | undefined {
  const path = innerType(written).split('::');
  const first = path[0] ?? '';
  const imported = program.imports.get(from)?.get(first);
  const full = imported === undefined ? path : [...imported, ...path.slice(1)];
  const all = types.get(full.at(-1) ?? '') ?? [];
  if (all.length < 2) return all[0];
  const module = full.at(-2);
  const near = module === undefined ? all.find(({ source }) => source === from) : undefined;
  return (
    near ??
    all.find(({ source }) => module !== undefined && moduleOf(source) === module) ??
    all.find(({ source }) => program.packageOf.get(source) === program.packageOf.get(from)) ??
    all[0]
  );
}

/** `a/b.rs` and `a/b/mod.rs` are module `b`. */
function moduleOf({ path }: RustSource): string {
  const parts = path.replace(/\.rs$/, '').split('/');
  return (parts.at(-1) === 'mod' ? parts.at(-2) : parts.at(-1)) ?? '';
}

const MAX_DEPTH = 12;

/** A field with the type that it stands in. */
export interface OwnedField {
  readonly field: ClapField;
  readonly owner: ClapType;
}

/** The arguments of a type or variant: its own, and those of what it flattens; not those of subcommands. */
export function argumentsOf(
  program: Program,
  types: TypesByName,
  owner: ClapType,
  fields: readonly ClapField[],
  depth = 0,
): OwnedField[] {
  if (depth > MAX_DEPTH) return [];
  return fields.flatMap((field) => {
    const { options } = field;
    if (options.has('subcommand') || options.has('skip')) return [];
    if (!options.has('flatten')) return [{ field, owner }];
    const inner = resolveType(program, types, owner.source, field.type);
    return inner === undefined || inner === owner ? [] : argumentsOf(program, types, inner, inner.fields, depth + 1);
  });
}

/** The enum of subcommands below a set of fields, where there is one. */
export function subcommandsOf(
  program: Program,
  types: TypesByName,
  owner: ClapType,
  fields: readonly ClapField[],
  depth = 0,
): ClapType | undefined {
  if (depth > MAX_DEPTH) return undefined;
  for (const { options, type } of fields) {
    if (!options.has('subcommand') && !options.has('flatten')) continue;
    const inner = resolveType(program, types, owner.source, type);
    if (inner === undefined || inner === owner) continue;
    if (inner.isSubcommand) return inner;
    const below = subcommandsOf(program, types, inner, inner.fields, depth + 1);
    if (below) return below;
  }
  return undefined;
}

/** The types that a variant carries in brackets. */
export function carriedBy(program: Program, types: TypesByName, owner: ClapType, { carries }: ClapVariant): ClapType[] {
  return carries.flatMap((written) => resolveType(program, types, owner.source, written) ?? []);
}
