import { describe, expect, it } from 'vitest';
import { functionsOf, isMethod } from '../../src/detect/rust/functions.ts';
import { importsOf } from '../../src/detect/rust/imports.ts';
import { mask } from '../../src/detect/rust/lexer.ts';
import { readSource } from '../../src/detect/rust/source.ts';

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
    ['an escaped line end', 'f("a\\\n   b")', ['ab'], 'f("  \n    ")'],
  ])('blanks %s', (_, text, literals, code) => {
    const masked = mask(text);
    expect(masked.literals.map(({ value }) => value)).toEqual(literals);
    expect(masked.code).toBe(code);
  });

  it.each(['"', 'r#"', "'", '/*', '/* /*', 'b"\\', "'\\", '"\\u{ffffffff}"', '}}}{{{', 'r######'])(
    'bears the unfinished text %s',
    (text) => {
      expect(mask(text).code).toHaveLength(text.length);
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
      functionsOf(readSource('a.rs', piece.repeat(300_000 / piece.length)));
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
    const found = functionsOf(readSource('a.rs', text)).map((item) => [
      item.name,
      item.owner,
      item.trait,
      isMethod(item),
    ]);
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
