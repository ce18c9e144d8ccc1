import type { Program } from '../rust/program.ts';
import { closeOf, literalsIn, type RustSource, splitList } from '../rust/source.ts';
import type { EnvRead } from './reads.ts';

const ATTRIBUTE = /#\[\s*(?:arg|clap|structopt)\s*\(/g;
/** What the attribute stands on: more attributes, then `name: Type`. */
const FIELD =
  /^(?:\s*#\[[^\]]{0,400}\])*\s*(?:pub(?:\s*\([^)]{0,40}\))?\s+)?(?:r#)?([A-Za-z_]\w*)\s*:\s*([^,}]{1,200})/;

/** Fields that clap fills from the environment: `#[arg(env = "NAME")]`, `#[clap(long, env)]`. */
export function clapEnv(program: Program): EnvRead[] {
  return program.sources.flatMap((source) =>
    [...source.code.matchAll(ATTRIBUTE)].flatMap((match) => {
      const open = match.index + match[0].length - 1;
      const options = readOptions(source, open, program.constants);
      const bracketEnd = closeOf(source, source.code.indexOf('[', match.index)) + 1;
      const field = FIELD.exec(source.code.slice(bracketEnd, bracketEnd + 2000));
      const env = options.get('env');
      if (env === undefined || field?.[1] === undefined) return [];
      const name = env === '' ? field[1].toUpperCase() : env;
      const fallback = options.get('default_value') ?? options.get('default_value_t');
      const optional = /^\s*(?:Option\b|std\s*::\s*option|Vec\b|bool\b)/.test(field[2] ?? '');
      const absence = {
        required: fallback === undefined && !optional,
        ...(fallback !== undefined && fallback !== '' && { default: fallback }),
      };
      return [{ name, source, offset: match.index, function: undefined, absence }];
    }),
  );
}

/** Options of an attribute by name; one without a value is empty. */
export function readOptions(
  source: RustSource,
  open: number,
  constants: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  return new Map(
    splitList(source, open).flatMap(([start, end]) => {
      const match = /^\s*(\w+)\s*(?:=\s*([\s\S]*))?$/.exec(source.code.slice(start, end));
      if (match?.[1] === undefined) return [];
      const text = literalsIn(source, start, end)[0]?.value;
      const written = match[2]?.trim() ?? '';
      return [[match[1], text ?? constants.get(written) ?? written] as const];
    }),
  );
}
