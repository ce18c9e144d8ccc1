import { describe, expect, it } from 'vitest';
import { merge } from '../../src/artifacts/merge.ts';

const BASE = 'a\nb\nc\nd\ne\nf\n';
const crlf = (text: string) => text.replaceAll('\n', '\r\n');

describe('a merge', () => {
  it.each([
    ['of changes in different places', 'A\nb\nc\nd\ne\nf\n', 'a\nb\nc\nd\ne\nF\n', 'A\nb\nc\nd\ne\nF\n'],
    ['of an added line and a taken one', 'a\nmine\nb\nc\nd\ne\nf\n', 'a\nb\nc\nd\nf\n', 'a\nmine\nb\nc\nd\nf\n'],
    ['of a line that both changed alike', 'a\nB\nc\nd\ne\nf\n', 'a\nB\nc\nd\ne\nF\n', 'a\nB\nc\nd\ne\nF\n'],
    ['of what the person took out', 'a\nc\nd\ne\nf\n', 'a\nb\nc\nd\ne\nF\n', 'a\nc\nd\ne\nF\n'],
    [
      'of lines at the start and at the end',
      'mine\na\nb\nc\nd\ne\nf\n',
      `${BASE}new\n`,
      'mine\na\nb\nc\nd\ne\nf\nnew\n',
    ],
    ['with nothing new', 'a\nX\nc\nd\ne\nf\n', BASE, 'a\nX\nc\nd\ne\nf\n'],
    ['with nothing edited', BASE, 'a\nX\nc\n', 'a\nX\nc\n'],
    ['into CRLF', crlf('A\nb\nc\nd\ne\nf\n'), 'a\nb\nc\nd\ne\nF\n', crlf('A\nb\nc\nd\ne\nF\n')],
    ['into a file with one CRLF line', 'a\nb\r\nc\nd\ne\nf\n', 'a\nb\nc\nd\ne\nF\n', 'a\nb\r\nc\nd\ne\nF\n'],
    ['where the person took the last line end', 'A\nb\nc\nd\ne\nf', 'a\nb\nc\nD\ne\nf\n', 'A\nb\nc\nD\ne\nf'],
    ['where the last line end is new', 'a\nB\nc\nd\ne\nf\n', `${BASE}new`, 'a\nB\nc\nd\ne\nf\nnew'],
    ['behind a last line without an end', 'A\nb\nc\nd\ne\nf', `${BASE}new\n`, 'A\nb\nc\nd\ne\nf\nnew'],
  ])('is clean: %s', (_, current, next, text) => {
    expect(merge(current, BASE, next)).toEqual({ text, clean: true });
  });

  it.each([
    ['changed otherwise', 'a\nmine\nc\nd\ne\nf\n', 'a\nours\nc\nd\ne\nF\n', 'a\nmine\nc\nd\ne\nF\n'],
    ['taken out by us', 'a\nmine\nc\nd\ne\nf\n', 'a\nc\nd\ne\nf\n', 'a\nmine\nc\nd\ne\nf\n'],
    ['taken out by the person', 'a\nc\nd\ne\nf\n', 'a\nours\nc\nd\ne\nf\n', 'a\nc\nd\ne\nf\n'],
    ['added in one place', 'a\nb\nmine\nc\nd\ne\nf\n', 'a\nb\nours\nc\nd\ne\nf\n', 'a\nb\nmine\nc\nd\ne\nf\n'],
    ['next to each other', 'a\nb\nmine\nd\ne\nf\n', 'a\nours\nc\nd\ne\nf\n', 'a\nb\nmine\nd\ne\nf\n'],
  ])('is not clean, and the lines are the person’s: %s', (_, current, next, text) => {
    expect(merge(current, BASE, next)).toEqual({ text, clean: false });
  });

  it.each([
    ['', '', ''],
    ['', 'a\n', 'b\n'],
    ['a', '', 'b\n'],
    ['constructor\n__proto__\n', 'toString\n', 'hasOwnProperty\n'],
  ])('takes any text: %j, %j, %j', (current, base, next) => {
    expect(merge(current, base, next).text).toContain(current.trim());
  });
});
