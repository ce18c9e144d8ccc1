import { type Token, tokensOf } from './tokens.ts';

/** `a.b.c = value;`: a longer path is a set in a set; `at` is its offset in the file. */
export interface Binding {
  readonly name: string;
  readonly value: Nix;
  readonly at: number;
}

/** Nix as far as it is understood: nothing is evaluated, and what is not understood is `unknown`. */
export type Nix =
  | { readonly kind: 'set'; readonly bindings: readonly Binding[]; readonly isRecursive: boolean }
  | { readonly kind: 'list'; readonly items: readonly Nix[] }
  | { readonly kind: 'text' | 'path'; readonly value: string }
  /** A name with what is selected of it, e.g. `pkgs.cargo`; an antiquotation is `${…}` as written. */
  | { readonly kind: 'name'; readonly path: readonly string[] }
  /** The name of the scope around, as `inherit` means it. */
  | { readonly kind: 'outer'; readonly name: string }
  | { readonly kind: 'select'; readonly of: Nix; readonly path: readonly string[] }
  /** `formals`: names of the set that it takes apart. */
  | { readonly kind: 'lambda'; readonly formals: readonly string[]; readonly body: Nix }
  | { readonly kind: 'let'; readonly bindings: readonly Binding[]; readonly body: Nix }
  | { readonly kind: 'call'; readonly run: Nix; readonly args: readonly Nix[] }
  /** Operands of binary operators; `by` is the first operator. */
  | { readonly kind: 'join'; readonly by: string; readonly parts: readonly Nix[] }
  /** Any of these: the branches of an `if`, or the body of a `with`. */
  | { readonly kind: 'any'; readonly of: readonly Nix[] }
  | { readonly kind: 'unknown' };

const UNKNOWN: Nix = { kind: 'unknown' };
/** Deeper than any flake of a person. */
const MAX_DEPTH = 200;
const OPENS: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')', '${': '}' };
const KEYWORDS = new Set(['let', 'in', 'with', 'assert', 'if', 'then', 'else', 'inherit', 'or']);
const OPERATORS = new Set(['//', '++', '+', '-', '*', '/', '&&', '||', '->', '==', '!=', '<', '>', '<=', '>=', '?']);

/** What was read of a Nix file. */
export interface NixFile {
  readonly root: Nix;
  /** The offset of the first bracket that nothing closes, or that closes nothing; undefined where all fit. */
  readonly broken: number | undefined;
}

/** Reads Nix text; half-written and hostile files give what can be made out, in time that grows with their length. */
export function parseNix(text: string): NixFile {
  const tokens = tokensOf(text);
  const { closes, broken } = pairs(tokens);
  return { root: new Parser(tokens, closes, text).expression(), broken };
}

/** For each opening bracket its closing one; `tokens.length` where there is none. */
function pairs(tokens: readonly Token[]): { readonly closes: Int32Array; readonly broken: number | undefined } {
  const closes = new Int32Array(tokens.length).fill(tokens.length);
  const open: number[] = [];
  let broken: number | undefined;
  for (const [at, { kind, value, start }] of tokens.entries()) {
    if (kind !== 'sign') continue;
    if (value in OPENS) open.push(at);
    else if (value === '}' || value === ']' || value === ')') {
      const top = open.at(-1);
      if (top !== undefined && OPENS[tokens[top]?.value ?? ''] === value) {
        closes[top] = at;
        open.pop();
      } else broken ??= start;
    }
  }
  const [unclosed] = open;
  return { closes, broken: broken ?? (unclosed === undefined ? undefined : tokens[unclosed]?.start) };
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #closes: Int32Array;
  readonly #text: string;
  #at = 0;
  /** The bracket that ends what is being read. */
  #limit: number;
  #depth = 0;

  constructor(tokens: readonly Token[], closes: Int32Array, text: string) {
    this.#tokens = tokens;
    this.#closes = closes;
    this.#text = text;
    this.#limit = tokens.length;
  }

  expression(): Nix {
    if (++this.#depth > MAX_DEPTH) {
      // Everything up to the bracket around is given up, so that nothing is read twice.
      this.#at = this.#limit;
      this.#depth--;
      return UNKNOWN;
    }
    const found = this.#keyword() ?? this.#lambda() ?? this.#operation();
    this.#depth--;
    return found;
  }

  #is(value: string, ahead = 0): boolean {
    const at = this.#at + ahead;
    return at < this.#limit && this.#tokens[at]?.value === value && this.#tokens[at]?.kind !== 'text';
  }

  #take(value: string): boolean {
    if (!this.#is(value)) return false;
    this.#at++;
    return true;
  }

  #keyword(): Nix | undefined {
    if (this.#take('let')) {
      const bindings = this.#bindings(true);
      return { kind: 'let', bindings, body: this.expression() };
    }
    if (this.#take('with') || this.#take('assert')) {
      this.expression();
      this.#take(';');
      return { kind: 'any', of: [this.expression()] };
    }
    if (!this.#take('if')) return undefined;
    this.expression();
    const yes = this.#take('then') ? this.expression() : UNKNOWN;
    const no = this.#take('else') ? this.expression() : UNKNOWN;
    return { kind: 'any', of: [yes, no] };
  }

  /** `x: …`, `{ a, b ? c, ... }: …`, `x@{ … }: …`, `{ … }@x: …`. */
  #lambda(): Nix | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || this.#at >= this.#limit) return undefined;
    let end = this.#at;
    let set: number | undefined;
    if (token.kind === 'word') {
      if (this.#is('@', 1) && this.#is('{', 2)) set = this.#at + 2;
      else end++;
    } else if (this.#is('{')) set = this.#at;
    else return undefined;
    if (set !== undefined) end = (this.#closes[set] ?? this.#limit) + 1;
    if (this.#tokens[end]?.value === '@') end += 2;
    if (end >= this.#limit || this.#tokens[end]?.value !== ':' || this.#tokens[end]?.kind !== 'sign') return undefined;
    const formals = set === undefined ? [] : this.#formals(set);
    this.#at = end + 1;
    return { kind: 'lambda', formals, body: this.expression() };
  }

  /** Names behind `{` and each comma. */
  #formals(open: number): string[] {
    const close = this.#closes[open] ?? this.#limit;
    const names: string[] = [];
    for (let at = open + 1; at < close; at++) {
      const { kind, value } = this.#tokens[at] ?? { kind: 'sign', value: '' };
      const before = this.#tokens[at - 1]?.value;
      if (kind === 'word' && (before === '{' || before === ',')) names.push(value);
      else if (kind === 'sign' && value in OPENS) at = this.#closes[at] ?? close;
    }
    return names;
  }

  #operation(): Nix {
    const parts = [this.#application()];
    let by: string | undefined;
    while (this.#at < this.#limit) {
      const token = this.#tokens[this.#at];
      if (token?.kind !== 'sign' || !OPERATORS.has(token.value)) break;
      by ??= token.value;
      this.#at++;
      parts.push(this.#beginsExpression() ? this.expression() : this.#application());
    }
    const [first = UNKNOWN] = parts;
    return by === undefined ? first : { kind: 'join', by, parts };
  }

  /** Behind an operator these reach as far as they can. */
  #beginsExpression(): boolean {
    return ['let', 'with', 'if', 'assert'].some((word) => this.#is(word));
  }

  #application(): Nix {
    while (this.#take('!') || this.#take('-'));
    const run = this.#simple();
    if (run === undefined) return UNKNOWN;
    const args: Nix[] = [];
    for (let next = this.#simple(); next !== undefined; next = this.#simple()) args.push(next);
    return args.length === 0 ? run : { kind: 'call', run, args };
  }

  /** One operand with what is selected of it; undefined where none begins here. */
  #simple(): Nix | undefined {
    const base = this.#base();
    if (base === undefined) return undefined;
    const path: string[] = [];
    while (this.#is('.')) {
      this.#at++;
      const name = this.#attribute();
      if (name === undefined) break;
      path.push(name);
    }
    if (this.#take('or')) this.#simple();
    if (path.length === 0) return base;
    return base.kind === 'name' ? { kind: 'name', path: [...base.path, ...path] } : { kind: 'select', of: base, path };
  }

  #base(): Nix | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || this.#at >= this.#limit) return undefined;
    if (token.kind === 'text' || token.kind === 'path') {
      this.#at++;
      return { kind: token.kind, value: token.value };
    }
    if (token.value === '{') return this.#inside(() => this.#set(false));
    if (token.value === '[') return this.#inside(() => this.#list());
    if (token.value === '(') return this.#inside(() => this.expression());
    if (token.kind !== 'word' || KEYWORDS.has(token.value)) return undefined;
    this.#at++;
    if (token.value === 'rec' && this.#is('{')) return this.#inside(() => this.#set(true));
    return { kind: 'name', path: [token.value] };
  }

  /** What stands in the brackets that open here; whatever is wrong in them ends with them. */
  #inside<T>(read: () => T): T {
    const close = Math.min(this.#closes[this.#at] ?? this.#limit, this.#limit);
    const outer = this.#limit;
    this.#at++;
    this.#limit = close;
    this.#depth++;
    const found = read();
    this.#depth--;
    this.#limit = outer;
    this.#at = Math.min(close + 1, outer);
    return found;
  }

  #set(isRecursive: boolean): Nix {
    return this.#depth > MAX_DEPTH ? UNKNOWN : { kind: 'set', bindings: this.#bindings(false), isRecursive };
  }

  #list(): Nix {
    const items: Nix[] = [];
    while (this.#at < this.#limit && this.#depth <= MAX_DEPTH) {
      const item = this.#simple();
      if (item === undefined) this.#at++;
      else items.push(item);
    }
    return { kind: 'list', items };
  }

  /** Bindings up to the bracket around, or up to `in`. */
  #bindings(isLet: boolean): Binding[] {
    const bindings: Binding[] = [];
    while (this.#at < this.#limit) {
      if (isLet && this.#take('in')) break;
      const before = this.#at;
      if (this.#take('inherit')) bindings.push(...this.#inherited());
      else bindings.push(...this.#binding());
      this.#end(isLet);
      if (this.#at === before) this.#at++;
    }
    return bindings;
  }

  /** Behind the next `;`; a binding without one ends where the next begins to make sense. */
  #end(isLet: boolean): void {
    while (this.#at < this.#limit) {
      const token = this.#tokens[this.#at];
      if (isLet && this.#is('in')) return;
      this.#at++;
      if (token?.kind !== 'sign') continue;
      if (token.value === ';') return;
      if (token.value in OPENS) this.#at = Math.min((this.#closes[this.#at - 1] ?? this.#limit) + 1, this.#limit);
    }
  }

  #binding(): Binding[] {
    const at = this.#tokens[this.#at]?.start ?? 0;
    const path: string[] = [];
    for (let name = this.#attribute(); name !== undefined; name = this.#take('.') ? this.#attribute() : undefined)
      path.push(name);
    if (path.length === 0 || path.length > MAX_DEPTH || !this.#take('=')) return [];
    const value = this.expression();
    const inner = path
      .slice(1)
      .reduceRight<Nix>(
        (of, name) => ({ kind: 'set', bindings: [{ name, value: of, at }], isRecursive: false }),
        value,
      );
    return [{ name: path[0] ?? '', value: inner, at }];
  }

  /** `inherit a b;` and `inherit (from) a b;`. */
  #inherited(): Binding[] {
    const from = this.#is('(') ? this.#inside(() => this.expression()) : undefined;
    const found: Binding[] = [];
    for (;;) {
      const at = this.#tokens[this.#at]?.start ?? 0;
      const name = this.#attribute();
      if (name === undefined) return found;
      const value: Nix =
        from === undefined
          ? { kind: 'outer', name }
          : from.kind === 'name'
            ? { kind: 'name', path: [...from.path, name] }
            : { kind: 'select', of: from, path: [name] };
      found.push({ name, value, at });
    }
  }

  /** `name`, `"name"` or `${name}`. */
  #attribute(): string | undefined {
    const token = this.#tokens[this.#at];
    if (token === undefined || this.#at >= this.#limit) return undefined;
    if (token.kind === 'word' || token.kind === 'text') {
      this.#at++;
      return token.value;
    }
    if (token.value !== '${') return undefined;
    const close = Math.min(this.#closes[this.#at] ?? this.#limit, this.#limit);
    this.#at = Math.min(close + 1, this.#limit);
    return this.#text.slice(token.start, this.#tokens[close]?.end ?? token.end).slice(0, 200);
  }
}
