import { LIFETIME, PATH, TEXT, type Tokens, WORD } from './tokens.ts';
import { grown, type Words } from './words.ts';

/** Columns of a function; names are numbers of words (-1: none), offsets are bytes of its file. */
const COLUMNS = 10;
const NAME = 0;
/** Type of the `impl`, or the trait that declares it. */
const OWNER = 1;
const TRAIT = 2;
/** 1: called as `value.name()`. */
const METHOD = 3;
const START = 4;
const PARAMS_END = 5;
const BODY_START = 6;
const BODY_END = 7;
const FIRST_REFERENCE = 8;
const LAST_REFERENCE = 9;

/** All functions with a body, in the order of files and in them; as numbers, because there may be very many. */
export class FunctionTable {
  #cells = new Int32Array(1 << 12);
  length = 0;

  begin(name: number, owner: number, trait: number, method: boolean, firstReference: number): number {
    const at = this.length * COLUMNS;
    if (at + COLUMNS > this.#cells.length) this.#cells = grown(this.#cells);
    this.#cells[at + NAME] = name;
    this.#cells[at + OWNER] = owner;
    this.#cells[at + TRAIT] = trait;
    this.#cells[at + METHOD] = method ? 1 : 0;
    this.#cells[at + FIRST_REFERENCE] = firstReference;
    return this.length++;
  }

  place(index: number, start: number, paramsEnd: number, bodyStart: number, bodyEnd: number): void {
    const at = index * COLUMNS;
    this.#cells[at + START] = start;
    this.#cells[at + PARAMS_END] = paramsEnd;
    this.#cells[at + BODY_START] = bodyStart;
    this.#cells[at + BODY_END] = bodyEnd;
  }

  end(index: number, lastReference: number): void {
    this.#cells[index * COLUMNS + LAST_REFERENCE] = lastReference;
  }

  #cell(index: number, column: number): number {
    return this.#cells[index * COLUMNS + column] ?? -1;
  }

  name(index: number): number {
    return this.#cell(index, NAME);
  }

  owner(index: number): number {
    return this.#cell(index, OWNER);
  }

  trait(index: number): number {
    return this.#cell(index, TRAIT);
  }

  isMethod(index: number): boolean {
    return this.#cell(index, METHOD) === 1;
  }

  start(index: number): number {
    return this.#cell(index, START);
  }

  /** The bracket that closes its parameters. */
  paramsEnd(index: number): number {
    return this.#cell(index, PARAMS_END);
  }

  bodyStart(index: number): number {
    return this.#cell(index, BODY_START);
  }

  bodyEnd(index: number): number {
    return this.#cell(index, BODY_END);
  }

  /** Range of what its body names, in `References`. */
  references(index: number): readonly [first: number, last: number] {
    return [this.#cell(index, FIRST_REFERENCE), this.#cell(index, LAST_REFERENCE)];
  }
}

/** What one file declares, and what its code outside functions names. */
export interface FileOutline {
  /** Range of its functions in the table. */
  readonly firstFunction: number;
  readonly lastFunction: number;
  /** It has modules of its own inside it: names in it are not all in one scope. */
  readonly hasModules: boolean;
  /** Bytes that only tests or other systems compile. */
  readonly tests: readonly (readonly [start: number, end: number])[];
  /** Names of modules in files of their own that only tests or other systems compile. */
  readonly testModules: readonly number[];
  /** Names of traits. */
  readonly traits: readonly number[];
  /** Names of structs, enums and unions. */
  readonly types: readonly number[];
  /** `const NAME: &str = "…"`: the name, and where the text literal is. */
  readonly constants: readonly (readonly [name: number, start: number, end: number])[];
  /** `use a::b as c`: c, b */
  readonly aliases: readonly (readonly [alias: number, name: number])[];
  /** Range in the references made outside functions. */
  readonly firstOutside: number;
  readonly lastOutside: number;
}

export const PLAIN = 0;
export const DOTTED = 1;
export const QUALIFIED = 2;
/** In a signature: a type, and no call. */
export const TYPE = 3;

/** Names that code says, in order, as pairs of numbers: the name with how it is said, and what stands before `::`. */
export class References {
  #names = new Int32Array(1 << 12);
  #qualifiers = new Int32Array(1 << 12);
  length = 0;

  add(name: number, how: number, qualifier: number): void {
    if (this.length === this.#names.length) {
      this.#names = grown(this.#names);
      this.#qualifiers = grown(this.#qualifiers);
    }
    this.#names[this.length] = (name << 2) | how;
    this.#qualifiers[this.length++] = qualifier;
  }

  name(at: number): number {
    return (this.#names[at] ?? 0) >> 2;
  }

  how(at: number): number {
    return (this.#names[at] ?? 0) & 3;
  }

  /** -1: none, or something that has no name (`<T as Trait>::`). */
  qualifier(at: number): number {
    return this.#qualifiers[at] ?? -1;
  }
}

/** The words that the outline looks for, by number. */
export class Keywords {
  readonly fn: number;
  readonly impl: number;
  readonly trait: number;
  readonly use: number;
  readonly mod: number;
  readonly for: number;
  readonly where: number;
  readonly as: number;
  readonly self: number;
  readonly mut: number;
  readonly cfg: number;
  readonly all: number;
  readonly any: number;
  readonly not: number;
  readonly test: number;
  readonly windows: number;
  readonly unix: number;
  readonly systems: ReadonlySet<number>;
  readonly constant: readonly number[];
  readonly testAttributes: ReadonlySet<number>;
  readonly beforeImpl: ReadonlySet<number>;
  readonly items: ReadonlySet<number>;
  readonly types: ReadonlySet<number>;
  readonly pub: number;

  constructor(words: Words) {
    const number = (word: string): number => words.numberOf(word);
    this.fn = number('fn');
    this.impl = number('impl');
    this.trait = number('trait');
    this.use = number('use');
    this.mod = number('mod');
    this.for = number('for');
    this.where = number('where');
    this.as = number('as');
    this.self = number('self');
    this.mut = number('mut');
    this.cfg = number('cfg');
    this.all = number('all');
    this.any = number('any');
    this.not = number('not');
    this.test = number('test');
    this.windows = number('windows');
    this.unix = number('unix');
    this.systems = new Set(['target_os', 'target_family'].map(number));
    this.pub = number('pub');
    this.constant = [number('const'), number('static')];
    this.testAttributes = new Set(['test', 'rstest', 'bench'].map(number));
    this.types = new Set(['struct', 'enum', 'union'].map(number));
    this.beforeImpl = new Set(['default', 'unsafe'].map(number));
    this.items = new Set(
      ['pub', 'fn', 'mod', 'use', 'impl', 'struct', 'enum', 'union', 'const', 'static', 'async', 'unsafe']
        .concat(['type', 'trait', 'let', 'extern', 'macro_rules'])
        .map(number),
    );
  }
}

const ROUND = 40;
const CURLY = 123;
const SQUARE = 91;
const LESS = 60;
const GREATER = 62;
const SEMICOLON = 59;
const COMMA = 44;
const COLON = 58;
const DOT = 46;
const HASH = 35;
const BANG = 33;
const EQUALS = 61;
const AND = 38;
const END_CURLY = 125;
const END_SQUARE = 93;
const END_ROUND = 41;

/** Longer than any signature or `impl` header, in tokens: unfinished code must not cost its length at every function. */
const MAX_HEADER = 800;
const MAX_ATTRIBUTES = 50;

interface Block {
  /** The token that ends it. */
  readonly end: number;
  readonly owner: number;
  readonly trait: number;
}

/** A function that was begun, and the token that ends it. */
interface Begun {
  readonly index: number;
  readonly end: number;
}

/** Reads tokens into outlines. One object serves file after file: what the files name goes into its two lists. */
export class Outliner {
  readonly inside = new References();
  readonly outside = new References();
  readonly functions = new FunctionTable();
  readonly #keys: Keywords;
  readonly #words: Words;

  constructor(words: Words) {
    this.#words = words;
    this.#keys = new Keywords(words);
  }

  /** The outline of a file from its tokens; `bytes` are those of the file. */
  read(tokens: Tokens, bytes: Uint8Array): FileOutline {
    const firstFunction = this.functions.length;
    let hasModules = false;
    const tests: [number, number][] = [];
    const testModules: number[] = [];
    const traits: number[] = [];
    const types: number[] = [];
    const constants: [number, number, number][] = [];
    const aliases: [number, number][] = [];
    const firstOutside = this.outside.length;
    const { kind, word, start, close, count } = tokens;
    const keys = this.#keys;
    const blocks: Block[] = [];
    const open: Begun[] = [];
    const offset = (token: number): number => (token < count ? (start[token] ?? 0) : bytes.length);
    let attributeEnd = -1;

    // The next token at which a function or a block ends.
    let nextEnd = count;
    const leave = (at: number): void => {
      for (let last = open.at(-1); last !== undefined && at >= last.end; last = open.at(-1)) {
        open.pop();
        this.functions.end(last.index, this.inside.length);
      }
      while ((blocks.at(-1)?.end ?? count + 1) <= at) blocks.pop();
      nextEnd = Math.min(open.at(-1)?.end ?? count, blocks.at(-1)?.end ?? count);
    };

    let at = 0;
    while (at < count) {
      if (at >= nextEnd) leave(at);
      const what = kind[at];
      if (what === HASH) {
        const bang = kind[at + 1] === BANG ? 1 : 0;
        if (kind[at + 1 + bang] !== SQUARE) {
          at++;
          continue;
        }
        const bracket = at + 1 + bang;
        const after = (close[bracket] ?? count) + 1;
        if (isLeftOut(tokens, bracket, keys, bytes)) {
          const end = bang ? count : itemEnd(tokens, after, keys);
          tests.push([offset(at), end >= count ? bytes.length : offset(end)]);
          const module = moduleDeclared(tokens, after, keys);
          if (module >= 0) testModules.push(module);
          at = end;
          continue;
        }
        attributeEnd = after;
        at = bracket;
        continue;
      }
      if (what !== WORD) {
        if (what === TEXT && at < attributeEnd)
          this.#namedInText(bytes, start[at] ?? 0, word[at] ?? 0, open.length > 0);
        at++;
        continue;
      }
      const name = word[at] ?? 0;
      if (name === keys.fn && kind[at + 1] === WORD) {
        const signature = readSignature(tokens, at, keys);
        if (signature === undefined) at += 2;
        else if (signature.body < 0) at = signature.next;
        else {
          const block = blocks.at(-1);
          const firstReference = this.inside.length;
          this.#typesIn(tokens, at + 2, signature.body);
          const end = close[signature.body] ?? count;
          const index = this.functions.begin(
            word[at + 1] ?? 0,
            block?.owner ?? -1,
            block?.trait ?? -1,
            signature.method,
            firstReference,
          );
          this.functions.place(
            index,
            offset(at),
            offset(close[signature.params] ?? count),
            offset(signature.body),
            offset(end),
          );
          open.push({ index, end });
          nextEnd = Math.min(nextEnd, end);
          at = signature.body + 1;
        }
        continue;
      }
      if (name === keys.impl && beginsItem(tokens, at, keys)) {
        const header = readImpl(tokens, at + 1, keys);
        if (header !== undefined) {
          const end = close[header.open] ?? count;
          if (header.owner >= 0) blocks.push({ end, owner: header.owner, trait: header.trait });
          nextEnd = Math.min(nextEnd, end);
          at = header.open + 1;
          continue;
        }
      } else if (name === keys.trait && kind[at + 1] === WORD) {
        traits.push(word[at + 1] ?? 0);
        const opens = blockAfter(tokens, at + 2);
        if (opens >= 0) {
          const end = close[opens] ?? count;
          blocks.push({ end, owner: word[at + 1] ?? 0, trait: -1 });
          nextEnd = Math.min(nextEnd, end);
          at = opens + 1;
          continue;
        }
      } else if (name === keys.use && kind[at + 1] !== LESS && beginsItem(tokens, at, keys)) {
        at = this.#readUse(tokens, at + 1, aliases);
        continue;
      } else if (keys.types.has(name) && kind[at + 1] === WORD) {
        // Declaring a type does not use it.
        types.push(word[at + 1] ?? 0);
        at += 2;
        continue;
      } else if (name === keys.mod && kind[at + 1] === WORD && kind[at + 2] === CURLY) {
        hasModules = true;
      } else if (name === keys.constant[0] || name === keys.constant[1]) {
        const constant = textConstant(tokens, at, keys);
        if (constant) constants.push(constant);
      }
      at = this.#reference(tokens, at, open.length > 0);
    }
    leave(count);
    return {
      firstFunction,
      lastFunction: this.functions.length,
      hasModules,
      tests,
      testModules,
      traits,
      types,
      constants,
      aliases,
      firstOutside,
      lastOutside: this.outside.length,
    };
  }

  /** Types that a signature names. */
  #typesIn({ kind, word }: Tokens, from: number, to: number): void {
    for (let at = from; at < to; at++)
      if (kind[at] === WORD && kind[at + 1] !== COLON && kind[at + 1] !== PATH)
        this.inside.add(word[at] ?? 0, TYPE, -1);
  }

  /** A name, unless it is a field or the name of a field being set; returns the next token. */
  #reference({ kind, word, close, count }: Tokens, at: number, isInside: boolean): number {
    const before = kind[at - 1];
    let next = at + 1;
    if (kind[next] === PATH) {
      // A segment of a path: the last one is the reference. `name::<T>` is the last one too.
      if (kind[next + 1] !== LESS) return next + 1;
      next = skipGenerics(kind, close, next + 1, count);
      if (kind[next] === PATH) return next + 1;
    }
    const how = before === DOT ? DOTTED : before === PATH ? QUALIFIED : PLAIN;
    if (how === DOTTED && kind[next] !== ROUND) return at + 1;
    if (how === PLAIN && kind[next] === COLON) return at + 1;
    const qualifier = how === QUALIFIED && kind[at - 2] === WORD ? (word[at - 2] ?? -1) : -1;
    (isInside ? this.inside : this.outside).add(word[at] ?? 0, how, qualifier);
    return at + 1;
  }

  /** `#[serde(default = "module::name")]` names a function in a text. */
  #namedInText(bytes: Uint8Array, start: number, end: number, isInside: boolean): void {
    if (end - start > 100) return;
    const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
    const path = /^"((?:\w+::)*)(\w+)"$/.exec(text);
    if (path?.[2] === undefined || /^\d/.test(path[2])) return;
    const qualifier = path[1]?.split('::').at(-2);
    const list = isInside ? this.inside : this.outside;
    const name = this.#words.numberOf(path[2]);
    if (qualifier === undefined) list.add(name, PLAIN, -1);
    else list.add(name, QUALIFIED, this.#words.numberOf(qualifier));
  }

  #readUse({ kind, word, count }: Tokens, from: number, aliases: [number, number][]): number {
    for (let at = from; at < count; at++) {
      if (kind[at] === SEMICOLON) return at + 1;
      if (kind[at] === WORD && word[at] === this.#keys.as && kind[at - 1] === WORD && kind[at + 1] === WORD)
        aliases.push([word[at + 1] ?? 0, word[at - 1] ?? 0]);
      // Unfinished: what follows is code again.
      if (kind[at] === WORD && (word[at] === this.#keys.fn || word[at] === this.#keys.impl)) return at;
    }
    return count;
  }
}

/** Whether a word stands where an item begins, and is no type such as `-> impl Future`. */
function beginsItem({ kind, word }: Tokens, at: number, keys: Keywords): boolean {
  const before = at === 0 ? SEMICOLON : kind[at - 1];
  if (before === WORD) {
    const name = word[at - 1] ?? -1;
    return keys.beforeImpl.has(name) || name === keys.pub;
  }
  // `pub(crate) use`
  return (
    before === SEMICOLON || before === CURLY || before === END_CURLY || before === END_SQUARE || before === END_ROUND
  );
}

/** Behind `<…>`; `->` inside does not close it. */
function skipGenerics(kind: Uint8Array, close: Int32Array, from: number, count: number): number {
  if (kind[from] !== LESS) return from;
  let depth = 0;
  const limit = Math.min(count, from + MAX_HEADER);
  for (let at = from; at < limit; at++) {
    const what = kind[at];
    if (what === LESS) depth++;
    else if (what === GREATER) {
      if (--depth === 0) return at + 1;
    } else if (what === SEMICOLON || what === CURLY) return at;
    else if (what === ROUND || what === SQUARE) at = Math.min(limit, close[at] ?? limit);
  }
  return limit;
}

interface Signature {
  readonly params: number;
  /** The token `{`; -1: it has no body. */
  readonly body: number;
  readonly next: number;
  readonly method: boolean;
}

/** From `fn` on. */
function readSignature(tokens: Tokens, at: number, keys: Keywords): Signature | undefined {
  const { kind, close, count } = tokens;
  const params = skipGenerics(kind, close, at + 2, count);
  if (kind[params] !== ROUND) return undefined;
  const method = takesSelf(tokens, params + 1, keys);
  const after = (close[params] ?? count) + 1;
  const limit = Math.min(count, after + MAX_HEADER);
  for (let next = after; next < limit; next++) {
    const what = kind[next];
    if (what === CURLY) return { params, body: next, next, method };
    if (what === SEMICOLON || what === END_CURLY) return { params, body: -1, next, method };
    if (what === ROUND || what === SQUARE) next = close[next] ?? count;
  }
  return { params, body: -1, next: Math.min(count, after), method };
}

/** `self`, `&self`, `&'a mut self`, `mut self`, `self: Arc<Self>` */
function takesSelf({ kind, word }: Tokens, from: number, keys: Keywords): boolean {
  for (let at = from; at < from + 5; at++) {
    const what = kind[at];
    if (what === AND || what === LIFETIME) continue;
    if (what !== WORD) return false;
    if (word[at] === keys.self) return kind[at + 1] !== PATH;
    if (word[at] !== keys.mut) return false;
  }
  return false;
}

function readImpl(
  tokens: Tokens,
  from: number,
  keys: Keywords,
): { readonly open: number; readonly owner: number; readonly trait: number } | undefined {
  const { kind, word, close, count } = tokens;
  let at = skipGenerics(kind, close, from, count);
  const limit = Math.min(count, at + MAX_HEADER);
  let owner = -1;
  let trait = -1;
  let isWhere = false;
  while (at < limit) {
    const what = kind[at];
    if (what === CURLY) return { open: at, owner, trait };
    if (what === SEMICOLON || what === END_CURLY) return undefined;
    if (what === WORD && !isWhere) {
      if (word[at] === keys.where) isWhere = true;
      // `for<'a>` belongs to a type.
      else if (word[at] === keys.for && kind[at + 1] !== LESS) {
        trait = owner;
        owner = -1;
      } else owner = word[at] ?? -1;
    }
    if (what === LESS) at = skipGenerics(kind, close, at, count);
    else if (what === ROUND || what === SQUARE) at = (close[at] ?? count) + 1;
    else at++;
  }
  return undefined;
}

/** The block that a header of sensible length opens; -1: none. */
function blockAfter({ kind, count }: Tokens, from: number): number {
  const limit = Math.min(count, from + MAX_HEADER);
  for (let at = from; at < limit; at++) {
    if (kind[at] === CURLY) return at;
    if (kind[at] === SEMICOLON) return -1;
  }
  return -1;
}

/** Whether an attribute's item is compiled for tests or for other systems only. */
function isLeftOut(tokens: Tokens, bracket: number, keys: Keywords, bytes: Uint8Array): boolean {
  const { kind, word } = tokens;
  const first = bracket + 1;
  if (kind[first] !== WORD) return false;
  if (word[first] === keys.cfg)
    return kind[first + 1] === ROUND && holds(tokens, first + 2, keys, bytes, MAX_CONDITIONS) === false;
  let last = first;
  while (kind[last + 1] === PATH && kind[last + 2] === WORD) last += 2;
  const after = kind[last + 1];
  return keys.testAttributes.has(word[last] ?? -1) && (after === END_SQUARE || after === ROUND);
}

/** How deep conditions are in one another, and how many stand in one list. */
const MAX_CONDITIONS = 20;

/** Whether a condition of `cfg` holds where the program runs: on Linux, and not in a test; nothing where that is open. */
function holds(tokens: Tokens, at: number, keys: Keywords, bytes: Uint8Array, depth: number): boolean | undefined {
  const { kind, word, start, close, count } = tokens;
  if (kind[at] !== WORD || depth === 0) return undefined;
  const name = word[at] ?? -1;
  if (kind[at + 1] === EQUALS && kind[at + 2] === TEXT)
    return keys.systems.has(name) ? isHere(bytes, start[at + 2] ?? 0, word[at + 2] ?? 0) : undefined;
  if (kind[at + 1] !== ROUND)
    return name === keys.test || name === keys.windows ? false : name === keys.unix ? true : undefined;
  const parts: (boolean | undefined)[] = [];
  const end = Math.min(close[at + 1] ?? count, count);
  for (let next = at + 2; next < end && parts.length < MAX_CONDITIONS; next++) {
    parts.push(holds(tokens, next, keys, bytes, depth - 1));
    while (next < end && kind[next] !== COMMA) next = kind[next] === ROUND ? (close[next] ?? count) + 1 : next + 1;
  }
  if (name === keys.not) return parts[0] === undefined ? undefined : !parts[0];
  const decides = name === keys.any;
  if (!decides && name !== keys.all) return undefined;
  if (parts.includes(decides)) return decides;
  return parts.length === 0 || parts.includes(undefined) || parts.length === MAX_CONDITIONS ? undefined : !decides;
}

/** Whether a quoted name of a system or a family is that of Linux. */
function isHere(bytes: Uint8Array, start: number, end: number): boolean | undefined {
  if (end - start > 30) return undefined;
  const name = /^"(\w+)"$/.exec(Buffer.from(bytes.subarray(start, end)).toString('latin1'))?.[1];
  return name === undefined ? undefined : name === 'linux' || name === 'unix';
}

/** Behind the attributes that follow one another. */
function skipAttributes({ kind, close, count }: Tokens, from: number): number {
  let at = from;
  for (let number = 0; kind[at] === HASH && kind[at + 1] === SQUARE && number < MAX_ATTRIBUTES; number++)
    at = (close[at + 1] ?? count) + 1;
  return at;
}

/** The end of the item, field or arm after an attribute: its block, its semicolon, or for a field its comma. */
function itemEnd(tokens: Tokens, from: number, keys: Keywords): number {
  const { kind, word, close, count } = tokens;
  let at = skipAttributes(tokens, from);
  const isItem = kind[at] === WORD && keys.items.has(word[at] ?? -1);
  const isUse = isItem && usedAt(tokens, at, keys);
  for (; at < count; at++) {
    const what = kind[at];
    if (what === SEMICOLON || (what === COMMA && !isItem)) return at + 1;
    if (what === END_CURLY) return at;
    if (what === CURLY && !isUse) return Math.min(count, (close[at] ?? count) + 1);
    if (what === ROUND || what === SQUARE || what === CURLY) at = close[at] ?? count;
  }
  return count;
}

/** The first word behind `pub` and `pub(crate)`. */
function unpublished({ kind, word, close, count }: Tokens, at: number, keys: Keywords): number {
  if (word[at] !== keys.pub || kind[at] !== WORD) return at;
  return kind[at + 1] === ROUND ? (close[at + 1] ?? count) + 1 : at + 1;
}

function usedAt(tokens: Tokens, at: number, keys: Keywords): boolean {
  const first = unpublished(tokens, at, keys);
  return tokens.kind[first] === WORD && tokens.word[first] === keys.use;
}

/** The name in `mod NAME;`, -1 where it is something else. */
function moduleDeclared(tokens: Tokens, from: number, keys: Keywords): number {
  const { kind, word } = tokens;
  const at = unpublished(tokens, skipAttributes(tokens, from), keys);
  const isModule = kind[at] === WORD && word[at] === keys.mod && kind[at + 1] === WORD && kind[at + 2] === SEMICOLON;
  return isModule ? (word[at + 1] ?? -1) : -1;
}

/** Between a constant's name and its value: `: &'static str =`. */
const MAX_TYPE = 20;

function textConstant(
  { kind, word, start }: Tokens,
  at: number,
  keys: Keywords,
): [name: number, start: number, end: number] | undefined {
  const named = kind[at + 1] === WORD && word[at + 1] === keys.mut ? at + 2 : at + 1;
  if (kind[named] !== WORD || kind[named + 1] !== COLON) return undefined;
  for (let next = named + 2; next < named + MAX_TYPE; next++) {
    const what = kind[next];
    if (what === EQUALS)
      return kind[next + 1] === TEXT ? [word[named] ?? 0, start[next + 1] ?? 0, word[next + 1] ?? 0] : undefined;
    if (what === SEMICOLON || what === CURLY || what === undefined) return undefined;
  }
  return undefined;
}
