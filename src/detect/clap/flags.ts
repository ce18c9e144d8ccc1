import { absenceOf } from '../env/clap-env.ts';
import type { Evidence } from '../facts.ts';
import type { Program } from '../rust/program.ts';
import { lineAt } from '../rust/source.ts';
import type { DerivedCli } from './commands.ts';
import { inCase } from './names.ts';
import type { OwnedField } from './resolve.ts';

/** An option of a derived command line. */
export interface Flag {
  /** As typed, e.g. `--dry-run`. */
  readonly flag: string;
  /** Name of its field. */
  readonly name: string;
  readonly type: string;
  readonly default?: string;
  readonly required: boolean;
  /** The variable that fills it too. */
  readonly env?: string;
  /** It belongs to the whole command line: before the subcommand, where there is one. */
  readonly first: boolean;
  /** The type that it stands in: what is asked together. */
  readonly owner: string;
  readonly evidence: Evidence;
}

/** Every option with a long name. */
export function flagsOf(program: Program, { commands, common }: DerivedCli): Flag[] {
  const all = new Map<OwnedField['field'], OwnedField>();
  const before = new Set(common.map(({ field }) => field));
  for (const owned of [...common, ...commands.flatMap(({ fields }) => fields)]) all.set(owned.field, owned);
  return [...all.values()].flatMap(({ field, owner }) => {
    const long = field.options.get('long');
    if (long === undefined) return [];
    const { required, default: value } = absenceOf(program, field);
    const env = field.options.get('env');
    return [
      {
        flag: `--${long === '' ? inCase(field.name, owner.options.get('rename_all')) : long}`,
        name: field.name,
        type: field.type,
        ...(value !== undefined && { default: value }),
        required,
        ...(env !== undefined && { env: env === '' ? field.name.toUpperCase() : env }),
        first: before.has(field) && !field.options.has('global'),
        owner: `${owner.source.path} ${owner.name}`,
        evidence: { file: owner.source.path, line: lineAt(owner.source, field.offset) },
      },
    ];
  });
}
