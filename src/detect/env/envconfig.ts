import { readAttributes } from '../clap/attributes.ts';
import { type Program, sourcesWith } from '../rust/program.ts';
import { type RustSource, splitList } from '../rust/source.ts';
import type { EnvRead } from './reads.ts';

/** Structs of the `envconfig` crate: `#[envconfig(from = "NAME", default = "x")]`. */
export function envconfigReads(program: Program): EnvRead[] {
  return sourcesWith(program, ['Envconfig']).flatMap((source) => envconfigIn(program, source));
}

function envconfigIn(program: Program, source: RustSource): EnvRead[] {
  const pattern = /#\[\s*derive\s*\([^)]{0,400}\bEnvconfig\b[^)]{0,400}\)\s*\]/g;
  return [...source.code.matchAll(pattern)].flatMap((match) => {
    const name = /\bstruct\s+(\w+)/.exec(source.code.slice(match.index, match.index + 1500))?.[1];
    return name === undefined ? [] : envconfigFields(program, source, name, match.index);
  });
}

function envconfigFields(program: Program, source: RustSource, struct: string, from: number): EnvRead[] {
  const open = source.code.indexOf('{', from);
  if (open < 0) return [];
  return splitList(source, open).flatMap(([start, end]): EnvRead[] => {
    const { options, end: after } = readAttributes(program, source, start, /^envconfig$/);
    const field = /^\s*(?:pub(?:\s*\([^)]{0,40}\))?\s+)?(\w+)\s*:\s*([^,]{1,100})/.exec(
      source.code.slice(after, Math.min(end, after + 300)),
    );
    if (field?.[1] === undefined || options.has('nested')) return [];
    const value = options.get('default');
    const required = value === undefined && !/^Option\b/.test(field[2] ?? '');
    return [
      {
        name: options.get('from') ?? field[1].toUpperCase(),
        source,
        offset: after + field[0].search(/\S/),
        function: undefined,
        absence: { required, ...(value !== undefined && { default: value }) },
        field: field[1],
        users: [struct],
      },
    ];
  });
}
