import type { RustFunction } from '../rust/functions.ts';
import { functionAt, type Program } from '../rust/program.ts';
import { closeOf, literalsIn, type RustSource, splitList } from '../rust/source.ts';
import { type Absence, absenceAfter, absenceAround } from './chain.ts';

/** One place where the code asks for an environment variable. */
export interface EnvRead {
  readonly name: string;
  readonly source: RustSource;
  readonly offset: number;
  readonly function: RustFunction | undefined;
  readonly absence: Absence;
}

const LOOKUP = /\b(?:env|dotenvy|dotenv)\s*::\s*(?:var|var_os)\s*\(/g;
const IMPORTED_LOOKUP = /\bvar(?:_os)?(?<![:.!]\s{0,8}var(?:_os)?)\s*\(/g;

/** Calls of `env::var` and its like, also through a helper of the repository that takes the name. */
export function envReads(program: Program): EnvRead[] {
  return program.sources.flatMap((source) => {
    const imported = program.imports.get(source)?.get('var')?.includes('env') === true;
    const calls = [...source.code.matchAll(LOOKUP), ...(imported ? source.code.matchAll(IMPORTED_LOOKUP) : [])];
    return calls.flatMap((match) => readsAt(program, source, match.index, match.index + match[0].length - 1));
  });
}

function readsAt(program: Program, source: RustSource, start: number, open: number): EnvRead[] {
  const close = closeOf(source, open);
  const end = Math.min(source.code.length, close + 1);
  const absence = /^\s*[.?]/.test(source.code.slice(end, end + 200))
    ? absenceAfter(source, end, program.constants)
    : absenceAround(source, startOfPath(source.code, start), end);
  const within = functionAt(program, source, start);
  const name = nameIn(program, source, open + 1, close);
  if (name !== undefined) return [{ name, source, offset: start, function: within, absence }];
  const argument = /^\s*&?\s*(\w+)/.exec(source.code.slice(open + 1, close))?.[1];
  return within && argument !== undefined ? readsThrough(program, within, argument, absence) : [];
}

function startOfPath(code: string, start: number): number {
  return start - (/(?:\bstd\s*::\s*)?$/.exec(code.slice(Math.max(0, start - 20), start))?.[0].length ?? 0);
}

/** A literal or a text constant. */
function nameIn(program: Program, source: RustSource, start: number, end: number): string | undefined {
  const text = source.code.slice(start, end);
  if (/^\s*[bcr#]*"/.test(text)) return validName(literalsIn(source, start, end)[0]?.value);
  const constant = /^\s*&?\s*(?:\w+\s*::\s*)*([A-Z][A-Z0-9_]*)\s*,?\s*$/.exec(text)?.[1];
  return constant === undefined ? undefined : validName(program.constants.get(constant));
}

function validName(name: string | undefined): string | undefined {
  return name !== undefined && /^[A-Za-z_]\w*$/.test(name) ? name : undefined;
}

/** The variable's name is a parameter: its callers say which. */
function readsThrough(program: Program, helper: RustFunction, parameter: string, absence: Absence): EnvRead[] {
  const names = helper.params
    .split(',')
    .map((part) => /(\w+)\s*:/.exec(part)?.[1])
    .filter((name) => name !== undefined);
  const position = names.indexOf(parameter);
  if (position < 0) return [];
  const call = new RegExp(
    `\\b${helper.name}(?<!\\bfn\\s{1,8}${helper.name})\\s*(?:::\\s*<[^;{}()]{0,200}>\\s*)?\\(`,
    'g',
  );
  return program.sources.flatMap((source) =>
    [...source.code.matchAll(call)].flatMap((match): EnvRead[] => {
      const open = match.index + match[0].length - 1;
      const [start, end] = splitList(source, open)[position] ?? [0, 0];
      const name = end > 0 ? nameIn(program, source, start, end) : undefined;
      if (name === undefined) return [];
      const outer = absenceAfter(source, closeOf(source, open) + 1, program.constants);
      const fallback = literalsIn(source, end, closeOf(source, open));
      const own: Absence =
        fallback.length === 1 && fallback[0] ? { required: false, default: fallback[0].value } : outer;
      // What the helper has settled itself (a default inside it, or a failure) its callers cannot change.
      const settled = absence.required && own.default === undefined ? absence : own;
      return [
        { name, source, offset: match.index, function: functionAt(program, source, match.index), absence: settled },
      ];
    }),
  );
}
