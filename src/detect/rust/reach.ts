import { DOTTED, type FunctionTable, PLAIN, QUALIFIED, type References, TYPE } from './outline.ts';
import type { Words } from './words.ts';

/** Functions of one name, by how they can be called; numbers of functions. */
interface Namesakes {
  readonly methods: number[];
  readonly free: number[];
  readonly owned: number[];
  /** By the type or the trait they belong to. */
  readonly ofType: Map<number, number[]>;
}

/** A file as the graph knows it. */
interface GraphFile {
  /** Range of what it names outside functions. */
  readonly firstOutside: number;
  readonly lastOutside: number;
  /** It has modules of its own inside it: names in it are not all in one scope. */
  readonly hasModules: boolean;
  /** It is part of the program, and no test. */
  readonly isKept: boolean;
}

/** What the reach of a program is computed from; everything is a number. */
export interface Graph {
  readonly words: Words;
  readonly functions: FunctionTable;
  /** Number of the file of each function. */
  readonly fileOf: Int32Array;
  readonly inside: References;
  readonly outside: References;
  readonly files: readonly GraphFile[];
  /** `use a::b as c`: c → b */
  readonly aliases: ReadonlyMap<number, readonly number[]>;
  /** Traits that the repository declares itself. */
  readonly ownTraits: ReadonlySet<number>;
  /** Structs, enums and unions that it declares. */
  readonly types: ReadonlySet<number>;
}

/** Where a name is said. */
interface Place {
  /** Type of the `impl` around it, -1: none. */
  readonly owner: number;
  readonly file: number;
}

/** One walk through the graph: what was reached, and what waits. */
class Walk {
  /** 1 for each function that was reached. */
  readonly reached: Uint8Array;
  readonly queue: number[] = [];
  /** References that were followed; the same one is followed once. */
  readonly met = new Set<number>();
  /** Types that were named. */
  readonly types = new Set<number>();
  /** Names whose own functions in a file were followed. */
  readonly own = new Set<number>();
  readonly #fileOf: Int32Array;
  readonly #included: Uint8Array;

  constructor(functions: number, fileOf: Int32Array, included: Uint8Array) {
    this.reached = new Uint8Array(functions);
    this.#fileOf = fileOf;
    this.#included = included;
  }

  enqueue(items: readonly number[]): void {
    for (const item of items) {
      if (this.reached[item] === 1 || this.#included[this.#fileOf[item] ?? 0] !== 1) continue;
      this.reached[item] = 1;
      this.queue.push(item);
    }
  }
}

const NAMES_FUNCTIONS = 1;
const IS_ALIAS = 2;
const HAS_TRAITS = 4;

/** Follows names from function to function, without types: generous, so that what is not reached is surely dead. */
export class Reach {
  readonly #graph: Graph;
  readonly #byName = new Map<number, Namesakes>();
  /** What foreign code calls by a trait of its own, by the type that has it. */
  readonly #byType = new Map<number, number[]>();
  /** For each word whether it names functions, stands for another name, or is such a type: most are nothing of it. */
  readonly #matters: Uint8Array;
  /** 0: not looked at; 1: begins with a capital, as types do; 2: does not. */
  readonly #capital: Uint8Array;
  readonly #self: number;
  readonly #main: number;

  constructor(graph: Graph) {
    this.#graph = graph;
    this.#self = graph.words.find('Self');
    this.#main = graph.words.find('main');
    for (let index = 0; index < graph.functions.length; index++) this.#enter(index, graph.functions);
    this.#capital = new Uint8Array(graph.words.count);
    this.#matters = new Uint8Array(graph.words.count);
    this.#mark(this.#byName.keys(), NAMES_FUNCTIONS);
    this.#mark(graph.aliases.keys(), IS_ALIAS);
    this.#mark(this.#byType.keys(), HAS_TRAITS);
  }

  #mark(words: Iterable<number>, bit: number): void {
    for (const word of words) this.#matters[word] = (this.#matters[word] ?? 0) | bit;
  }

  /** Numbers of the functions with a name. */
  named(name: number): readonly number[] {
    const namesakes = this.#byName.get(name);
    return namesakes ? [...namesakes.free, ...namesakes.owned] : [];
  }

  #enter(index: number, table: FunctionTable): void {
    if (this.#graph.files[this.#graph.fileOf[index] ?? 0]?.isKept !== true) return;
    const [name, owner, trait] = [table.name(index), table.owner(index), table.trait(index)];
    let namesakes = this.#byName.get(name);
    if (namesakes === undefined) {
      namesakes = { methods: [], free: [], owned: [], ofType: new Map() };
      this.#byName.set(name, namesakes);
    }
    if (trait >= 0 && this.#isCalledByOthers(trait) && this.#graph.types.has(owner)) {
      const same = this.#byType.get(owner);
      if (same) same.push(index);
      else this.#byType.set(owner, [index]);
    }
    if (table.isMethod(index)) namesakes.methods.push(index);
    if (owner < 0) namesakes.free.push(index);
    else namesakes.owned.push(index);
    for (const type of new Set([owner, trait])) {
      if (type < 0) continue;
      const same = namesakes.ofType.get(type);
      if (same) same.push(index);
      else namesakes.ofType.set(type, [index]);
    }
  }

  /**
   * Functions that a binary's `main` can reach, 1 for each: its own `main`, what its files name outside functions, and
   * what foreign code calls by a trait of its own (`Drop`, `Display`, `Handler` …), once its type is named by what is
   * reached. `included` has 1 for each file of
   * the binary, `mainFile` is the number of the file with its `main`.
   */
  from(mainFile: number, included: Uint8Array): Uint8Array {
    const { functions, fileOf, inside, outside, files, types } = this.#graph;
    const walk = new Walk(functions.length, fileOf, included);
    for (let index = 0; index < functions.length; index++) {
      const trait = functions.trait(index);
      const isMain = trait < 0 && fileOf[index] === mainFile && functions.name(index) === this.#main;
      // What is implemented for types of others nobody has to name.
      const isAlways = trait >= 0 && this.#isCalledByOthers(trait) && !types.has(functions.owner(index));
      if (isMain || isAlways) walk.enqueue([index]);
    }
    for (const [file, { firstOutside, lastOutside }] of files.entries()) {
      if (included[file] !== 1) continue;
      for (let at = firstOutside; at < lastOutside; at++) this.#meet(walk, outside, at, { owner: -1, file });
    }
    for (let item = walk.queue.pop(); item !== undefined; item = walk.queue.pop()) {
      const [first, last] = functions.references(item);
      const place = { owner: functions.owner(item), file: fileOf[item] ?? 0 };
      // Whoever calls a method has a value of its type, even where only a derived builder names it.
      if (place.owner >= 0) this.#meetType(walk, place.owner);
      for (let at = first; at < last; at++) this.#meet(walk, inside, at, place);
    }
    return walk.reached;
  }

  /** Every function that a reference might mean. */
  #meet(walk: Walk, references: References, at: number, place: Place): void {
    const name = references.name(at);
    const qualifier = references.qualifier(at);
    if (qualifier >= 0) {
      this.#meetType(walk, qualifier);
      for (const meant of this.#graph.aliases.get(qualifier) ?? []) this.#meetType(walk, meant);
    }
    const matters = this.#matters[name] ?? 0;
    if (matters === 0) return;
    const how = references.how(at);
    for (const meant of (matters & IS_ALIAS) === 0 ? [name] : [name, ...(this.#graph.aliases.get(name) ?? [])]) {
      this.#meetType(walk, meant);
      if (how !== TYPE) this.#meetNamed(walk, meant, how, qualifier, place);
    }
  }

  #meetType(walk: Walk, name: number): void {
    if (((this.#matters[name] ?? 0) & HAS_TRAITS) === 0 || walk.types.has(name)) return;
    walk.types.add(name);
    walk.enqueue(this.#byType.get(name) ?? []);
  }

  #isCalledByOthers(trait: number): boolean {
    return !this.#graph.ownTraits.has(trait);
  }

  #meetNamed(walk: Walk, name: number, how: number, qualifier: number, { owner, file }: Place): void {
    const namesakes = this.#byName.get(name);
    if (namesakes === undefined) return;
    const isTyped = how === QUALIFIED && (qualifier < 0 || this.#isCapital(qualifier));
    const type = qualifier === this.#self ? owner : qualifier;
    // Types are far below 2^22, so that name and type stay apart in one number.
    const key = name * 2 ** 22 + (isTyped ? type + 2 : how === DOTTED ? 1 : 0);
    if (walk.met.has(key)) return;
    if (how === PLAIN && this.#meetOwn(walk, name, namesakes, file)) return;
    walk.met.add(key);
    if (how === DOTTED) walk.enqueue(namesakes.methods);
    else if (!isTyped) walk.enqueue(namesakes.free);
    // An alias, a type parameter or `<T as Trait>`: any of them.
    else walk.enqueue(namesakes.ofType.get(type) ?? namesakes.owned);
  }

  /** A name that its file declares means that one, and not its namesakes elsewhere; false where it declares none. */
  #meetOwn(walk: Walk, name: number, { free }: Namesakes, file: number): boolean {
    const { fileOf, files } = this.#graph;
    if (files[file]?.hasModules !== false) return false;
    const key = name * 2 ** 22 + file;
    if (walk.own.has(key)) return true;
    // Numbers of functions follow the files.
    const first = firstAtLeast(free, (index) => fileOf[index] ?? 0, file);
    let end = first;
    while (end < free.length && fileOf[free[end] ?? 0] === file) end++;
    if (end === first) return false;
    walk.own.add(key);
    walk.enqueue(free.slice(first, end));
    return true;
  }

  #isCapital(word: number): boolean {
    if (this.#capital[word] === 0) this.#capital[word] = /^[A-Z]/.test(this.#graph.words.text(word)) ? 1 : 2;
    return this.#capital[word] === 1;
  }
}

/** The place of the first of some sorted items whose number is at least the wanted one. */
function firstAtLeast(items: readonly number[], numberOf: (item: number) => number, wanted: number): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numberOf(items[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
