import type { BinaryFact } from '../facts.ts';
import { RustFunction } from './functions.ts';
import { importsOf } from './imports.ts';
import { textOf } from './lexer.ts';
import { type FileOutline, type FunctionTable, Outliner } from './outline.ts';
import { Reach } from './reach.ts';
import { type RustSource, SourceFile } from './source.ts';
import { HAS_ADDRESS, HAS_URL, lex, Tokens, WORD } from './tokens.ts';
import { grown, Words } from './words.ts';

/** A Rust file and the package that compiles it. */
export interface PackageSource {
  readonly path: string;
  readonly read: () => Buffer;
  readonly package: string;
  /** The name under which other code imports the package's library. */
  readonly crate: string;
}

/** All Rust code of the repository, indexed by name: enough to follow calls, without types. */
export interface Program {
  readonly sources: readonly RustSource[];
  readonly byName: { get(name: string): readonly RustFunction[] | undefined };
  readonly packageOf: ReadonlyMap<RustSource, string>;
  /** Library name → package. */
  readonly crates: ReadonlyMap<string, string>;
  /** What each imported name stands for, by file. */
  readonly imports: { get(source: RustSource): ReadonlyMap<string, readonly string[]> | undefined };
  /** Functions of each file, in order. */
  readonly inSource: { get(source: RustSource): readonly RustFunction[] | undefined };
  /** Text constants: `const NAME: &str = "…"`. */
  readonly constants: ReadonlyMap<string, string>;
  /** Files that say one of these words outside comments and texts. */
  readonly saying: (words: readonly string[]) => readonly RustSource[];
  /** Files with a text that looks like a URL, or like an address with a port. */
  readonly withUrls: readonly RustSource[];
  readonly withAddresses: readonly RustSource[];
  /** Which functions a binary reaches; see `Reach.from`. */
  readonly reach: (mainPath: string, includes: (source: RustSource) => boolean) => Reached;
}

/** The functions that a binary reaches. */
export interface Reached {
  has(item: RustFunction): boolean;
}

/** What a file is after it was read once: the text itself is read again by those who search it. */
interface ReadFile {
  readonly source: SourceFile;
  readonly from: PackageSource;
  readonly outline: FileOutline;
  readonly traits: number;
  readonly constants: readonly (readonly [name: string, value: string])[];
}

/** Reads and indexes the files; test modules that other files declare are left out. */
export function readProgram(all: readonly PackageSource[]): Program {
  const words = new Words();
  const outliner = new Outliner(words);
  const index = new WordIndex();
  const tokens = new Tokens();
  const read = all.map((from) => readFile(from, words, tokens, outliner, index));
  const tests = new Set(read.flatMap(({ from, outline }) => testFiles(from.path, outline, words)));
  const kept = read.filter(({ from }) => !tests.has(from.path) && !tests.has(folderOf(from.path)));
  return new IndexedProgram(read, kept, words, outliner, index);
}

function readFile(from: PackageSource, words: Words, tokens: Tokens, outliner: Outliner, index: WordIndex): ReadFile {
  const bytes = from.read();
  lex(bytes, words, tokens);
  const outline = outliner.read(tokens, bytes);
  index.add(tokens, words, outline.tests);
  const constants = outline.constants.map(
    ([name, start, end]) => [words.text(name), textOf(bytes.toString('latin1', start, end))] as const,
  );
  return {
    source: new SourceFile(from.path, from.read, outline.tests),
    from,
    outline,
    traits: tokens.traits,
    constants,
  };
}

/** Files (and folders) of test modules that a file declares. */
function testFiles(file: string, { testModules }: FileOutline, words: Words): string[] {
  const stem = file.replace(/\.rs$/, '');
  const base = /(?:^|\/)(?:mod|lib|main)$/.test(stem) ? folderOf(file) : stem;
  return testModules.flatMap((name) => [`${base}/${words.text(name)}.rs`, `${base}/${words.text(name)}`]);
}

function folderOf(file: string): string {
  const slash = file.lastIndexOf('/');
  return slash < 0 ? '' : file.slice(0, slash);
}

/** Which file says which word: first each file's words, each once; when somebody asks, the files of each word. */
class WordIndex {
  #said = new Int32Array(1 << 12);
  #length = 0;
  /** The file in which a word was seen last, + 1. */
  #seen = new Int32Array(1 << 12);
  readonly #ends: number[] = [];
  /** Files of all words, one word after the other, and where those of each word begin. */
  #inverted: { readonly files: Int32Array; readonly begins: Int32Array } | undefined;

  /** `tests` are ranges whose words do not count. */
  add({ kind, word, start, count }: Tokens, words: Words, tests: FileOutline['tests']): void {
    while (this.#seen.length < words.count) this.#seen = grown(this.#seen);
    const file = this.#ends.length + 1;
    const seen = this.#seen;
    let test = 0;
    let testStart = tests[0]?.[0] ?? Number.POSITIVE_INFINITY;
    for (let at = 0; at < count; at++) {
      if (kind[at] !== WORD) continue;
      if ((start[at] ?? 0) >= testStart) {
        if ((start[at] ?? 0) < (tests[test]?.[1] ?? 0)) continue;
        testStart = tests[++test]?.[0] ?? Number.POSITIVE_INFINITY;
        at--;
        continue;
      }
      const number = word[at] ?? 0;
      if (seen[number] === file) continue;
      seen[number] = file;
      if (this.#length === this.#said.length) this.#said = grown(this.#said);
      this.#said[this.#length++] = number;
    }
    this.#ends.push(this.#length);
  }

  /** Numbers of the files that say one of the words, in order. */
  files(wanted: readonly number[]): number[] {
    this.#inverted ??= this.#invert();
    const { files, begins } = this.#inverted;
    // A word that only tests or a text in an attribute say is known, and no file says it.
    const said = wanted.filter((number) => number + 1 < begins.length);
    const found = new Set(said.flatMap((number) => [...files.subarray(begins[number], begins[number + 1])]));
    return [...found].sort((a, b) => a - b);
  }

  #invert(): { readonly files: Int32Array; readonly begins: Int32Array } {
    const begins = new Int32Array(this.#seen.length + 1);
    for (let at = 0; at < this.#length; at++)
      begins[(this.#said[at] ?? 0) + 1] = (begins[(this.#said[at] ?? 0) + 1] ?? 0) + 1;
    for (let word = 1; word < begins.length; word++) begins[word] = (begins[word] ?? 0) + (begins[word - 1] ?? 0);
    const next = begins.slice();
    const files = new Int32Array(this.#length);
    let at = 0;
    for (const [file, end] of this.#ends.entries()) {
      for (; at < end; at++) {
        const word = this.#said[at] ?? 0;
        files[next[word] ?? 0] = file;
        next[word] = (next[word] ?? 0) + 1;
      }
    }
    return { files, begins };
  }
}

class IndexedProgram implements Program {
  readonly sources: readonly RustSource[];
  readonly packageOf: ReadonlyMap<RustSource, string>;
  readonly crates: ReadonlyMap<string, string>;
  readonly constants: ReadonlyMap<string, string>;
  readonly withUrls: readonly RustSource[];
  readonly withAddresses: readonly RustSource[];
  /** Every file that was read; the places in it are the numbers of files. */
  readonly #read: readonly ReadFile[];
  readonly #fileOf: ReadonlyMap<RustSource, ReadFile>;
  readonly #words: Words;
  readonly #index: WordIndex;
  readonly #table: FunctionTable;
  /** Number of the file of each function. */
  readonly #files: Int32Array;
  readonly #reach: Reach;
  readonly #functions = new Map<RustSource, readonly RustFunction[]>();
  readonly #made = new Map<number, RustFunction>();
  readonly #named = new Map<string, readonly RustFunction[]>();
  readonly #imports = new Map<RustSource, ReadonlyMap<string, readonly string[]>>();
  readonly #saying = new Map<string, readonly RustSource[]>();

  constructor(
    read: readonly ReadFile[],
    kept: readonly ReadFile[],
    words: Words,
    outliner: Outliner,
    index: WordIndex,
  ) {
    const { inside, outside, functions } = outliner;
    this.#read = read;
    this.#words = words;
    this.#index = index;
    this.#table = functions;
    this.#fileOf = new Map(kept.map((file) => [file.source, file]));
    this.sources = kept.map(({ source }) => source);
    this.packageOf = new Map(kept.map(({ source, from }) => [source, from.package]));
    this.crates = new Map(kept.map(({ from }) => [from.crate, from.package]));
    this.constants = new Map(kept.flatMap(({ constants }) => constants));
    this.withUrls = kept.filter(({ traits }) => (traits & HAS_URL) !== 0).map(({ source }) => source);
    this.withAddresses = kept.filter(({ traits }) => (traits & HAS_ADDRESS) !== 0).map(({ source }) => source);
    this.#files = new Int32Array(functions.length);
    for (const [number, { outline }] of read.entries())
      this.#files.fill(number, outline.firstFunction, outline.lastFunction);
    this.#reach = new Reach({
      words,
      functions,
      fileOf: this.#files,
      inside,
      outside,
      files: read.map(({ source, outline: { firstOutside, lastOutside, hasModules } }) => ({
        firstOutside,
        lastOutside,
        hasModules,
        isKept: this.#fileOf.has(source),
      })),
      aliases: aliasesOf(kept),
      ownTraits: new Set(kept.flatMap(({ outline }) => outline.traits)),
      types: new Set(kept.flatMap(({ outline }) => outline.types)),
    });
  }

  readonly byName = {
    get: (name: string): readonly RustFunction[] | undefined => {
      const known = this.#named.get(name) ?? this.#reach.named(this.#words.find(name)).map(this.#function);
      this.#named.set(name, known);
      return known.length === 0 ? undefined : known;
    },
  };

  readonly imports = {
    get: (source: RustSource): ReadonlyMap<string, readonly string[]> => {
      const known = this.#imports.get(source) ?? importsOf(source);
      this.#imports.set(source, known);
      return known;
    },
  };

  readonly inSource = {
    get: (source: RustSource): readonly RustFunction[] | undefined => {
      const known = this.#functions.get(source);
      const file = known === undefined ? this.#fileOf.get(source) : undefined;
      if (file === undefined) return known;
      const { firstFunction, lastFunction } = file.outline;
      const functions = Array.from({ length: lastFunction - firstFunction }, (_, at) =>
        this.#function(firstFunction + at),
      );
      nest(functions);
      this.#functions.set(source, functions);
      return functions;
    },
  };

  readonly saying = (words: readonly string[]): readonly RustSource[] => {
    const key = words.join(' ');
    const known = this.#saying.get(key);
    if (known) return known;
    const wanted = words.map((word) => this.#words.find(word)).filter((number) => number >= 0);
    const found = this.#index.files(wanted).flatMap((file) => {
      const source = this.#read[file]?.source;
      return source !== undefined && this.#fileOf.has(source) ? [source] : [];
    });
    this.#saying.set(key, found);
    return found;
  };

  readonly reach = (mainPath: string, includes: (source: RustSource) => boolean): Reached => {
    const isIncluded = ({ source }: ReadFile): boolean => this.#fileOf.has(source) && includes(source);
    const included = Uint8Array.from(this.#read, (file) => (isIncluded(file) ? 1 : 0));
    const main = this.#read.findIndex(({ source }) => source.path === mainPath);
    const reached = this.#reach.from(main, included);
    return { has: ({ index }) => reached[index] === 1 };
  };

  /** Each function is one object, made when somebody asks for it. */
  readonly #function = (index: number): RustFunction => {
    const known = this.#made.get(index);
    if (known !== undefined) return known;
    const file = this.#read[this.#files[index] ?? 0];
    if (file === undefined) throw new RangeError(`no function ${index}`);
    const made = new RustFunction(file.source, index, this.#table, this.#words);
    this.#made.set(index, made);
    return made;
  };
}

/** Tells functions of one file, in order, which function is around them. */
function nest(functions: readonly RustFunction[]): void {
  const open: RustFunction[] = [];
  for (const item of functions) {
    while ((open.at(-1)?.bodyEnd ?? Number.POSITIVE_INFINITY) <= item.start) open.pop();
    item.around = open.at(-1);
    open.push(item);
  }
}

function aliasesOf(files: readonly Pick<ReadFile, 'outline'>[]): ReadonlyMap<number, readonly number[]> {
  const aliases = new Map<number, number[]>();
  for (const [alias, name] of files.flatMap(({ outline }) => outline.aliases)) {
    const names = aliases.get(alias);
    if (names === undefined) aliases.set(alias, [name]);
    else if (!names.includes(name)) names.push(name);
  }
  return aliases;
}

/** The innermost function around an offset. */
export function functionAt(program: Program, source: RustSource, offset: number): RustFunction | undefined {
  const functions = program.inSource.get(source) ?? [];
  let low = 0;
  let high = functions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((functions[middle]?.start ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  let found = functions[low - 1];
  while (found !== undefined && found.bodyEnd <= offset) found = found.around;
  return found;
}

/** Functions that a binary's `main` can reach; generous, so that what is missing is surely dead. */
export function reachableFrom(
  program: Program,
  binary: BinaryFact,
  includes: (source: RustSource) => boolean,
): Reached {
  return program.reach(binary.path, includes);
}

/** Sources whose code has at least one of these identifiers: the only ones in which a pattern with one can match. */
export function sourcesWith(program: Program, words: readonly string[]): readonly RustSource[] {
  return program.saying(words);
}

/** Sources with a text such as `wss://…`. */
export function sourcesWithUrls(program: Program): readonly RustSource[] {
  return program.withUrls;
}

/** Sources with a text such as `0.0.0.0:8080`. */
export function sourcesWithAddresses(program: Program): readonly RustSource[] {
  return program.withAddresses;
}
