import { heldByFlake } from './known.ts';
import type { Nix } from './parse.ts';
import { type Follower, isSystem, lastName, type Placed } from './scope.ts';

/** Attributes of a shell or a package that list programs, or others whose programs are taken over. */
const LISTS =
  /^(?:packages|buildInputs|nativeBuildInputs|propagatedBuildInputs|propagatedNativeBuildInputs|additionalBuildInputs|devPackages|extraPackages|paths|runtimeInputs|inputsFrom)$/;
/** Attributes of a shell that hold such attributes again. */
const NESTED = /^(?:modules|devshell|env|imports|shells?|rust|languages)$/;
/** What brings a toolchain of Rust under whatever name. */
const TOOLCHAIN = /rust-?bin|fenix|rust-?overlay|rust-?toolchain|fromToolchainFile|minimalToolchain|\btoolchain\b/i;
/** Functions that build with cargo, or give a shell for it; the compiler is among what they are built with. */
const BUILDS_RUST = /buildRustPackage|rustPlatform|crane|naersk|cargo2nix|crate2nix|buildRustCrate|buildDepsOnly/i;
/** Texts of a shell in which paths of programs stand. */
const PATHS = /^(?:PATH|shellHook|program)$/;
/** A script that compiles, and one that puts a compiler in its place. */
const COMPILES = /\bcargo\s+(?:build|install|auditable)\b|\bcargo\b[^\n]*\brustc\b/;
/** A script to be run by a person brings nothing by itself. */
const SCRIPT = /^(?:write\w+|mkTask|mkApp|runCommand\w*)$/i;
/** Functions whose result is what they are given, as a list. */
const PASSES =
  /^(?:optionals?|concatLists|concatMap|filter|flatten|unique|subtractLists|attrValues|toList|remove|optionalAttrs)$/;
const CARGO: readonly string[] = ['cargo', 'rustc'];
const MAX_DEPTH = 24;

/** Programs by name that a shell or a package has at hand while it works, as far as the flake says it. */
export class Holdings {
  readonly #follower: Follower;
  readonly #urls: ReadonlyMap<string, string | undefined>;
  readonly #found = new Set<string>();
  readonly #seen = new Set<Nix>();

  /** @param urls addresses of the inputs, by name. */
  constructor(follower: Follower, urls: ReadonlyMap<string, string | undefined>) {
    this.#follower = follower;
    this.#urls = urls;
  }

  of(placed: Placed): readonly string[] {
    this.#made(placed, 0);
    return [...this.#found].sort();
  }

  /** A shell or a package: what it is made by, and the lists that it is made of. */
  #made({ value, scope }: Placed, depth: number): void {
    if (depth > MAX_DEPTH || this.#isKnown(value)) return;
    const next = (each: Nix) => this.#made({ value: each, scope }, depth + 1);
    if (value.kind === 'call') {
      this.#byFunction(value.run);
      // What a function of the file does with what it is given.
      const own = this.#follower.resolved({ value: value.run, scope });
      if (own?.value.kind === 'lambda') this.#made(own, depth + 1);
      const isScript = SCRIPT.test(lastName(value.run));
      value.args.filter(({ kind }) => !isScript || kind === 'set').forEach(next);
    } else if (value.kind === 'set') {
      const inner = value.isRecursive ? this.#follower.inside(value.bindings, scope) : scope;
      for (const { name, value: own } of value.bindings) {
        const place = { value: own, scope: own.kind === 'outer' ? scope : inner };
        if (PATHS.test(name)) this.#inText(place, depth + 1);
        else if (LISTS.test(name)) this.#listed(place, depth + 1);
        else if (name === 'languages' && /"?rust"?/.test(JSON.stringify(own))) this.#add(CARGO);
        else if (name === 'args' || /(?:Phase|Command|buildCommand)$/.test(name) || NESTED.test(name))
          this.#made(place, depth + 1);
      }
    } else if (value.kind === 'let')
      this.#made({ value: value.body, scope: this.#follower.inside(value.bindings, scope) }, depth + 1);
    else if (value.kind === 'lambda') next(value.body);
    else if (value.kind === 'any') value.of.forEach(next);
    else if (value.kind === 'list') value.items.forEach(next);
    else if (value.kind === 'join') value.parts.forEach(next);
    else if (value.kind === 'text') {
      if (COMPILES.test(value.value)) this.#add(CARGO);
    } else if (value.kind === 'name' || value.kind === 'outer' || value.kind === 'select') {
      const found = this.#follower.resolved({ value, scope });
      if (found) this.#made(found, depth + 1);
      else if (value.kind === 'name') this.#taken(value.path);
    }
  }

  /** A list of programs, or of shells whose programs are taken over. */
  #listed({ value, scope }: Placed, depth: number): void {
    if (depth > MAX_DEPTH) return;
    const next = (each: Nix) => this.#listed({ value: each, scope }, depth + 1);
    if (value.kind === 'list') value.items.forEach(next);
    else if (value.kind === 'join') value.parts.forEach(next);
    else if (value.kind === 'any') value.of.forEach(next);
    else if (value.kind === 'let')
      this.#listed({ value: value.body, scope: this.#follower.inside(value.bindings, scope) }, depth + 1);
    else if (value.kind === 'call') {
      const name = lastName(value.run);
      // The first one says when, or which.
      if (PASSES.test(name)) value.args.slice(value.args.length > 1 ? 1 : 0).forEach(next);
      else this.#program({ value, scope }, depth);
    } else if (value.kind === 'name' || value.kind === 'outer' || value.kind === 'select')
      this.#program({ value, scope }, depth);
  }

  /** Programs whose folders stand in a search path, e.g. `${pkgs.cargo}/bin`. */
  #inText({ value, scope }: Placed, depth: number): void {
    if (value.kind !== 'text') return;
    for (const [, name = ''] of value.value.matchAll(/\$\{([\w.'-]{1,80})[^}]{0,200}\}\/bin\b/g)) {
      const path = name.split('.');
      const own = this.#follower.named(path, scope);
      if (own) this.#made(own, depth);
      else this.#byName({ kind: 'name', path });
    }
  }

  /** One of a list: a program by its name, a list by a name, or something with programs of its own. */
  #program({ value, scope }: Placed, depth: number): void {
    const found = this.#follower.resolved({ value, scope });
    const made = found?.value;
    if (found !== undefined && made !== undefined && (made.kind === 'list' || made.kind === 'join')) {
      this.#listed(found, depth + 1);
      return;
    }
    if (value.kind === 'call') {
      const text = value.args.find((each) => each.kind === 'text');
      if (/^write\w+/.test(lastName(value.run)) && text?.kind === 'text') this.#add([text.value]);
      else this.#byName(value.run);
      this.#byFunction(value);
      return;
    }
    this.#byName(value);
    if (made !== undefined && made !== value && made.kind !== 'name') this.#byFunction(made);
    // A package or a shell of the flake: what it is made with is at hand in a shell that takes it over.
    if (found !== undefined && made !== undefined && made !== value) this.#made(found, depth + 1);
  }

  #byName(value: Nix): void {
    if (value.kind !== 'name' && value.kind !== 'outer' && value.kind !== 'select') return;
    const path = value.kind === 'outer' ? [value.name] : value.path;
    if (value.kind === 'name' && this.#taken(path)) return;
    const name = path.findLast((each) => !isSystem(each));
    if (name !== undefined && !/^(?:default|buildInputs|nativeBuildInputs|packages|shellHook)$/.test(name))
      this.#add([name]);
  }

  /** What a toolchain, or a part of a flake that is known, brings; false where it is neither. */
  #taken(path: readonly string[]): boolean {
    const known = heldByFlake(this.#urls.get(path[0] ?? ''), path.slice(1).join(' '));
    const found = known.length > 0 ? known : TOOLCHAIN.test(path.join('.')) ? CARGO : [];
    this.#add(found);
    return found.length > 0;
  }

  /** What follows from the function alone, and from those that it was made of. */
  #byFunction(value: Nix): void {
    const names = wordsOf(value, 0);
    if (TOOLCHAIN.test(names) || BUILDS_RUST.test(names)) this.#add(CARGO);
  }

  #add(names: readonly string[]): void {
    for (const name of names) if (/^[\w.+-]{1,80}$/.test(name) && this.#found.size < MAX_FOUND) this.#found.add(name);
  }

  #isKnown(value: Nix): boolean {
    if (this.#seen.has(value)) return true;
    this.#seen.add(value);
    return false;
  }
}

/** More than any shell has. */
const MAX_FOUND = 200;

/** Names in the function of a call, also of the calls that gave it. */
function wordsOf(value: Nix, depth: number): string {
  if (depth > 6) return '';
  if (value.kind === 'name') return value.path.join(' ');
  if (value.kind === 'select') return `${wordsOf(value.of, depth + 1)} ${value.path.join(' ')}`;
  if (value.kind === 'call') return wordsOf(value.run, depth + 1);
  return '';
}
