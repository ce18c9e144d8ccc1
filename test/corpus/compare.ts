import type { RepoFacts } from '../../src/detect/facts.ts';
import type { Expected } from './expectation.ts';

/** right: as it is; wrong: stated and not so; unknown: not found. */
export type Verdict = 'right' | 'wrong' | 'unknown';

/** One fact of a repository. */
export interface Row {
  readonly kind: string;
  readonly verdict: Verdict;
  /** What was expected and found, where it is not right. */
  readonly detail: string;
}

/** A missed binary, or the wrong state of the lock file, builds the wrong thing: not to know is wrong there. */
const STRICT = new Set(['binaries', 'lockfile']);

/** Compares facts with what they have to be. */
export function compare(facts: RepoFacts, expected: Expected): Row[] {
  return [
    ...one('workspace', expected.kind, facts.workspace.kind),
    ...one('workspace', expected.folder, facts.workspace.folder),
    ...names('members', expected.members, facts.workspace.members),
    ...contains(
      'workspace',
      expected.left,
      facts.reasons.workspace.over.map(({ value }) => value),
    ),
    ...binaries(expected.binaries, facts),
    ...one('binaries', expected.defaultBinary, facts.binaries[0]?.bin),
    ...one('lockfile', expected.lockfile, facts.lockfile),
    ...one('lockfile', expected.lockReason, placeOf(facts.reasons.lockfile.evidence)),
    ...parts('toolchain', expected.toolchain, facts.toolchain),
    ...names(
      'native',
      expected.nativeLibraries,
      facts.nativeLibraries.map(({ name }) => name),
    ),
    ...list('subcommands', expected.subcommands, facts.subcommands, ({ name }) => name),
    ...list('env', expected.env, facts.env, ({ name }) => name),
    ...list('ports', expected.ports, facts.ports, ({ port }) => String(port)),
    ...parts('config', expected.prefix, prefixOf(facts)),
    ...names(
      'config',
      expected.config,
      facts.config.files.map(({ path }) => path),
    ),
    ...list('databases', expected.databases, facts.databases, ({ via }) => JSON.stringify(via)),
    ...list('migrations', expected.migrations, facts.migrations, ({ path }) => path),
    ...names(
      'hypertables',
      expected.hypertables,
      facts.hypertables.map(({ name }) => name),
    ),
    ...list('routes', expected.routes, facts.routes, ({ method, path }) => `${method} ${path}`),
    ...names(
      'signals',
      expected.signals,
      facts.signals.map(({ name }) => name),
    ),
    ...list('services', expected.services, facts.services, ({ name }) => name),
    ...list('endpoints', expected.endpoints, facts.endpoints, ({ url }) => url),
    ...list('nix', expected.nix, facts.nix?.outputs ?? [], ({ kind, name }) => `${kind} ${name}`),
    ...list('nix', expected.inputs, facts.nix?.inputs ?? [], ({ name }) => name),
    ...list('submodules', expected.submodules, facts.submodules, ({ path }) => path),
    ...list('tasks', expected.tasks, facts.tasks, ({ command }) => command),
    ...list('compiled', expected.compileInputs, facts.compileInputs, ({ path }) => path),
    ...parts('sqlx', expected.sqlx, facts.sqlx),
    ...parts('dotenv', expected.dotenv, facts.dotenv),
    ...list('helpers', expected.helpers, facts.helpers, ({ name }) => name),
    ...list('build env', expected.buildEnv, facts.buildEnv, ({ name }) => name),
    ...names('existing', expected.existing, facts.existing),
    ...warnings(expected, facts),
    ...unsaid(expected.neverSaid ?? [], facts),
  ];
}

function prefixOf(facts: RepoFacts): object | undefined {
  // Several crates may each have one: the first is what the fixtures ask for.
  const config: { readonly prefix?: object | undefined; readonly prefixes?: readonly object[] } = facts.config;
  return config.prefix ?? config.prefixes?.[0];
}

function row(kind: string, verdict: Verdict, detail = ''): Row {
  return { kind, verdict: verdict === 'unknown' && STRICT.has(kind) ? 'wrong' : verdict, detail };
}

function one(kind: string, expected: string | undefined, found: string | undefined): Row[] {
  if (expected === undefined) return [];
  if ((found ?? '') === expected) return [row(kind, 'right')];
  return [
    row(
      kind,
      found === undefined ? 'unknown' : 'wrong',
      `expected ${expected || 'nothing'}, found ${found ?? 'nothing'}`,
    ),
  ];
}

function parts(kind: string, expected: object | undefined, found: object | undefined): Row[] {
  if (expected === undefined) return [];
  if (found === undefined) return [row(kind, 'unknown', `expected ${JSON.stringify(expected)}, found nothing`)];
  return difference(expected, found) === '' ? [row(kind, 'right')] : [row(kind, 'wrong', difference(expected, found))];
}

function names(kind: string, expected: readonly string[] | undefined, found: readonly string[]): Row[] {
  const named = (name: string) => ({ name });
  return list(kind, expected?.map(named), found.map(named), ({ name }) => name);
}

function contains(kind: string, expected: readonly string[] | undefined, found: readonly string[]): Row[] {
  return (expected ?? []).map((name) =>
    found.includes(name)
      ? row(kind, 'right')
      : row(kind, 'unknown', `${name} is not named: ${found.join(', ') || 'nothing is'}`),
  );
}

function binaries(expected: Expected['binaries'], facts: RepoFacts): Row[] {
  const key = (item: { readonly package: string; readonly bin: string }): string => `${item.package}:${item.bin}`;
  const plain = expected?.map(({ over: _, ...stated }) => stated);
  const over = (expected ?? []).flatMap((item) => {
    const found = facts.binaries.find((other) => key(other) === key(item))?.over.map(({ value }) => value);
    return contains('over', item.over, found ?? []);
  });
  return [...list('binaries', plain, facts.binaries, key), ...over];
}

/** Items are told apart by their key; equal keys are compared in their order. */
function list<Item extends object, Found extends object>(
  kind: string,
  expected: readonly Item[] | undefined,
  found: readonly Found[],
  key: (item: Item | Found) => string,
): Row[] {
  if (expected === undefined) return [];
  const left = [...found];
  const rows = expected.map((item) => {
    const at = left.findIndex((other) => key(other) === key(item));
    if (at < 0) return row(kind, 'unknown', `${key(item)} was not found`);
    const [other] = left.splice(at, 1);
    const text = difference(item, other ?? {});
    return row(kind, text === '' ? 'right' : 'wrong', text && `${key(item)}: ${text}`);
  });
  return [...rows, ...left.map((item) => row(kind, 'wrong', `${key(item)} is none`))];
}

/** What differs, of what is stated; lists without an order of their own are compared as sets. */
function difference(expected: object, found: object): string {
  const values = new Map<string, unknown>(Object.entries(found));
  const canonical = (value: unknown): string =>
    JSON.stringify(Array.isArray(value) && value.every((item) => typeof item === 'string') ? [...value].sort() : value);
  return Object.entries(expected)
    .filter(([key, value]) => canonical(value) !== canonical(values.get(key)))
    .map(([key, value]) => `${key} expected ${canonical(value)}, found ${canonical(values.get(key))}`)
    .join('; ');
}

function warnings(expected: Expected, facts: RepoFacts): Row[] {
  const due = (expected.warnings ?? []).map(({ code, file, line, says }) => {
    const fits = facts.warnings.some(
      (warning) =>
        warning.code === code &&
        (file === undefined || warning.evidence?.file === file) &&
        (line === undefined || warning.evidence?.line === line) &&
        (says === undefined || warning.message.includes(says)),
    );
    const found = facts.warnings.filter((warning) => warning.code === code);
    const words = found.map(({ message, evidence }) => `${placeOf(evidence)} ${message}`).join('; ');
    return fits
      ? row('warnings', 'right')
      : row(
          'warnings',
          found.length === 0 ? 'unknown' : 'wrong',
          `${code} at ${file}:${line}: found ${words || 'none'}`,
        );
  });
  const undue = (expected.noWarnings ?? []).map((code) => {
    const found = facts.warnings.find((warning) => warning.code === code);
    return found ? row('warnings', 'wrong', `${placeOf(found.evidence)} ${found.message}`) : row('warnings', 'right');
  });
  return [...due, ...undue];
}

function unsaid(texts: readonly string[], facts: RepoFacts): Row[] {
  const document = JSON.stringify(facts);
  return texts.map((text, index) =>
    // The text itself is a secret: its number says which.
    row(
      'secrecy',
      document.includes(text) ? 'wrong' : 'right',
      document.includes(text) ? `text ${index + 1} is told` : '',
    ),
  );
}

function placeOf(evidence: { readonly file: string; readonly line: number } | undefined): string {
  return evidence ? `${evidence.file}:${evidence.line}` : '';
}
