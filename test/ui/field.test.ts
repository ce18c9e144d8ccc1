import { describe, expect, it } from 'vitest';
import { type Field, fieldOf, textOf, typed, windowOf } from '../../src/ui/ink/parts/field.ts';
import { scrollTop } from '../../src/ui/ink/parts/List.tsx';

const control = (field: Field, letter: string): Field => typed(field, { name: 'ctrl', text: letter });

describe('a field', () => {
  it('takes text at its cursor', () => {
    const field = typed(typed(fieldOf('ac'), { name: 'left' }), { name: 'text', text: 'b' });
    expect(textOf(field)).toBe('abc');
    expect(field.cursor).toBe(2);
  });
  it('takes away what a person sees as one character', () => {
    expect(textOf(typed(fieldOf('a👨‍👩‍👧'), { name: 'backspace' }))).toBe('a');
    expect(textOf(typed({ ...fieldOf('a'), cursor: 0 }, { name: 'backspace' }))).toBe('a');
  });
  it('knows the keys of readline', () => {
    const field = typed(fieldOf('run --config file'), { name: 'home' });
    expect(control(field, 'e').cursor).toBe(17);
    expect(textOf(control(fieldOf('run --config file'), 'w'))).toBe('run --config ');
    expect(textOf(control(fieldOf('run'), 'u'))).toBe('');
    expect(textOf(control(field, 'k'))).toBe('');
  });
  it('makes one line of a paste, without what surrounds it', () => {
    expect(textOf(typed(fieldOf(''), { name: 'text', text: ' a\r\nb \n', pasted: true }))).toBe('a b');
  });
  it('shows the part around its cursor', () => {
    expect(windowOf(fieldOf('abcdef'), 4)).toEqual({ before: 'def', at: ' ', after: '' });
    expect(windowOf({ ...fieldOf('abcdef'), cursor: 0 }, 4)).toEqual({ before: '', at: 'a', after: 'bcd' });
    expect(windowOf(fieldOf('日本語'), 5)).toEqual({ before: '本語', at: ' ', after: '' });
  });
});

it.each([
  [5, 10, 4, 4, 0],
  [20, 10, 0, 0, 0],
  [20, 10, 19, 19, 10],
  [20, 10, 10, 12, 7],
])('of %d lines in %d, with %d to %d in focus, the first shown is %d', (total, height, from, to, top) => {
  expect(scrollTop(total, height, from, to)).toBe(top);
});
