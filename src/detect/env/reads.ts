import type { RustFunction } from '../rust/functions.ts';
import { functionAt, type Program, sourcesWith } from '../rust/program.ts';
import { closeOf, type RustSource } from '../rust/source.ts';
import { type Absence, absenceAfter, absenceAround } from './chain.ts';
import { fieldBefore, readsThrough, readsThroughClosure, readsThroughMacro } from './helpers.ts';
import { namesIn } from './names.ts';

/** One place where the code asks for an environment variable. */
export interface EnvRead {
  readonly name: string;
  readonly source: RustSource;
  readonly offset: number;
  readonly function: RustFunction | undefined;
  readonly absence: Absence;
  /** The field that it fills, where one is filled. */
  readonly field?: string;
  /** The config key that it overrides. */
  readonly key?: string;
  /** Types through which a program reaches it, where no call shows it. */
  readonly users?: readonly string[];
  /** Those of them that are known with the file that declares them: several programs often have an `Env` each. */
  readonly roots?: readonly { readonly name: string; readonly source: RustSource }[];
  /** The only subcommands that read it. */
  readonly commands?: readonly string[];
}

/** More than any file of a person has. */
const MAX_LOOKUPS = 1000;
const LOOKUP = /\b(?:env|dotenvy|dotenv)\s*::\s*(?:var|var_os)\s*\(/g;

/** Calls of `env::var` and its like, also through a helper or a macro of the repository that takes the name. */
export function envReads(program: Program): EnvRead[] {
  return sourcesWith(program, ['var', 'var_os']).flatMap((source) => {
    const calls = [...source.code.matchAll(LOOKUP), ...importedLookups(program, source)];
    return calls
      .slice(0, MAX_LOOKUPS)
      .flatMap((match) => readsAt(program, source, match.index, match.index + match[0].length - 1));
  });
}

/** `use std::env::var;` or `use std::env::var as lookup;`. */
function importedLookups(program: Program, source: RustSource): RegExpExecArray[] {
  const imported = [...(program.imports.get(source) ?? [])].filter(
    ([, path]) => /^var(?:_os)?$/.test(path.at(-1) ?? '') && /^(?:env|dotenvy|dotenv)$/.test(path.at(-2) ?? ''),
  );
  return imported.flatMap(([name]) => [
    ...source.code.matchAll(new RegExp(`\\b${name}(?<![:.!]\\s{0,8}${name})(?<!\\bfn\\s{1,8}${name})\\s*\\(`, 'g')),
  ]);
}

function readsAt(program: Program, source: RustSource, start: number, open: number): EnvRead[] {
  const close = closeOf(source, open);
  const end = Math.min(source.code.length, close + 1);
  const absence = /^\s*[.?]/.test(source.code.slice(end, end + 200))
    ? absenceAfter(source, end, program.constants)
    : absenceAround(source, startOfPath(source.code, start), end, program.constants);
  const within = functionAt(program, source, start);
  const named = namesIn(program, source, open + 1, close, within);
  if (named === undefined) return readsThroughMacro(program, source, open + 1, close, absence);
  if ('names' in named)
    return named.names.map((name) => ({
      name,
      source,
      offset: start,
      function: within,
      absence,
      ...fieldBefore(source, start),
    }));
  if (within === undefined) return [];
  const closure = readsThroughClosure(program, within, start, named, absence);
  return closure.length > 0 ? closure : readsThrough(program, within, named, absence, 0);
}

function startOfPath(code: string, start: number): number {
  return start - (/(?:\bstd\s*::\s*)?$/.exec(code.slice(Math.max(0, start - 20), start))?.[0].length ?? 0);
}
