import { describe, expect, it } from 'vitest';
import {
  charactersOf,
  clean,
  count,
  cut,
  cutMiddle,
  cutStart,
  duration,
  filled,
  foldedWords,
  listed,
  printable,
  uptime,
  width,
  wrap,
} from '../../src/ui/words.ts';

describe('duration', () => {
  it.each([
    [-5, '0.0s'],
    [449, '0.4s'],
    [12_900, '12s'],
    [221_000, '3m41s'],
    [3_600_000 + 120_000, '1h02m'],
  ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text));
});

describe('uptime', () => {
  it.each([
    [300, '0s'],
    [59_000, '59s'],
    [5 * 3_600_000, '5h00m'],
    [3 * 86_400_000 + 4 * 3_600_000, '3d04h'],
  ])('%d ms is %s', (ms, text) => expect(uptime(ms)).toBe(text));
});

it('counts in words', () => {
  expect(count(1, 'crate')).toBe('1 crate');
  expect(count(2, 'line is', 'lines are')).toBe('2 lines are');
});

describe('widths', () => {
  it('cuts by what the terminal shows, not by code units', () => {
    expect(cut('日本語テスト', 7)).toBe('日本語…');
    expect(width(cut('日本語テスト', 7))).toBeLessThanOrEqual(7);
    expect(cut('short', 7)).toBe('short');
    expect(cut('anything', 0)).toBe('');
    expect(cut('abcdef', 5, '...')).toBe('ab...');
  });
  it('cuts an endless line without measuring all of it', () => {
    expect(cut('x'.repeat(1_000_000), 10)).toBe(`${'x'.repeat(9)}…`);
  });
  it('keeps the end where the end tells more', () =>
    expect(cutStart('crates/cli/Cargo.toml:9', 14)).toBe('…/Cargo.toml:9'));
  it('fills to a width', () => {
    expect(filled('ab', 4)).toBe('ab  ');
    expect(filled('語', 4)).toBe('語  ');
    expect(filled('abcdef', 4)).toBe('abc…');
  });
  it('wraps between words, and within one that is too long', () => {
    expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox']);
    expect(wrap('a abcdefghij b', 4)).toEqual(['a', 'abcd', 'efgh', 'ij b']);
    expect(wrap('', 4)).toEqual([]);
  });
  it('takes a family for one character', () => expect(charactersOf('a👨‍👩‍👧é')).toEqual(['a', '👨‍👩‍👧', 'é']));
});

it('lets no control character of a program reach the screen', () => {
  expect(clean('\ta\u0007\u001B[2Jb\u009B1mc')).toBe('    abc');
});

it('keeps a text of several lines whole, but for what is no sign', () => {
  const long = 'x'.repeat(5000);
  expect(printable(`a\u001B[31mb\r\n\tc\u0007\u202E\n\n${long}`)).toBe(`ab\n    c\n\n${long}`);
});

it('cuts names in their middle, so that they can still be told apart', () => {
  expect(cutMiddle('HYPERLIQUID_API_WALLET_KEY', 14)).toBe('HYPERLI…ET_KEY');
  expect(cutMiddle('HYPERLIQUID_ACCOUNT_ADDRESS', 14)).toBe('HYPERLI…DDRESS');
  expect(cutMiddle('GATE_PASSWORD', 14)).toBe('GATE_PASSWORD');
});

it.each([
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c'], 'a, b and c'],
])('lists %j as %s', (names, text) => expect(listed(names)).toBe(text));

it.each([
  ['a sentence between its words', 'nothing of it was kept', 16, 'nothing of it\n  was kept'],
  ['no command', 'Next: trading-setup rotate --resume', 16, 'Next: trading-setup rotate --resume'],
  ['no address', 'Open http://127.0.0.1:7681 here', 16, 'Open http://127.0.0.1:7681 here'],
  ['no columns', 'collect   1.3s   and more', 16, 'collect   1.3s   and more'],
])('folds %s', (_, text, columns, expected) => expect(foldedWords(text, columns)).toBe(expected));
