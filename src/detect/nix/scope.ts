import type { Binding, Nix } from './parse.ts';

/** Names that are known at a place. */
export interface Scope {
  readonly names: ReadonlyMap<string, Placed>;
  readonly around: Scope | undefined;
}

/** A piece of Nix, and the names that it may use. */
export interface Placed {
  readonly value: Nix;
  readonly scope: Scope | undefined;
}

/** An attribute of a set; `at` is its offset in the file. */
export interface Attribute extends Placed {
  readonly name: string;
  readonly at: number;
}

/** Steps that following names may take: a file that leads in circles ends with what was found. */
const MAX_STEPS = 20_000;
const MAX_DEPTH = 40;

/** Functions that give the sets that they are given last, or their names; a set that another function is given says nothing. */
const GIVES_SETS =
  /^(?:eachDefaultSystem|eachSystem|eachDefaultSystemPassThrough|eachSystemPassThrough|eachSystemMap|mkFlake|mapAttrs'?|filterAttrs|optionalAttrs|recurseIntoAttrs|dontRecurseIntoAttrs|flattenTree|filterPackages|mkIf|mkDefault|mkForce|mkMerge|mergeAttrsList|recursiveUpdate|removeAttrs|makeExtensible|rec|id)$/;

const SYSTEM = /^(?:x86_64|aarch64|i686|armv[67]l|riscv64|powerpc64le|mips\w*)-(?:linux|darwin|windows|freebsd\w*)$/;

/** Whether an attribute stands for a system, such as x86_64-linux or `${system}`. */
export function isSystem(name: string): boolean {
  return SYSTEM.test(name) || /^\$\{.*(?:system|platform|arch).*\}$/is.test(name);
}

/** Follows names and functions through Nix without running it. */
export class Follower {
  #steps = 0;
  #depth = 0;

  /** The attributes of the sets that a value surely or possibly gives, in the order of the file. */
  attributes({ value, scope }: Placed): readonly Attribute[] {
    return this.#within(() => this.#attributes(value, scope)) ?? [];
  }

  /** What a name stands for; undefined where nothing in the file says it. */
  named(path: readonly string[], scope: Scope | undefined): Placed | undefined {
    return this.#within(() => this.#named(path, scope));
  }

  /** What `inherit` or a name that is only handed on stands for in the end. */
  resolved(placed: Placed): Placed | undefined {
    const { value, scope } = placed;
    if (value.kind === 'outer') return this.named([value.name], scope);
    if (value.kind === 'name') return this.named(value.path, scope);
    if (value.kind === 'select') return this.#within(() => this.#selected({ value: value.of, scope }, value.path));
    return placed;
  }

  /** The names that a set or a `let` adds to those around it. */
  inside(bindings: readonly Binding[], around: Scope | undefined): Scope {
    const names = new Map<string, Placed>();
    const scope = { names, around };
    for (const { name, value } of bindings) names.set(name, { value, scope: value.kind === 'outer' ? around : scope });
    return scope;
  }

  #within<T>(work: () => T): T | undefined {
    if (++this.#steps > MAX_STEPS || this.#depth > MAX_DEPTH) return undefined;
    this.#depth++;
    const found = work();
    this.#depth--;
    return found;
  }

  #attributes(value: Nix, scope: Scope | undefined): readonly Attribute[] {
    const all = (values: readonly Nix[]) => values.flatMap((each) => this.attributes({ value: each, scope }));
    switch (value.kind) {
      case 'set': {
        const inner = value.isRecursive ? this.inside(value.bindings, scope) : scope;
        return value.bindings.map(({ name, value: own, at }) => ({
          name,
          value: own,
          scope: own.kind === 'outer' ? scope : inner,
          at,
        }));
      }
      case 'let':
        return this.attributes({ value: value.body, scope: this.inside(value.bindings, scope) });
      case 'lambda':
        return this.attributes({ value: value.body, scope });
      case 'any':
        return all(value.of);
      case 'list':
        return all(value.items);
      case 'join':
        return value.by === '//' ? all(value.parts) : [];
      case 'call':
        return this.#given(value.run, value.args, scope);
      case 'name':
      case 'outer':
      case 'select': {
        const found = this.resolved({ value, scope });
        return found === undefined ? [] : this.attributes(found);
      }
      default:
        return [];
    }
  }

  /** What a call gives: that of a function of the file, else that of the function or the sets which it is given. */
  #given(run: Nix, args: readonly Nix[], scope: Scope | undefined): readonly Attribute[] {
    const own = this.resolved({ value: run, scope });
    const isOwn = own !== undefined && own.value.kind === 'lambda';
    const inOwn = isOwn ? this.attributes(own) : [];
    if (inOwn.length > 0) return inOwn;
    const name = lastName(run);
    if (/^(?:recursiveUpdate|mergeAttrsList|mkMerge|foldl'?|foldr)$/.test(name))
      return args.flatMap((each) => this.attributes({ value: each, scope }));
    const last = args.at(-1);
    if (last === undefined) return [];
    const given = this.resolved({ value: last, scope }) ?? { value: last, scope };
    const mayGive = given.value.kind === 'lambda' || GIVES_SETS.test(name) || name === '';
    return mayGive ? this.attributes(given) : [];
  }

  #named(path: readonly string[], scope: Scope | undefined): Placed | undefined {
    const [first = '', ...rest] = path;
    for (let here = scope; here !== undefined; here = here.around) {
      const found = here.names.get(first);
      if (found === undefined) continue;
      const isItself = found.value.kind === 'name' && found.value.path[0] === first && found.scope === scope;
      if (isItself) continue;
      const end = this.resolved(found) ?? (rest.length === 0 ? found : undefined);
      return end === undefined ? undefined : this.#selected(end, rest);
    }
    return undefined;
  }

  #selected(from: Placed, path: readonly string[]): Placed | undefined {
    let here: Placed | undefined = from;
    for (const name of path) {
      if (here === undefined) return undefined;
      const found: Attribute | undefined = this.attributes(here).findLast((attribute) => attribute.name === name);
      // With a helper around the outputs no level stands for the system.
      if (found === undefined && (isSystem(name) || name === 'outputs')) continue;
      here = found && (this.resolved(found) ?? found);
    }
    return here;
  }
}

/** The last name of a function, e.g. `mkShell` of `pkgs.mkShell`. */
export function lastName(run: Nix): string {
  if (run.kind === 'name' || run.kind === 'select') return run.path.findLast((name) => !isSystem(name)) ?? '';
  if (run.kind === 'call') return lastName(run.run);
  return '';
}
