import { constant } from '../clap/attributes.ts';
import type { DerivedCli } from '../clap/commands.ts';
import { inCase } from '../clap/names.ts';
import type { OwnedField } from '../clap/resolve.ts';
import type { ClapType } from '../clap/types.ts';
import { type Program, sourcesWith } from '../rust/program.ts';
import type { Absence } from './chain.ts';
import type { EnvRead } from './reads.ts';

/** Fields that clap fills from the environment: `#[arg(env = "NAME")]`, `#[clap(long, env)]`. */
export function clapEnv(program: Program, { commands, common }: DerivedCli): EnvRead[] {
  const byField = new Map<OwnedField['field'], EnvRead>();
  const add = (owned: OwnedField, chain: readonly string[], root: ClapType | undefined, command?: string): void => {
    const known = byField.get(owned.field);
    const read = known ?? envOf(program, owned, chain);
    if (read === undefined) return;
    // An argument before the commands, or of a struct that several of them share.
    const shared = command === undefined || (known !== undefined && known.commands === undefined);
    const names = shared ? undefined : [...(known?.commands ?? []), command];
    const { commands: _, ...first } = read;
    const users = [...new Set([...(first.users ?? []), chain[0] ?? owned.owner.name])];
    const { roots: before, ...plain } = first;
    // One that nothing is known of may be anybody's.
    const roots =
      root === undefined || (known !== undefined && before === undefined) ? undefined : [...(before ?? []), root];
    const rest = { ...plain, users, ...(roots && { roots }) };
    byField.set(owned.field, names === undefined ? rest : { ...rest, commands: [...new Set(names)] });
  };
  for (const { chain, root, ...owned } of common) add(owned, chain, root);
  for (const { path, fields, chain, root } of commands)
    for (const owned of fields) add(owned, chain, root, owned.field.options.has('global') ? undefined : path);
  return [...byField.values()];
}

function envOf(program: Program, { field, owner }: OwnedField, chain: readonly string[]): EnvRead | undefined {
  const env = field.options.get('env');
  if (env === undefined) return undefined;
  const name = env === '' ? inCase(field.name, owner.options.get('rename_all_env'), 'SCREAMING_SNAKE_CASE') : env;
  if (!/^[A-Za-z_]\w*$/.test(name)) return undefined;
  return {
    name,
    source: owner.source,
    offset: field.offset,
    function: undefined,
    absence: absenceOf(program, field),
    field: field.name,
    users: [chain[0] ?? owner.name],
  };
}

const FALLBACKS = ['default_value', 'default_value_t', 'default_value_os', 'default_value_os_t', 'default'];
const OPTIONAL = /^(?:(?:std\s*::\s*)?(?:option\s*::\s*|vec\s*::\s*)?(?:Option|Vec)\b|bool\b|\(\s*\))/;

/** Whether clap gives up without a value, and what it takes instead. */
export function absenceOf(program: Program, { type, options }: OwnedField['field']): Absence {
  const stated = FALLBACKS.find((key) => options.has(key));
  const value = stated === undefined ? undefined : typedValue(program, options.get(stated) ?? '', stated);
  if (stated !== undefined || options.has('default_values') || options.has('default_values_t'))
    return { required: false, ...(value !== undefined && { default: value }) };
  const said = options.get('required');
  if (said !== undefined) return { required: said === 'true' || said === '' };
  if (options.has('required_unless_present') || options.has('default_missing_value')) return { required: false };
  const counts = /\b(?:Count|SetTrue|SetFalse)\b/.test(options.get('action') ?? '');
  return { required: !OPTIONAL.test(type) && !counts };
}

/** A default as a person would type it; an expression says nothing. */
function typedValue(program: Program, written: string, key: string): string | undefined {
  if (written === '') return undefined;
  const number = /^(-?\d[\d_]*(?:\.\d+)?)(?:_?[iuf]\d+|_?[iu]size)?$/.exec(written)?.[1];
  if (number !== undefined) return number.replaceAll('_', '');
  const name = /^(?:\w+\s*::\s*)*([A-Z][A-Z0-9_]*)$/.exec(written)?.[1];
  // Quotes are gone here: a short word in capitals that is no constant, such as "USD", is the text itself.
  const isWord = key === 'default_value' && /^[A-Z][A-Z0-9]*$/.test(written);
  if (name !== undefined)
    return constant(program, name) ?? numberConstant(program, name) ?? (isWord ? written : undefined);
  const variant = /^[A-Z]\w*\s*::\s*([A-Z][a-z]\w*)$/.exec(written)?.[1];
  if (variant !== undefined) return inCase(variant, undefined);
  // A call, a path or a closure; what stands in quotes has come as its text.
  return /\)$|^\w+(?:::\w+)+$|^[|{]/.test(written) ? undefined : written;
}

/** `const PORT: u16 = 8080`. */
export function numberConstant(program: Program, name: string): string | undefined {
  const pattern = new RegExp(`\\b(?:const|static)\\s+${name}\\s*:[^=;]{1,40}=\\s*(\\d[\\d_]*)`);
  for (const { code } of sourcesWith(program, [name])) {
    const found = pattern.exec(code)?.[1];
    if (found !== undefined) return found.replaceAll('_', '');
  }
  return undefined;
}
