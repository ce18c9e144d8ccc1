import type { RustFunction } from '../rust/functions.ts';
import { isMethod } from '../rust/functions.ts';
import { functionAt, type Program, sourcesWith } from '../rust/program.ts';
import { closeOf, literalsIn, type RustSource, splitList } from '../rust/source.ts';
import { type Absence, absenceAfter } from './chain.ts';
import { isName, type Named, namesIn } from './names.ts';
import type { EnvRead } from './reads.ts';

type Parameter = Extract<Named, { readonly parameter: string }>;

/** A helper that calls a helper that calls a helper is as deep as people go. */
const MAX_DEPTH = 3;

/** The variable's name is a parameter: the helper's callers say which. */
export function readsThrough(
  program: Program,
  helper: RustFunction,
  { parameter, before, after }: Parameter,
  absence: Absence,
  depth: number,
): EnvRead[] {
  const names = helper.params
    .split(',')
    .map((part) => /(\w+)\s*:/.exec(part)?.[1])
    .filter((name) => name !== undefined);
  const position = names.indexOf(parameter);
  if (position < 0 || depth > MAX_DEPTH || !maySearch(program)) return [];
  return callsOf(program, helper).flatMap(({ source, start, open }): EnvRead[] => {
    const range = splitList(source, open)[position];
    const within = functionAt(program, source, start);
    const named = range && within !== helper ? namesIn(program, source, range[0], range[1], within) : undefined;
    if (named === undefined || range === undefined) return [];
    const own = absenceAt(program, source, open, range[1]);
    // What the helper has settled itself (a default inside it, or a failure) its callers cannot change.
    const settled = absence.required && own.default === undefined ? absence : inner(absence, own);
    if ('parameter' in named) {
      const wider = { ...named, before: before + named.before, after: named.after + after };
      return within ? readsThrough(program, within, wider, settled, depth + 1) : [];
    }
    return named.names
      .map((name) => before + name + after)
      .filter(isName)
      .map((name) => ({
        name,
        source,
        offset: start,
        function: within,
        absence: settled,
        ...fieldBefore(source, start),
      }));
  });
}

/** `field: env::var(…)` fills a field, which is what the rest of the program looks at. */
export function fieldBefore({ code }: RustSource, start: number): { readonly field?: string } {
  const before = code.slice(Math.max(0, start - 160), start);
  const field = /[{,]\s*([a-z_]\w*)\s*:(?!:)\s*(?:\w{1,60}\s*::\s*){0,6}$/.exec(before)?.[1];
  return field === undefined ? {} : { field };
}

/** A default that the helper itself has holds where the caller gives none. */
function inner(helper: Absence, caller: Absence): Absence {
  return caller.default === undefined && helper.default !== undefined ? helper : caller;
}

/** What the caller says about a missing one: a text handed in beside the name, or what it does with the result. */
function absenceAt(program: Program, source: RustSource, open: number, after: number): Absence {
  const close = closeOf(source, open);
  const fallback = literalsIn(source, after, Math.min(close, after + 2000));
  if (fallback.length === 1 && fallback[0]) return { required: false, default: fallback[0].value };
  const number = /^\s*,\s*(-?\d[\d_]*(?:\.\d+)?)\s*,?\s*$/.exec(source.code.slice(after, close))?.[1];
  if (number !== undefined) return { required: false, default: number.replaceAll('_', '') };
  return absenceAfter(source, close + 1, program.constants);
}

/** Nobody has more helpers of this kind, or more calls of them, than that. */
const MAX_SEARCHES = 100;
const MAX_CALLS_IN_ALL = 3000;
const spent = new WeakMap<Program, { searches: number; calls: number }>();

function spentOn(program: Program): { searches: number; calls: number } {
  const known = spent.get(program) ?? { searches: 0, calls: 0 };
  spent.set(program, known);
  return known;
}

function maySearch(program: Program): boolean {
  const budget = spentOn(program);
  return budget.calls < MAX_CALLS_IN_ALL && ++budget.searches <= MAX_SEARCHES;
}

/** As many of some calls as may still be looked at. */
function affordable<Item>(program: Program, calls: readonly Item[]): readonly Item[] {
  const budget = spentOn(program);
  const taken = calls.slice(0, Math.max(0, MAX_CALLS_IN_ALL - budget.calls));
  budget.calls += taken.length;
  return taken;
}

interface Call {
  readonly source: RustSource;
  readonly start: number;
  readonly open: number;
}

/** Calls by name; those of a method only where its type is at hand, because `get` is everybody's name. */
function callsOf(program: Program, helper: RustFunction): readonly Call[] {
  const { name, owner } = helper;
  const dot = isMethod(helper) ? '(?<=\\.\\s{0,8})' : '(?<!\\.\\s{0,8})';
  const call = new RegExp(`${dot}\\b${name}(?<!\\bfn\\s{1,8}${name})\\s*(?:::\\s*<[^;{}()]{0,200}>\\s*)?\\(`, 'g');
  const near = owner === undefined ? undefined : new Set(sourcesWith(program, [owner]));
  const calls = sourcesWith(program, [name])
    .filter((source) => near === undefined || near.has(source) || source === helper.source)
    .flatMap((source) =>
      [...source.code.matchAll(call)].map((match) => ({
        source,
        start: match.index,
        open: match.index + match[0].length - 1,
      })),
    );
  return affordable(program, calls);
}

/** `let get = |name: &str| env::var(name)…;` and its calls in the same function. */
export function readsThroughClosure(
  program: Program,
  within: RustFunction,
  offset: number,
  { parameter, before, after }: Parameter,
  absence: Absence,
): EnvRead[] {
  const { source, bodyStart, bodyEnd } = within;
  const from = Math.max(bodyStart, offset - 2000);
  const pattern = /\blet\s+(\w+)\s*=\s*(?:move\s+)?\|([^|]{0,200})\|/g;
  const made = [...source.code.slice(from, offset).matchAll(pattern)].at(-1);
  const names = (made?.[2] ?? '').split(',').map((part) => /\w+/.exec(part)?.[0]);
  const position = names.indexOf(parameter);
  if (made?.[1] === undefined || position < 0) return [];
  const call = new RegExp(`(?<!\\.\\s{0,8})\\b${made[1]}\\s*\\(`, 'g');
  const begin = from + made.index + made[0].length;
  if (!maySearch(program)) return [];
  const calls = affordable(program, [...source.code.slice(begin, bodyEnd).matchAll(call)]);
  return calls.flatMap((match): EnvRead[] => {
    const open = begin + match.index + match[0].length - 1;
    const range = splitList(source, open)[position];
    const named = range && namesIn(program, source, range[0], range[1], within);
    if (named === undefined || range === undefined || 'parameter' in named) return [];
    const own = absenceAt(program, source, open, range[1]);
    const settled = absence.required && own.default === undefined ? absence : inner(absence, own);
    return named.names
      .map((name) => before + name + after)
      .filter(isName)
      .map((name) => ({ name, source, offset: begin + match.index, function: within, absence: settled }));
  });
}

/** `macro_rules! setting { ($name:expr, …) => { env::var($name) … } }`: its uses say which. */
export function readsThroughMacro(
  program: Program,
  source: RustSource,
  start: number,
  end: number,
  absence: Absence,
): EnvRead[] {
  const variable = /^\s*&?\s*\$(\w+)\s*$/.exec(source.code.slice(start, Math.min(end, start + 100)))?.[1];
  if (variable === undefined) return [];
  const from = Math.max(0, start - 8000);
  const before = source.code.slice(from, start);
  const macro = [...before.matchAll(/\bmacro_rules\s*!\s*(\w+)\s*[({]/g)].at(-1);
  if (macro?.[1] === undefined) return [];
  const head = [...before.slice(macro.index).matchAll(/\(([^()]{0,400})\)\s*=>/g)].at(-1)?.[1] ?? '';
  const position = [...head.matchAll(/\$(\w+)\s*:/g)].findIndex((match) => match[1] === variable);
  if (position < 0 || !maySearch(program)) return [];
  const use = new RegExp(`\\b${macro[1]}\\s*!\\s*[([{]`, 'g');
  return sourcesWith(program, [macro[1]]).flatMap((user) =>
    affordable(program, [...user.code.matchAll(use)]).flatMap((match): EnvRead[] => {
      const open = match.index + match[0].length - 1;
      const within = functionAt(program, user, match.index);
      const range = splitList(user, open)[position];
      const named = range && namesIn(program, user, range[0], range[1], within);
      if (named === undefined || range === undefined || 'parameter' in named) return [];
      const own = absenceAt(program, user, open, range[1]);
      const settled = absence.required && own.default === undefined ? absence : inner(absence, own);
      return named.names.map((name) => ({
        name,
        source: user,
        offset: match.index,
        function: within,
        absence: settled,
      }));
    }),
  );
}
