import { isMethod, type RustFunction } from './functions.ts';
import type { Program } from './program.ts';
import { type Reference, referencesIn } from './references.ts';
import type { RustSource } from './source.ts';

/** Where following starts: a piece of code of a file, and the types it is known to deal with. */
export interface Start {
  readonly source: RustSource;
  readonly code: string;
  readonly types: readonly string[];
}

/** Functions that are surely called from a piece of code, some calls deep; a call that may mean several is left out. */
export function follow(program: Program, start: Start, depth: number): ReadonlySet<RustFunction> {
  const reached = new Set<RustFunction>();
  let level = calledFrom(program, start);
  for (let step = 0; step < depth && level.length > 0; step++) {
    const fresh = level.filter((item) => !reached.has(item));
    for (const item of fresh) reached.add(item);
    level = fresh.flatMap((item) => callsOf(program, item));
  }
  return reached;
}

/** What each function calls: several commands run the same code, and it is read once. */
const known = new WeakMap<RustFunction, readonly RustFunction[]>();

function callsOf(program: Program, item: RustFunction): readonly RustFunction[] {
  const calls = known.get(item) ?? calledFrom(program, within(item));
  known.set(item, calls);
  return calls;
}

function within(item: RustFunction): Start {
  const code = item.source.code.slice(item.bodyStart, item.bodyEnd);
  return {
    source: item.source,
    code,
    types: [...(item.owner === undefined ? [] : [item.owner]), ...typesIn(item.params)],
  };
}

function calledFrom(program: Program, start: Start): RustFunction[] {
  const types = new Set([...start.types, ...typesIn(start.code)]);
  const self = start.types[0];
  return referencesIn(start.code).flatMap((reference) =>
    reference.called || reference.path.length > 0 ? resolve(program, start.source, reference, types, self) : [],
  );
}

function typesIn(code: string): string[] {
  return code.match(/\b[A-Z]\w*/g) ?? [];
}

function resolve(
  program: Program,
  source: RustSource,
  reference: Reference,
  types: ReadonlySet<string>,
  self: string | undefined,
): readonly RustFunction[] {
  const all = program.byName.get(reference.name) ?? [];
  if (all.length === 0) return [];
  if (reference.dotted) {
    const methods = all.filter(isMethod);
    return methods.length === 1 ? methods : methods.filter(({ owner }) => owner !== undefined && types.has(owner));
  }
  const path = fullPath(program, source, reference);
  const last = path.at(-1);
  if (last !== undefined && /^[A-Z]/.test(last)) {
    const type = last === 'Self' ? self : last;
    return all.filter(({ owner, trait }) => owner === type || trait === type);
  }
  return freeFunction(
    program,
    source,
    all.filter(({ owner }) => owner === undefined),
    path,
  );
}

/** The path with what `use` says about its first name put in its place; empty: a function of this file. */
function fullPath(program: Program, source: RustSource, { name, path }: Reference): readonly string[] {
  const imports = program.imports.get(source);
  const first = path[0];
  if (first === undefined) return imports?.get(name)?.slice(0, -1) ?? [];
  const imported = imports?.get(first);
  return imported === undefined ? path : [...imported, ...path.slice(1)];
}

const RELATIVE = new Set(['crate', 'self', 'super']);

function freeFunction(
  program: Program,
  source: RustSource,
  all: readonly RustFunction[],
  path: readonly string[],
): readonly RustFunction[] {
  if (path.length === 0) return one(all.filter((item) => item.source === source));
  const first = path[0] ?? '';
  const home = RELATIVE.has(first) ? program.packageOf.get(source) : program.crates.get(first);
  // Without a crate in front it is a module of this package; foreign crates have no functions here.
  const inPackage = all.filter(
    (item) => program.packageOf.get(item.source) === (home ?? program.packageOf.get(source)),
  );
  const module = path
    .filter((part) => !RELATIVE.has(part))
    .slice(home !== undefined && !RELATIVE.has(first) ? 1 : 0)
    .at(-1);
  if (module === undefined)
    return inPackage.length === 1 ? inPackage : inPackage.filter((item) => isCrateRoot(item.source));
  const inModule = inPackage.filter((item) => moduleOf(item.source) === module);
  // A module that only passes it on (`pub use`), or one written inside another file.
  return inModule.length === 0 && inPackage.length === 1 ? inPackage : one(inModule);
}

function one(found: readonly RustFunction[]): readonly RustFunction[] {
  return found.slice(0, 1);
}

function isCrateRoot({ path }: RustSource): boolean {
  return /(^|\/)(lib|main)\.rs$/.test(path);
}

/** `a/b.rs` and `a/b/mod.rs` are module `b`. */
function moduleOf({ path }: RustSource): string {
  const parts = path.replace(/\.rs$/, '').split('/');
  return (parts.at(-1) === 'mod' ? parts.at(-2) : parts.at(-1)) ?? '';
}
