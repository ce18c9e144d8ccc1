import type { BinaryFact } from '../facts.ts';
import { functionsOf, isMethod, type RustFunction } from './functions.ts';
import { importsOf, withoutUses } from './imports.ts';
import { type Reference, referencesIn } from './references.ts';
import type { RustSource } from './source.ts';

/** A Rust file and the package that compiles it. */
export interface PackageSource {
  readonly source: RustSource;
  readonly package: string;
  /** The name under which other code imports the package's library. */
  readonly crate: string;
}

/** All Rust code of the repository, indexed by name: enough to follow calls, without types. */
export interface Program {
  readonly sources: readonly RustSource[];
  readonly functions: readonly RustFunction[];
  readonly byName: ReadonlyMap<string, readonly RustFunction[]>;
  readonly packageOf: ReadonlyMap<RustSource, string>;
  /** Library name → package. */
  readonly crates: ReadonlyMap<string, string>;
  readonly imports: ReadonlyMap<RustSource, ReadonlyMap<string, readonly string[]>>;
  /** Functions of each file, in order. */
  readonly inSource: ReadonlyMap<RustSource, readonly RustFunction[]>;
  /** Text constants: `const NAME: &str = "…"`. */
  readonly constants: ReadonlyMap<string, string>;
  /** Names of traits that the repository declares itself. */
  readonly ownTraits: ReadonlySet<string>;
}

/** Indexes the files. */
export function readProgram(files: readonly PackageSource[]): Program {
  const inSource = new Map(files.map(({ source }) => [source, functionsOf(source)] as const));
  const functions = [...inSource.values()].flat();
  const byName = new Map<string, RustFunction[]>();
  for (const item of functions) {
    const same = byName.get(item.name);
    if (same) same.push(item);
    else byName.set(item.name, [item]);
  }
  return {
    sources: files.map(({ source }) => source),
    functions,
    byName,
    packageOf: new Map(files.map(({ source, package: name }) => [source, name])),
    crates: new Map(files.map(({ crate, package: name }) => [crate, name])),
    imports: new Map(files.map(({ source }) => [source, importsOf(source)])),
    inSource,
    constants: new Map(files.flatMap(({ source }) => textConstants(source))),
    ownTraits: new Set(
      files.flatMap(({ source }) => [...source.code.matchAll(/\btrait\s+(\w+)/g)].map((match) => match[1] ?? '')),
    ),
  };
}

function textConstants(source: RustSource): [string, string][] {
  const byStart = new Map(source.literals.map((literal) => [literal.start, literal.value]));
  const found = source.code.matchAll(/\b(?:const|static)\s+([A-Z_][A-Z0-9_]*)\s*:[^=;]{1,80}=\s*(?=[bcr#]*")/g);
  return [...found].flatMap((match) => {
    const value = byStart.get(match.index + match[0].length);
    return value === undefined ? [] : [[match[1] ?? '', value]];
  });
}

/** The innermost function around an offset. */
export function functionAt(program: Program, source: RustSource, offset: number): RustFunction | undefined {
  return program.inSource.get(source)?.findLast((item) => item.start <= offset && offset < item.bodyEnd);
}

/** Functions that a binary's `main` can reach; generous, so that what is missing is surely dead. */
export function reachableFrom(
  program: Program,
  binary: BinaryFact,
  includes: (source: RustSource) => boolean,
): ReadonlySet<RustFunction> {
  const own = program.functions.filter(({ source }) => includes(source));
  const reached = new Set<RustFunction>();
  const queue: RustFunction[] = own.filter((item) => isRoot(program, item, binary));
  const meet = (references: readonly Reference[], from?: RustFunction): void => {
    for (const reference of references) {
      for (const item of named(program, reference, from)) if (!reached.has(item)) queue.push(item);
    }
  };
  for (const source of program.sources) {
    if (includes(source)) meet(referencesIn(outsideFunctions(program, source)));
  }
  for (let item = queue.pop(); item; item = queue.pop()) {
    if (reached.has(item) || !includes(item.source)) continue;
    reached.add(item);
    meet(referencesIn(withoutUses(item.source.code.slice(item.bodyStart, item.bodyEnd))), item);
  }
  return reached;
}

/** `main`, and what foreign code calls by a trait of its own (`Drop`, `Display`, `Handler` …). */
function isRoot(program: Program, item: RustFunction, binary: BinaryFact): boolean {
  if (item.trait !== undefined) return !program.ownTraits.has(item.trait);
  return item.name === 'main' && item.source.path === binary.path;
}

function outsideFunctions(program: Program, source: RustSource): string {
  const code = withoutUses(source.code);
  const parts: string[] = [];
  let done = 0;
  for (const item of program.inSource.get(source) ?? []) {
    if (item.start < done) continue;
    // The name after `fn` names nothing else.
    parts.push(code.slice(done, item.start));
    done = item.bodyEnd;
  }
  return parts.join('') + code.slice(done);
}

/** Every function that a reference might mean. */
function named(program: Program, reference: Reference, from: RustFunction | undefined): readonly RustFunction[] {
  const all = program.byName.get(reference.name) ?? [];
  const qualifier = reference.path.at(-1);
  if (reference.dotted) return all.filter(isMethod);
  if (qualifier === undefined) return all.filter(({ owner }) => owner === undefined);
  if (!/^[A-Z]/.test(qualifier)) return all.filter(({ owner }) => owner === undefined);
  const type = qualifier === 'Self' ? from?.owner : qualifier;
  const exact = all.filter(({ owner, trait }) => owner === type || trait === type);
  // An alias or a type parameter: any of them.
  return exact.length > 0 ? exact : all.filter(({ owner }) => owner !== undefined);
}

/** Sources whose code has at least one of these words: the only ones in which a pattern with such a word can match. */
export function sourcesWith(program: Program, words: readonly string[]): readonly RustSource[] {
  return program.sources.filter(({ code }) => words.some((word) => code.includes(word)));
}
