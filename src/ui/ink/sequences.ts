export type KeyName =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'home'
  | 'end'
  | 'page-up'
  | 'page-down'
  | 'enter'
  | 'escape'
  | 'tab'
  | 'back-tab'
  | 'backspace'
  | 'delete'
  | 'ctrl-c'
  | 'ctrl';

/** A key, or text that was typed or pasted. */
export type Key =
  | { readonly name: KeyName; readonly text?: string }
  | { readonly name: 'text'; readonly text: string; readonly pasted?: boolean };

/** What ends a paste where the terminal marks them (`ESC[?2004h`). */
export const PASTE_END = '\u001B[201~';

/** What an escape sequence stands for; without a key where it is none of ours. */
export interface Sequence {
  readonly length: number;
  readonly key?: Key | 'paste';
}

const LETTERS: Readonly<Record<string, KeyName>> = {
  ...{ A: 'up', B: 'down', C: 'right', D: 'left', H: 'home', F: 'end', Z: 'back-tab', M: 'enter' },
  // rxvt with shift
  ...{ a: 'up', b: 'down', c: 'right', d: 'left' },
};

const NUMBERS: Readonly<Record<string, KeyName>> = {
  ...{ 1: 'home', 7: 'home', 4: 'end', 8: 'end', 3: 'delete', 5: 'page-up', 6: 'page-down' },
};

/** Keys as numbers of characters, where a terminal tells all modifiers (`ESC[99;5u`). */
const CODES: Readonly<Record<string, KeyName>> = { 9: 'tab', 13: 'enter', 27: 'escape', 127: 'backspace' };

// biome-ignore-start lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
// `$` ends a key of rxvt with shift; elsewhere it stands before the end of an answer, which is none of ours either.
const CSI = /^\u001B\[(?!\[)([0-?]*)[ -#%-/]*([@-~$])/;
const CSI_BEGUN = /^\u001B\[\[?[0-?]{0,64}[ -#%-/]{0,4}$/;
/** The Linux console's function keys. */
const CONSOLE = /^\u001B\[\[[A-~]/;
const SS3 = /^\u001BO[0-9;]{0,8}([@-~])/;
const SS3_BEGUN = /^\u001BO[0-9;]{0,8}$/;
/** What a terminal answers or announces: a text up to its end. */
const STRING = /^\u001B[P\]_^X][^\u0007\u001B]{0,4096}(\u0007|\u001B\\)/;
const STRING_BEGUN = /^\u001B[P\]_^X][^\u0007\u001B]{0,4096}\u001B?$/;
// biome-ignore-end lint/suspicious/noControlCharactersInRegex: escape sequences begin with one

/** The escape sequence at the start of a text. */
export function sequenceAt(text: string): Sequence | 'unfinished' {
  const csi = CSI.exec(text);
  if (csi) return { length: csi[0].length, ...keyed(csiKey(csi[1] ?? '', csi[2] ?? '')) };
  const ss3 = SS3.exec(text);
  if (ss3) return { length: ss3[0].length, ...keyed(named(LETTERS[ss3[1] ?? ''])) };
  const other = CONSOLE.exec(text) ?? STRING.exec(text);
  if (other) return { length: other[0].length };
  if (text.length === 1 || CSI_BEGUN.test(text) || SS3_BEGUN.test(text) || STRING_BEGUN.test(text)) return 'unfinished';
  const next = text.codePointAt(1) ?? 0;
  // Two escapes are the key twice; with any other character it is Alt, which means nothing here.
  return next === 0x1b ? { length: 1, key: { name: 'escape' } } : { length: next > 0xffff ? 3 : 2 };
}

function csiKey(parameters: string, final: string): Key | 'paste' | undefined {
  const [first = '', modifiers = '', third = ''] = parameters.split(';');
  if (final === 'u') return codeKey(first, modifiers);
  // Modifiers are left aside: an arrow with shift is an arrow.
  if (/[~$^@]/.test(final)) {
    if (first === '27') return codeKey(third, modifiers);
    return first === '200' ? 'paste' : named(NUMBERS[first]);
  }
  return /^[0-9;]*$/.test(parameters) && final !== 'M' ? named(LETTERS[final]) : undefined;
}

function codeKey(code: string, modifiers: string): Key | undefined {
  const bits = Math.max(0, Number.parseInt(modifiers, 10) - 1 || 0);
  if (code === '9' && bits === 1) return { name: 'back-tab' };
  const name = CODES[code];
  if (name) return { name };
  const letter = String.fromCodePoint(Math.min(Number.parseInt(code, 10) || 0, 0x10ffff));
  if (bits === 4 && /^[a-z]$/.test(letter)) return letter === 'c' ? { name: 'ctrl-c' } : { name: 'ctrl', text: letter };
  return bits < 2 && /^[^\p{C}]$/u.test(letter) ? { name: 'text', text: letter } : undefined;
}

function named(name: KeyName | undefined): Key | undefined {
  return name && { name };
}

function keyed(key: Key | 'paste' | undefined): { readonly key?: Key | 'paste' } {
  return key ? { key } : {};
}
