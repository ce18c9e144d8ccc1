import { describe, expect, it } from 'vitest';
import { isMethod, type RustFunction } from '../../src/detect/rust/functions.ts';
import { importsOf } from '../../src/detect/rust/imports.ts';
import { mask } from '../../src/detect/rust/lexer.ts';
import {
  functionAt,
  readProgram,
  sourcesWith,
  sourcesWithAddresses,
  sourcesWithUrls,
} from '../../src/detect/rust/program.ts';
import { readSource } from '../../src/detect/rust/source.ts';
import { factsOf } from './repository.ts';

/** The program of these files; the first is the binary `app`. */
function programOf(files: Readonly<Record<string, string>>) {
  return readProgram(
    Object.entries(files).map(([path, text]) => ({
      path,
      read: () => Buffer.from(text),
      package: 'app',
      crate: 'app',
    })),
  );
}

function functionsOf(text: string): readonly RustFunction[] {
  const program = programOf({ 'a.rs': text });
  return program.sources.flatMap((source) => program.inSource.get(source) ?? []);
}

/** Names of functions that `main` reaches. */
function reachedIn(files: Readonly<Record<string, string>>): string[] {
  const program = programOf(files);
  const reached = program.reach(Object.keys(files)[0] ?? '', () => true);
  return program.sources
    .flatMap((source) => program.inSource.get(source) ?? [])
    .filter((item) => reached.has(item))
    .map(({ name }) => name);
}

describe('mask', () => {
  it.each([
    ['a line comment', 'a // "b"\nc', [], 'a       \nc'],
    ['nested block comments', 'a /* x /* y */ " */ b', [], 'a                   b'],
    ['a text with quotes', 'f("a\\"b{")', ['a"b{'], 'f("     ")'],
    ['a raw text', 'f(r#"a"b\\"#)', ['a"b\\'], 'f("       ")'],
    ['bytes', 'f(b"xy", br"z")', ['xy', 'z'], 'f("   ", "   ")'],
    ['a brace as character', "f('{', '\\'', '\\u{7d}')", [], "f(' ', '  ', '      ')"],
    ['lifetimes', "fn f<'a, 'b>(x: &'a str) {}", [], "fn f<'a, 'b>(x: &'a str) {}"],
    ['a comment sign in a text', 'f("http://x"); g()', ['http://x'], 'f("        "); g()'],
    ['a word with a hash', 'r#type("a")', ['a'], 'r#type(" ")'],
    ['characters of several bytes', "f('“','\"', 'ä', '🦀')", [], "f('   ','\u0020', '  ', '    ')"],
    ['a text of several bytes', 'f("größer", r"é")', ['größer', 'é'], 'f("        ", "   ")'],
    ['an escaped line end', 'f("a\\\n   b")', ['ab'], 'f("  \n    ")'],
  ])('blanks %s', (_, text, literals, code) => {
    const masked = mask(Buffer.from(text));
    expect(masked.literals.map(({ value }) => value)).toEqual(literals);
    expect(masked.code).toBe(code);
  });

  it.each(['"', 'r#"', "'", '/*', '/* /*', 'b"\\', "'\\", '"\\u{ffffffff}"', '}}}{{{', 'r######'])(
    'bears the unfinished text %s',
    (text) => {
      expect(mask(Buffer.from(text)).code).toHaveLength(text.length);
      expect(() => readSource('a.rs', text)).not.toThrow();
    },
  );

  it('stays linear', () => {
    const started = performance.now();
    for (const piece of [
      '"',
      '/*',
      '{',
      '}',
      "'a",
      'r#',
      '(',
      'impl ',
      'fn f<',
      '; impl ',
      '#[test]',
      'use {',
      '//\n',
      ' ',
    ]) {
      const text = piece.repeat(300_000 / piece.length);
      functionsOf(text);
      expect(readSource('a.rs', text).closes).toBeDefined();
    }
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

describe('readSource', () => {
  it('leaves out what only tests compile', () => {
    const { code } = readSource(
      'a.rs',
      'fn a() {}\n#[cfg(test)]\nmod tests {\n  fn b() { "x" }\n}\n#[tokio::test]\nasync fn c() {}\n#[cfg(test)] use d::{e};\nfn f() {}',
    );
    expect(code.match(/fn \w/g)).toEqual(['fn a', 'fn f']);
    expect(code).not.toContain('use');
  });
});

describe('functionsOf', () => {
  const text = `
    pub async fn plain<F: Fn(i32) -> i32>(f: F) -> Result<(), [u8; 2]> where F: Send { f(1); }
    impl<T> super::Store<T> { pub fn open(url: &str) -> impl Future<Output = ()> { async {} } fn close(&mut self) {} }
    impl std::fmt::Display for Price { fn fmt(&self) {} }
    trait Feed { fn next(&self); fn all(&self) { } }
    fn after() {}`;

  it('knows owners, traits and methods', () => {
    const found = functionsOf(text).map((item) => [item.name, item.owner, item.trait, isMethod(item)]);
    expect(found).toEqual([
      ['plain', undefined, undefined, false],
      ['open', 'Store', undefined, false],
      ['close', 'Store', undefined, true],
      ['fmt', 'Price', 'Display', true],
      ['all', 'Feed', undefined, true],
      ['after', undefined, undefined, false],
    ]);
  });
});

describe('importsOf', () => {
  it('opens nested trees and aliases', () => {
    const imports = importsOf(readSource('a.rs', 'use a::{b, c::{self, d as e}, f::*};\nuse g::h;'));
    expect(Object.fromEntries(imports)).toEqual({
      b: ['a', 'b'],
      c: ['a', 'c'],
      e: ['a', 'c', 'd'],
      h: ['g', 'h'],
    });
  });
});

describe('functionAt', () => {
  it('counts in bytes, as files do', () => {
    const text = '/* größer */ fn a() { "ä" } fn b() { marker(); }';
    const program = programOf({ 'a.rs': text });
    const [source] = program.sources;
    if (source === undefined) throw new Error('no source');
    expect(functionAt(program, source, source.code.indexOf('marker'))?.name).toBe('b');
  });
});

describe('the reach of a binary', () => {
  it.each([
    ['a call', 'fn main() { a(); } fn a() {} fn b() {}', ['main', 'a']],
    ['a call of a call', 'fn main() { a() } fn a() { b() } fn b() {} fn c() { c() }', ['main', 'a', 'b']],
    ['a function as a value', 'fn main() { route(a) } fn a() {} fn b() {}', ['main', 'a']],
    ['a function given another name', 'use x::{a as c}; fn main() { c() } fn a() {} fn b() {}', ['main', 'a']],
    ['a method', 'fn main() { x.a() } impl X { fn a(&self) {} fn b(&self) {} }', ['main', 'a']],
    ['no field of that name', 'fn main() { x.a; } impl X { fn a(&self) {} }', ['main']],
    ['no field being set', 'fn main() { X { a: 1 } } fn a() {}', ['main']],
    [
      'a function of a type',
      'fn main() { X::a() } impl X { fn a() {} } impl Y { fn a() { b() } } fn b() {}',
      ['main', 'a'],
    ],
    ['a function of a type parameter', 'fn main() { T::a() } impl X { fn a() {} }', ['main', 'a']],
    [
      'Self',
      'fn main() { X::a() } impl X { fn a() { Self::b() } fn b() {} } impl Y { fn b() { c() } } fn c() {}',
      ['main', 'a', 'b'],
    ],
    ['a function of a trait named in brackets', 'fn main() { <X as Y>::a() } impl X { fn a() {} }', ['main', 'a']],
    [
      'what foreign code calls',
      'fn main() {} impl Drop for X { fn drop(&mut self) { a() } } fn a() {}',
      ['main', 'drop', 'a'],
    ],
    [
      'what others call of a type of the repository',
      'struct X; fn main() { X; } impl Drop for X { fn drop(&mut self) { a() } } fn a() {}',
      ['main', 'drop', 'a'],
    ],
    [
      'nothing that others would call of a type that nobody names',
      'struct X; impl X { fn b() { X; } } fn main() {} impl Default for X { fn default() -> X { a() } } fn a() {}',
      ['main'],
    ],
    [
      'a type that a signature names',
      'enum X { A } fn main() { b() } fn b() -> X { Default::default() } impl Default for X { fn default() -> X { a() } } fn a() {}',
      ['main', 'b', 'default', 'a'],
    ],
    [
      'a type that a field has',
      'struct Y { x: X } struct X; fn main() {} impl Default for X { fn default() -> X { a() } } fn a() {}',
      ['main', 'default', 'a'],
    ],
    [
      'a type by another name',
      'use x::X as Z; struct X; fn main() { Z::b() } impl Default for X { fn default() -> X { a() } } fn a() {}',
      ['main', 'default', 'a'],
    ],
    ['no trait of its own that nobody calls', 'fn main() {} trait T {} impl T for X { fn t(&self) {} }', ['main']],
    ['a name in a macro', 'fn main() { println!("{}", a()) } fn a() {}', ['main', 'a']],
    ['generic arguments', 'fn main() { a::<Vec<u8>>() } fn a() {}', ['main', 'a']],
    ['a constant', 'static X: fn() = a; fn main() {} fn a() {}', ['main', 'a']],
    [
      'a name in an attribute',
      'struct X { #[serde(default = "a")] x: u8 } fn main() {} fn a() -> u8 { 1 } fn b() {}',
      ['main', 'a'],
    ],
    ['nothing in tests', 'fn main() {} #[cfg(test)] mod t { fn x() { super::a() } } fn a() {}', ['main']],
    ['nothing in comments and texts', 'fn main() { /* a() */ "a()"; } fn a() {}', ['main']],
    ['a nested function', 'fn main() { fn a() { b() } a() } fn b() {}', ['main', 'a', 'b']],
  ])('has %s', (_, text, names) => {
    expect(reachedIn({ 'main.rs': text })).toEqual(names);
  });

  it('leaves a file out that only tests compile', () => {
    const program = programOf({
      'src/main.rs': '#[cfg(test)] mod checks; fn main() {}',
      'src/checks.rs': 'fn main() {}',
    });
    expect(program.sources.map(({ path }) => path)).toEqual(['src/main.rs']);
  });
});

describe('what files are searched', () => {
  const program = programOf({
    'a.rs':
      'fn a() { env("x") } // var\n#[test] fn t() { var() } #[cfg(test)] mod u { fn v() { vari() } } fn z() { last() }',
    'b.rs': 'fn b() { "wss://x.invalid" }',
    'c.rs': 'fn c() { "0.0.0.0:8080"; variable() }',
  });
  const paths = (sources: readonly { path: string }[]): string[] => sources.map(({ path }) => path);

  it('those that say a word, whole and outside comments, texts and tests', () => {
    expect(paths(sourcesWith(program, ['env', 'x']))).toEqual(['a.rs']);
    expect(paths(sourcesWith(program, ['var', 'vari']))).toEqual([]);
    expect(paths(sourcesWith(program, ['last']))).toEqual(['a.rs']);
    expect(paths(sourcesWith(program, ['a', 'c']))).toEqual(['a.rs', 'c.rs']);
  });

  it('those with a text like a URL, or like an address', () => {
    expect(paths(sourcesWithUrls(program))).toEqual(['b.rs']);
    expect(paths(sourcesWithAddresses(program))).toEqual(['c.rs']);
  });
});

describe('code for other systems', () => {
  const read = async (condition: string) => {
    const { env } = await factsOf(
      `fn main() { #[cfg(${condition})] special(); }
       #[cfg(${condition})] fn special() { std::env::var("SPECIAL").unwrap(); }`,
    );
    return env.map(({ name }) => name);
  };

  it.each([
    'windows',
    'target_os = "windows"',
    'target_os = "macos"',
    'target_family = "windows"',
    'any(windows, target_os = "macos")',
    'all(windows, feature = "x")',
    'not(unix)',
    'not(any(unix, feature = "x"))',
  ])('does not count: %s', async (condition) => expect(await read(condition)).toEqual([]));

  it.each([
    'unix',
    'not(windows)',
    'target_os = "linux"',
    'not(target_os = "windows")',
    'any(windows, feature = "x")',
    'any(unix, target_os = "macos")',
    'all(unix, not(test))',
    'target_arch = "x86_64"',
    'not(feature = "windows")',
  ])('counts where it may be for ours: %s', async (condition) => expect(await read(condition)).toEqual(['SPECIAL']));

  it('does not count in a file of its own either', async () => {
    const { env } = await factsOf('#[cfg(windows)] mod service;\nfn main() { run(); }', {
      'src/service.rs': 'pub fn run() { std::env::var("SPECIAL").unwrap(); }',
    });
    expect(env).toEqual([]);
  });
});
