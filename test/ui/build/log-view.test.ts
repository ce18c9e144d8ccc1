import { describe, expect, it } from 'vitest';
import { LogRing } from '../../../src/events/log-ring.ts';
import { LogSearch } from '../../../src/ui/ink/build/log-search.ts';
import {
  bottomOf,
  FOLLOW,
  isRead,
  type LogPlace,
  type LogView,
  pressed,
  searched,
} from '../../../src/ui/ink/build/log-view.ts';
import { marked } from '../../../src/ui/ink/build/marked.ts';
import type { Key } from '../../../src/ui/ink/keys.ts';
import { textOf } from '../../../src/ui/ink/parts/field.ts';

const LIMITS = { lines: 3_000, bytes: 1e9 };

/** A log whose every hundredth line has `Hundred` in it. */
function logOf(lines: number, from = LogRing.empty(LIMITS)): LogRing {
  const more = Array.from({ length: lines - from.end }, (_, n) => ({
    id: 's',
    line: `line ${from.end + n}${(from.end + n) % 100 === 0 ? ' Hundred' : ''}`,
  }));
  return from.addAll(more);
}

const PLACE: LogPlace = { log: logOf(1_000), height: 10 };
// A letter is text, everything else the name of a key: the tests below name only keys that there are.
const key = (name: string): Key => (name.length === 1 ? { name: 'text', text: name } : ({ name } as Key));

/** The view after keys: names of keys, or single letters. */
function viewAfter(keys: readonly string[], place = PLACE, start: LogView = FOLLOW): LogView {
  return keys.reduce((view, name) => pressed(view, key(name), place) ?? view, start);
}

const bottomAfter = (keys: readonly string[], place = PLACE) => bottomOf(viewAfter(keys, place), place);

describe('a key in the log', () => {
  it.each<[string, readonly string[], number, boolean]>([
    ['a line up, and stops following', ['up'], 999, true],
    ['a page up', ['page-up'], 991, true],
    ['a page up and a line down', ['page-up', 'down'], 992, true],
    ['back to the end, and follows it', ['page-up', 'page-down'], 1_000, false],
    ['the first line', ['home'], 10, true],
    ['not beyond the first line', ['home', 'page-up'], 10, true],
    ['the end', ['home', 'end'], 1_000, false],
    ['first and end by letter', ['g', 'G'], 1_000, false],
    ['space stops', [' '], 1_000, true],
    ['space goes on', ['home', ' '], 1_000, false],
    ['escape goes on', ['page-up', 'escape'], 1_000, false],
  ])('shows %s', (_, keys, bottom, reads) => {
    expect(bottomAfter(keys)).toBe(bottom);
    expect(isRead(viewAfter(keys))).toBe(reads);
  });

  it('begins a search also where its text comes with it, as a slow line sends it', () => {
    const view = pressed(FOLLOW, { name: 'text', text: '/Hundred' }, PLACE);
    expect(view?.typing && textOf(view.typing)).toBe('Hundred');
    expect(view?.search?.count).toBe(10);
    expect(pressed(FOLLOW, { name: 'text', text: 'pasted/words' }, PLACE)).toBeUndefined();
  });

  it('that is not one of its own is left to the screen', () => {
    for (const name of ['escape', 'enter', 'ctrl-c', 'q', 'n'])
      expect(pressed(FOLLOW, key(name), PLACE), name).toBeUndefined();
    expect(pressed(viewAfter(['/']), key('ctrl-c'), PLACE)).toBeUndefined();
  });

  it('keeps the lines that are read in their place while the log grows', () => {
    const view = viewAfter(['page-up']);
    const grown = { ...PLACE, log: logOf(2_500, PLACE.log) };
    expect(bottomOf(view, grown)).toBe(991);
    expect(bottomOf(FOLLOW, grown)).toBe(2_500);
  });

  it('shows the oldest lines there are when those that were read are gone', () => {
    const grown = { ...PLACE, log: logOf(20_000, PLACE.log) };
    expect(bottomOf(viewAfter(['home']), grown)).toBe(grown.log.first + 10);
  });

  it('does no harm in a log that is shorter than the screen', () => {
    const place = { log: logOf(3), height: 10 };
    for (const keys of [['up'], ['home'], ['page-up'], [' '], ['/', 'x'], ['/', 'l', 'enter', 'n', 'N']])
      expect(bottomAfter(keys, place), keys.join()).toBeLessThanOrEqual(3);
  });
});

describe('a search', () => {
  const found = (keys: readonly string[], place = PLACE) => {
    const view = searched(viewAfter(keys, place), place);
    return { at: view.at, count: view.search?.count, bottom: bottomOf(view, place), typing: view.typing !== undefined };
  };

  it('shows the nearest line at every letter', () => {
    expect(found(['/', 'h', 'u'])).toMatchObject({ at: 900, count: 10, typing: true });
    expect(found(['/', 'H', 'u', 'enter'])).toMatchObject({ at: 900, count: 10, typing: false });
    expect(found(['/', 'h', 'U'])).toMatchObject({ at: undefined, count: 0 });
  });

  it('goes to the next and the previous line, and round', () => {
    expect(found(['/', 'h', 'u', 'enter', 'N'])).toMatchObject({ at: 800 });
    expect(found(['/', 'h', 'u', 'enter', 'N', 'N', 'n'])).toMatchObject({ at: 800 });
    expect(found(['/', 'h', 'u', 'enter', 'n'])).toMatchObject({ at: 0 });
    expect(found(['/', 'h', 'u', 'enter', 'n', 'N'])).toMatchObject({ at: 900 });
  });

  it('begins at the lines in sight', () => {
    expect(found(['home', 'page-down', '/', 'h', 'u'])).toMatchObject({ at: 100 });
  });

  it('keeps the line found in sight', () => {
    const { at = 0, bottom } = found(['/', 'h', 'u', 'enter', 'N', 'N', 'N']);
    expect(at).toBeLessThan(bottom);
    expect(at).toBeGreaterThanOrEqual(bottom - PLACE.height);
  });

  it('is left by escape: back to where it began while typing, else at what was found', () => {
    expect(viewAfter(['/', 'h', 'escape'])).toEqual(FOLLOW);
    expect(bottomAfter(['page-up', '/', 'h', 'escape'])).toBe(991);
    expect(viewAfter(['/', 'h', 'u', 'enter', 'escape'])).toMatchObject({ bottom: 905 });
    expect(viewAfter(['/', 'h', 'u', 'enter', 'escape'])).not.toHaveProperty('search');
    expect(viewAfter(['/', 'x', 'backspace', 'backspace'])).toEqual(FOLLOW);
    expect(viewAfter(['/', 'enter'])).toEqual(FOLLOW);
  });

  it('takes every letter as text while typing, also those that are keys', () => {
    expect(viewAfter(['/', 'n', ' ', 'N', '/', 'g']).search?.needle).toBe('n N/g');
  });

  it('finds what the log gains, forgets what it loses, each line once', () => {
    const search = new LogSearch('hundred');
    let log = logOf(1_000);
    while (search.advance(log, 1)) expect(search.isComplete(log)).toBe(false);
    expect([search.count, search.first, search.last]).toEqual([10, 0, 900]);
    log = logOf(2_000, log);
    expect(search.isComplete(log)).toBe(false);
    while (search.advance(log, 1));
    expect([search.count, search.placeOf(1_500), search.placeOf(1_501)]).toEqual([20, 16, 0]);
    log = logOf(9_000, log);
    while (search.advance(log, 1));
    expect(search.first).toBeGreaterThanOrEqual(log.first);
    expect(search.count).toBe(Math.ceil(9_000 / 100) - Math.ceil(log.first / 100));
    expect(search.before(search.first ?? 0)).toBeUndefined();
    expect(search.from(8_901)).toBeUndefined();
  });

  it('gets through 200,000 lines in portions of a few milliseconds', () => {
    const log = LogRing.empty({ lines: 200_000, bytes: 1e9 }).addAll(
      Array.from({ length: 200_000 }, (_, n) => ({
        id: 's',
        line: `   Compiling crate-number-${n} v1.0.0 (/build/x)`,
      })),
    );
    const search = new LogSearch('number-77');
    const times: number[] = [];
    for (let more = true; more; ) {
      const start = performance.now();
      more = search.advance(log, 24);
      times.push(performance.now() - start);
    }
    expect(search.count).toBe(1 + 10 + 100 + 1_000);
    // Measured: 6 ms each, 0.1 s in all; the test machine may be busy.
    expect(times.sort((a, b) => a - b)[Math.floor(times.length / 2)]).toBeLessThan(40);
  });
});

describe('marks', () => {
  it.each([
    ['', 'abc', ['abc']],
    ['b', 'abcb', ['a', '[b]', 'c', '[b]']],
    ['b', 'aBc', ['a', '[B]', 'c']],
    ['B', 'aBcb', ['a', '[B]', 'cb']],
    ['abc', 'abc', ['[abc]']],
    ['x', 'abc', ['abc']],
    ['i', 'İi', ['İ', '[i]']],
  ])('%j in %j', (needle, line, expected) => {
    expect(marked(line, needle).map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))).toEqual(expected);
  });
});
