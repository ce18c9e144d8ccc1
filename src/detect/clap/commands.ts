import { type Program, sourcesWith } from '../rust/program.ts';
import type { RustSource } from '../rust/source.ts';
import { inCase } from './names.ts';
import {
  argumentsOf,
  byName,
  carriedBy,
  type OwnedField,
  resolveType,
  subcommandsOf,
  type TypesByName,
} from './resolve.ts';
import { type ClapType, type ClapVariant, clapTypes } from './types.ts';

/** A subcommand as it is derived from an enum variant. */
export interface DerivedCommand {
  /** As typed; below another one with a space: `db migrate`. */
  readonly path: string;
  readonly aliases: readonly string[];
  readonly enumName: string;
  readonly variant: string;
  /** Types of what the variant carries, e.g. `BacktestArgs`. */
  readonly payload: readonly string[];
  readonly source: RustSource;
  readonly offset: number;
  /** Arguments that only this command takes. */
  readonly fields: readonly OwnedField[];
  /** Types through which a program reaches it, its command line first. */
  readonly chain: readonly string[];
  /** The command line that it belongs to, where one was found. */
  readonly root?: ClapType;
  /** Another command line carries its own: only who asks for this very one has it. */
  readonly alone?: boolean;
}

/** What is derived in a program: its commands, and the arguments that stand before any of them. */
export interface DerivedCli {
  readonly commands: readonly DerivedCommand[];
  /** Arguments of the whole command line, each with the types through which it is reached. */
  readonly common: readonly (OwnedField & { readonly chain: readonly string[]; readonly root?: ClapType })[];
}

const MAX_DEPTH = 6;

/** Reads every derived command line. */
export function derivedCli(program: Program): DerivedCli {
  const all = clapTypes(program);
  const types = byName(all);
  const carried = new Set(all.flatMap((type) => partsOf(program, types, type)));
  // Many derive Parser for what is only a part of a command line.
  const roots = all.filter(
    (type) => type.isRoot && type.kind === 'struct' && (!carried.has(type) || isParsed(program, type)),
  );
  const common = roots.flatMap((root) =>
    argumentsOf(program, types, root, root.fields).map((owned) => ({ ...owned, chain: [root.name], root })),
  );
  const below = new Set(all.flatMap((type) => childrenOf(program, types, type)));
  const tops = all.filter((type) => type.isSubcommand && !below.has(type));
  const commands = tops.flatMap((top) => {
    const parent = roots.find((root) => subcommandsOf(program, types, root, root.fields) === top);
    const place = { prefix: '', inherited: [], chain: parent ? [parent.name] : [], depth: 0 };
    return commandsOf(program, types, top, place).map((command) => ({ ...command, ...(parent && { root: parent }) }));
  });
  // A command line that is also carried by another one, as `cargo-sqlx` carries that of `sqlx`.
  const alone = roots.flatMap((root) => {
    const enumeration = subcommandsOf(program, types, root, root.fields);
    if (enumeration === undefined || !below.has(enumeration) || !isParsed(program, root)) return [];
    const place = { prefix: '', inherited: [], chain: [root.name], depth: 0 };
    return commandsOf(program, types, enumeration, place).map((command) => ({ ...command, root, alone: true }));
  });
  commands.push(...alone);
  const used = new Set([...common, ...commands.flatMap(({ fields }) => fields)].map(({ field }) => field));
  // Arguments that no command line was seen to take: a builder may add them.
  const loose = all
    .filter(({ isRoot, kind }) => !isRoot && kind === 'struct')
    .flatMap((owner) => owner.fields.filter((field) => !used.has(field)).map((field) => ({ field, owner, chain: [] })));
  return { commands, common: [...common, ...loose] };
}

/** What a type carries or flattens. */
function partsOf(program: Program, types: TypesByName, type: ClapType): ClapType[] {
  const flattened = [...type.fields, ...type.variants.flatMap(({ fields }) => fields)]
    .filter(({ options }) => options.has('flatten'))
    .flatMap((field) => resolveType(program, types, type.source, field.type) ?? []);
  return [...flattened, ...type.variants.flatMap((variant) => carriedBy(program, types, type, variant))].filter(
    (part) => part !== type,
  );
}

/** `::parse()` and its like. */
export const PARSES = '\\s*::\\s*(?:try_)?(?:parse|from_args|from_arg_matches)\\w*\\s*\\(';

/** Something asks for this very command line: `Opt::parse()`. */
function isParsed(program: Program, { name }: ClapType): boolean {
  const pattern = new RegExp(`\\b${name}${PARSES}`);
  return sourcesWith(program, [name]).some(({ code }) => pattern.test(code));
}

/** Enums that stand below a variant of this one. */
function childrenOf(program: Program, types: TypesByName, type: ClapType): ClapType[] {
  if (!type.isSubcommand) return [];
  return type.variants
    .flatMap((variant) => nestedOf(program, types, type, variant) ?? [])
    .filter((below) => below !== type);
}

function nestedOf(program: Program, types: TypesByName, owner: ClapType, variant: ClapVariant): ClapType | undefined {
  for (const carried of carriedBy(program, types, owner, variant)) {
    if (carried.isSubcommand) return carried;
    const below = subcommandsOf(program, types, carried, carried.fields);
    if (below) return below;
  }
  return subcommandsOf(program, types, owner, variant.fields);
}

interface Place {
  readonly prefix: string;
  readonly inherited: readonly OwnedField[];
  readonly chain: readonly string[];
  readonly depth: number;
}

function commandsOf(program: Program, types: TypesByName, owner: ClapType, place: Place): DerivedCommand[] {
  if (place.depth > MAX_DEPTH) return [];
  const chain = [...place.chain, owner.name];
  return owner.variants.flatMap((variant): DerivedCommand[] => {
    const { options } = variant;
    if (options.has('external_subcommand') || options.has('skip')) return [];
    const nested = nestedOf(program, types, owner, variant);
    // A flattened enum adds its commands beside the others.
    if (options.has('flatten'))
      return nested === undefined || nested === owner
        ? []
        : commandsOf(program, types, nested, { ...place, chain, depth: place.depth + 1 });
    const carried = carriedBy(program, types, owner, variant);
    const fields = [
      ...place.inherited,
      ...argumentsOf(program, types, owner, variant.fields),
      ...carried.flatMap((type) => argumentsOf(program, types, type, type.fields)),
    ];
    const path = `${place.prefix}${commandName(owner, variant, carried)}`;
    if (nested !== undefined && nested !== owner) {
      const inside = { prefix: `${path} `, inherited: fields, chain, depth: place.depth + 1 };
      const below = commandsOf(program, types, nested, inside);
      if (below.length > 0) return below;
    }
    return [
      {
        path,
        aliases: ['alias', 'visible_alias'].flatMap((key) => options.get(key) ?? []),
        enumName: owner.name,
        variant: variant.name,
        payload: variant.carries.flatMap((written) => written.match(/\b[A-Z]\w*/g) ?? []),
        source: owner.source,
        offset: variant.offset,
        fields,
        chain,
      },
    ];
  });
}

/** argh names a command on the struct that the variant carries. */
function commandName(owner: ClapType, variant: ClapVariant, carried: readonly ClapType[]): string {
  const argh = carried.find(({ options }) => options.has('subcommand') && options.has('name'))?.options.get('name');
  return variant.options.get('name') ?? argh ?? inCase(variant.name, owner.options.get('rename_all'));
}
