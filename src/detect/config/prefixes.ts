import { type Believed, certain, likely } from '../belief.ts';
import type { Code } from '../code.ts';
import type { EnvRead } from '../env/reads.ts';
import type { ConfigFileFact, EnvPrefixFact } from '../facts.ts';
import { bodyOf, type RustFunction } from '../rust/functions.ts';
import { functionAt, type Program, sourcesWith } from '../rust/program.ts';
import { closeOf, lineAt, literalsIn } from '../rust/source.ts';
import { type Call, callsIn, linksAfter, option, textArgument } from './calls.ts';
import { type SerdeLeaf, serdeLeaves } from './structs.ts';

/** A place where the code takes every variable whose name begins like this. */
export interface PrefixUse {
  readonly fact: EnvPrefixFact;
  readonly call: Call;
  /** Only these keys, where the code says which. */
  readonly only?: readonly string[];
}

const FIGMENT = /\bEnv\s*::\s*(?:prefixed|raw)\s*\(/g;
const CONFIG_RS = /\bEnvironment\s*::\s*(?:with_prefix|default)\s*\(/g;
const ENVY = /\benvy\s*::\s*(?:prefixed|from_env)\s*(?:::\s*<[^;{}()]{0,200}>\s*)?\(/g;
const ALL = /\benv\s*::\s*vars(?:_os)?\s*\(/g;

/** Every prefix under which the program is configured from the environment. */
export function prefixUses(code: Code): PrefixUse[] {
  const { program } = code;
  return [
    ...sourcesWith(program, ['Env']).flatMap((source) =>
      callsIn(code, source, FIGMENT).flatMap((call) => figment(program, call)),
    ),
    ...sourcesWith(program, ['Environment']).flatMap((source) =>
      callsIn(code, source, CONFIG_RS).flatMap((call) => configRs(program, call)),
    ),
    ...sourcesWith(program, ['envy']).flatMap((source) =>
      callsIn(code, source, ENVY).flatMap((call) => envy(program, call)),
    ),
    ...sourcesWith(program, ['vars', 'vars_os']).flatMap((source) => callsIn(code, source, ALL).flatMap(filtered)),
  ];
}

function use(call: Call, fact: Omit<EnvPrefixFact, keyof Believed>, only?: readonly string[]): PrefixUse {
  const evidence = { file: call.source.path, line: lineAt(call.source, call.start) };
  return { fact: { ...fact, ...certain(evidence) }, call, ...(only && { only }) };
}

function isMethod({ source, open }: Call, name: string): boolean {
  return source.code
    .slice(Math.max(0, open - 40), open)
    .trimEnd()
    .endsWith(name);
}

function figment(program: Program, call: Call): PrefixUse[] {
  const isRaw = isMethod(call, 'raw');
  const name = isRaw ? '' : textArgument(program, call);
  if (name === undefined) return [];
  const split = option(program, call, 'split');
  const links = linksAfter(call.source, call.open);
  const only = links.find(({ method }) => method === 'only');
  const keys = only && literalsIn(call.source, only.open, closeOf(call.source, only.open)).map(({ value }) => value);
  // A key that a closure makes cannot be told.
  if (links.some(({ method }) => method === 'map' || method === 'filter_map')) return [];
  return [use(call, { name, ...(split !== undefined && { split }), library: 'figment' }, keys)];
}

/** config-rs puts a separator between prefix and key by itself. */
function configRs(program: Program, call: Call): PrefixUse[] {
  const given = isMethod(call, 'default') ? option(program, call, 'prefix') : textArgument(program, call);
  if (given === undefined && !isMethod(call, 'default')) return [];
  const split = option(program, call, 'separator');
  const after = option(program, call, 'prefix_separator') ?? split ?? '_';
  const name = given === undefined || given === '' ? '' : `${given}${after}`;
  return [use(call, { name: name.toUpperCase(), ...(split !== undefined && { split }), library: 'config' })];
}

function envy(program: Program, call: Call): PrefixUse[] {
  const isPrefixed = /\bprefixed\s*$/.test(call.source.code.slice(Math.max(0, call.open - 40), call.open));
  const name = isPrefixed ? textArgument(program, call) : '';
  return name === undefined ? [] : [use(call, { name, library: 'envy' })];
}

/** `env::vars().filter(|(key, _)| key.starts_with("BOT_"))`, or a loop that asks so. */
function filtered(call: Call): PrefixUse[] {
  const { source, open } = call;
  const near = source.code.slice(open, open + 600);
  const test = /\.\s*(?:starts_with|strip_prefix)\s*\(\s*"/.exec(near);
  const name = test && literalsIn(source, open + test.index, open + test.index + test[0].length)[0]?.value;
  return name !== undefined && name !== null && /^\w+$/.test(name) ? [use(call, { name, library: 'std' })] : [];
}

/** What the struct that is filled says: one variable for each of its values. */
export function impliedReads(code: Code, uses: readonly PrefixUse[], files: readonly ConfigFileFact[]): EnvRead[] {
  const { program } = code;
  return uses.flatMap(({ fact, call, only }) => {
    const within = functionAt(program, call.source, call.start);
    if (within === undefined || fact.library === 'std') return [];
    const body = bodyOf(within);
    const type = filledType(call, within, body);
    if (type === undefined) return [];
    const target = type === 'Self' ? (within.owner ?? type) : type;
    const serialized = /\bSerialized\s*::\s*defaults?\b/.test(body);
    const defaults = statedDefaults(within);
    return serdeLeaves(program, call.source, target, serialized).flatMap((leaf): EnvRead[] => {
      const name = variableOf(fact, leaf);
      const key = leaf.path.join('.');
      if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) return [];
      if (only !== undefined && !only.some((each) => each.toLowerCase() === (leaf.path[0] ?? '').toLowerCase()))
        return [];
      return [implied(name, key, leaf, within, defaults.get(key) ?? inFiles(files, key), files)];
    });
  });
}

function implied(
  name: string,
  key: string,
  leaf: SerdeLeaf,
  within: RustFunction,
  stated: string | undefined,
  files: readonly ConfigFileFact[],
): EnvRead {
  const isInFile = files.some(({ values }) =>
    Object.keys(values).some((each) => each === key || each.startsWith(`${key}.`)),
  );
  const value = leaf.isTable ? undefined : (stated ?? leaf.default);
  return {
    name,
    source: leaf.source,
    offset: leaf.offset,
    function: within,
    absence: {
      required: !leaf.optional && stated === undefined && !isInFile,
      ...(value !== undefined && { default: value }),
    },
    field: leaf.path.at(-1) ?? '',
    key,
  };
}

function inFiles(files: readonly ConfigFileFact[], key: string): string | undefined {
  return files.map(({ values }) => values[key]?.value).find((value) => value !== undefined);
}

/**
 * The variable of a value. figment splits where it is told to, and else takes a table inline; config-rs splits or has
 * no way to a nested value; envy knows no nesting.
 */
function variableOf({ name, split, library }: EnvPrefixFact, { path, isTable }: SerdeLeaf): string | undefined {
  if (library === 'envy') return path.length === 1 ? `${name}${path.join('')}`.toUpperCase() : undefined;
  if (split !== undefined) return isTable ? undefined : `${name}${path.join(split).toUpperCase()}`;
  if (path.length > 1 || (library === 'config' && isTable)) return undefined;
  return `${name}${(path[0] ?? '').toUpperCase()}`;
}

const FILLS = /\b(?:extract|extract_lossy|try_deserialize|try_into|deserialize|from_env)\s*::\s*<\s*([\w:]+)/;

/** The struct that a configuration is read into: named at the call, by the variable, or by what the function returns. */
function filledType(call: Call, within: RustFunction, body: string): string | undefined {
  const turbofish = FILLS.exec(body)?.[1];
  if (turbofish !== undefined && turbofish !== '_') return turbofish;
  const { code } = call.source;
  const header = code.slice(within.start, within.bodyStart);
  const returned = /->\s*(?:[\w:]*Result\s*<\s*)?([\w:]+)/.exec(header)?.[1];
  const variable = [...body.matchAll(/\blet\s+(?:mut\s+)?\w+\s*:\s*(?:[\w:]*Result\s*<\s*)?([\w:]+)[^=;]{0,80}=(?!=)/g)]
    .map((match) => ({ type: match[1] ?? '', at: within.bodyStart + match.index }))
    .filter(({ type, at }) => {
      const end = code.indexOf(';', at);
      return (
        /^(?:\w+::)*[A-Z]/.test(type) &&
        /\b(?:extract|try_deserialize|from_env|deserialize)\b/.test(code.slice(at, end < 0 ? at + 400 : end))
      );
    })[0]?.type;
  if (variable !== undefined) return variable;
  const type = returned?.split('::').at(-1);
  // A struct of that name has to be in the repository, so types of the libraries find nothing.
  return type !== undefined && /^[A-Z]/.test(type) && !NO_STRUCT.test(type) ? type : undefined;
}

const NO_STRUCT = /^(?:Figment|ConfigBuilder|Result|Option|Vec|Box|Arc)$/;

/** `.set_default("server.port", 8080)` of config-rs. */
function statedDefaults(within: RustFunction): ReadonlyMap<string, string> {
  const { source, bodyStart } = within;
  const found = new Map<string, string>();
  for (const match of bodyOf(within).matchAll(/\bset_default\s*\(/g)) {
    const open = bodyStart + match.index + match[0].length - 1;
    const [key, value] = literalsIn(source, open, closeOf(source, open));
    if (key === undefined) continue;
    const number = /,\s*(-?\d[\d_.]*|true|false)\b/.exec(source.code.slice(key.end, closeOf(source, open)))?.[1];
    const stated = value?.value ?? number?.replaceAll('_', '');
    if (stated !== undefined) found.set(key.value, stated);
  }
  return found;
}

/** A prefix as a fact of its own, once each. */
export function prefixFacts(uses: readonly PrefixUse[]): EnvPrefixFact[] {
  const facts = uses.map(({ fact }) => fact).filter(({ name }) => name !== '');
  return facts.filter(({ name }, index) => facts.findIndex((other) => other.name === name) === index);
}

/** The prefix under which config files are overridden. */
export function overridingPrefix(uses: readonly PrefixUse[]): EnvPrefixFact | undefined {
  const all = uses.map(({ fact }) => fact).filter(({ library }) => library === 'figment' || library === 'config');
  const [first, ...rest] = all;
  if (first === undefined) return undefined;
  const over = rest
    .filter(({ name }) => name !== first.name)
    .map(({ name, evidence }) => ({ value: name, why: 'another place of the code says it', evidence }));
  return over.length === 0 ? first : { ...first, ...likely(first.evidence, over) };
}
