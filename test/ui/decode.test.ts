import { describe, expect, it } from 'vitest';
import { decode, decodeOverdue, NOTHING_READ } from '../../src/ui/ink/decode.ts';
import type { Key } from '../../src/ui/ink/keys.ts';

const ESC = '\u001B';
const text = (typed: string): Key => ({ name: 'text', text: typed });
const pasted = (all: string): Key => ({ name: 'text', text: all, pasted: true });

/** What comes of pieces that arrive one after the other; `wait` is a while in which nothing comes. */
function keysOf(...pieces: readonly (string | 'wait')[]): readonly Key[] {
  const keys: Key[] = [];
  let unread = NOTHING_READ;
  for (const piece of [...pieces, 'wait']) {
    const next = piece === 'wait' ? decodeOverdue(unread) : decode(unread, piece);
    keys.push(...next.keys);
    unread = next.unread;
  }
  return keys;
}

describe('keys', () => {
  it('that arrive in one piece are told apart', () => {
    expect(keysOf('a\r\t\u007F\u0003\u0015é')).toEqual([
      text('a'),
      { name: 'enter' },
      { name: 'tab' },
      { name: 'backspace' },
      { name: 'ctrl-c' },
      { name: 'ctrl', text: 'u' },
      text('é'),
    ]);
  });

  it.each([
    ['[A', 'up'],
    ['OB', 'down'],
    ['[1;5C', 'right'],
    ['[d', 'left'],
    ['[H', 'home'],
    ['[4~', 'end'],
    ['[8$', 'end'],
    ['[5~', 'page-up'],
    ['[6~', 'page-down'],
    ['[3~', 'delete'],
    ['[Z', 'back-tab'],
    ['OM', 'enter'],
    ['[99;5u', 'ctrl-c'],
    ['[27;5;99~', 'ctrl-c'],
    ['[9;2u', 'back-tab'],
  ] as const)('ESC%s is %s, in one piece and in any two', (sequence, name) => {
    const whole = ESC + sequence;
    for (let at = 1; at <= whole.length; at += 1)
      expect(keysOf(whole.slice(0, at), whole.slice(at)), `cut at ${at}`).toEqual([{ name }]);
  });

  it('beside a sequence that was cut keep their order', () => {
    expect(keysOf(`a${ESC}`, '[Bb')).toEqual([text('a'), { name: 'down' }, text('b')]);
  });

  it.each(['x', '[I', '[15~', '[[A', 'OP', '[M', '[<0;1;1M', '[?62;22c', ']11;rgb:00/00/00\u0007', 'P>|xterm\u001B\\'])(
    'that are not ours do nothing: ESC%s',
    (sequence) => expect(keysOf(`${ESC}${sequence}`, 'a')).toEqual([text('a')]),
  );

  it('escape is a key when nothing follows, and before a letter that comes later', () => {
    expect(keysOf(ESC)).toEqual([{ name: 'escape' }]);
    expect(keysOf(ESC, 'w')).toEqual([{ name: 'escape' }, text('w')]);
    expect(keysOf(ESC + ESC)).toEqual([{ name: 'escape' }, { name: 'escape' }]);
  });

  it('the rest of a sequence that comes far too late is not typed into a field', () => {
    expect(keysOf(ESC, 'wait', '[A')).toEqual([{ name: 'escape' }]);
    expect(keysOf(ESC, 'wait', 'wait', '[A')).toEqual([{ name: 'escape' }, text('['), text('A')]);
  });

  it('half a sequence is nothing', () => {
    expect(keysOf(`${ESC}[1;`)).toEqual([]);
  });
});

describe('a paste', () => {
  it('is one text, wherever a slow line cuts it', () => {
    const whole = `${ESC}[200~one\rtwo${ESC}[31m\u0003${ESC}[201~x`;
    for (let at = 1; at < whole.length; at += 1) {
      expect(keysOf(whole.slice(0, at), whole.slice(at)), `cut at ${at}`).toEqual([
        pasted(`one\rtwo${ESC}[31m\u0003`),
        text('x'),
      ]);
    }
  });

  it('whose end never comes is taken as it is', () => {
    expect(keysOf(`${ESC}[200~abc`)).toEqual([pasted('abc')]);
  });

  it('of several lines is one text where the terminal does not mark it', () => {
    expect(keysOf('BTC\rETH\rSOL\r')).toEqual([pasted('BTC\rETH\rSOL\r')]);
    expect(keysOf('BTC\rETH\r', 'SOL')).toEqual([pasted('BTC\rETH\rSOL')]);
  });

  it('of one line is like typing it', () => {
    expect(keysOf('ab\r')).toEqual([text('a'), text('b'), { name: 'enter' }]);
    expect(keysOf('one \r')).toEqual([text('one '), { name: 'enter' }]);
  });

  it('of one line is no row of commands where the terminal does not mark it', () => {
    expect(keysOf('wwwroot/índex')).toEqual([text('wwwroot/índex')]);
    expect(keysOf(`wwwroot${ESC}[A`)).toEqual([text('wwwroot'), { name: 'up' }]);
    expect(keysOf('jjjjj'), 'a key held down').toEqual(Array(5).fill(text('j')));
  });
});
