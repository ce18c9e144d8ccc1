import { type Key, PASTE_END, sequenceAt } from './sequences.ts';

/** What was read and is not a key yet. */
export interface Unread {
  /** The beginning of an escape sequence; empty where there is none. */
  readonly rest: string;
  /** A paste whose end has not come: between marks of the terminal, or only fast. */
  readonly paste?: { readonly marked: boolean; readonly text: string };
  /** A lone escape was just taken for the key: its sequence may still come, too late. */
  readonly late?: boolean;
}

export interface Decoded {
  readonly keys: readonly Key[];
  readonly unread: Unread;
}

export const NOTHING_READ: Unread = { rest: '' };

const ESC = '\u001B';
/** Nobody pastes more into one field; a terminal that forgets the end of a paste must not fill the memory. */
const LONGEST_PASTE = 1_000_000;
const LATE_TAIL = /^(\[[0-9;]*[A-Za-z~]|O[A-Z])/;

/** The keys in a piece of what the terminal sends. A sequence may arrive in pieces: a slow line cuts where it likes. */
export function decode(before: Unread, piece: string): Decoded {
  if (before.paste) return continuePaste(before.paste.marked, before.paste.text + piece);
  if (before.late) return decode(NOTHING_READ, piece.replace(LATE_TAIL, ''));
  // Alt with a letter comes in one piece; behind an escape that came alone the letter is a key of its own.
  if (before.rest === ESC && !/^[[OP\]_^X]/.test(piece)) return andThen([{ name: 'escape' }], piece);
  const text = before.rest + piece;
  return looksPasted(text) ? continuePaste(false, text) : decodeKeys(text);
}

/** What is left becomes keys as it is: nothing more has come for a while. */
export function decodeOverdue({ rest, paste }: Unread): Decoded {
  if (paste) return { keys: pasted(paste.text), unread: NOTHING_READ };
  // Half a sequence is a key that we do not know.
  return rest === ESC
    ? { keys: [{ name: 'escape' }], unread: { rest: '', late: true } }
    : { keys: [], unread: NOTHING_READ };
}

function decodeKeys(text: string): Decoded {
  const keys: Key[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] !== ESC) {
      const [run = ''] = /^(?:\P{Cc}+|.)/su.exec(text.slice(at)) ?? [];
      keys.push(...keysOf(run));
      at += run.length;
      continue;
    }
    const found = sequenceAt(text.slice(at));
    if (found === 'unfinished') return { keys, unread: { rest: text.slice(at) } };
    at += found.length;
    if (found.key === 'paste') return andThen(keys, text.slice(at), true);
    if (found.key) keys.push(found.key);
  }
  return { keys, unread: NOTHING_READ };
}

function andThen(keys: readonly Key[], text: string, marked = false): Decoded {
  const then = marked ? continuePaste(true, text) : decode(NOTHING_READ, text);
  return { keys: [...keys, ...then.keys], unread: then.unread };
}

function continuePaste(marked: boolean, text: string): Decoded {
  const end = marked ? text.indexOf(PASTE_END) : text.indexOf(ESC);
  if (end < 0) return { keys: [], unread: { rest: '', paste: { marked, text: text.slice(0, LONGEST_PASTE) } } };
  return andThen(pasted(text.slice(0, end)), text.slice(end + (marked ? PASTE_END.length : 0)));
}

function pasted(text: string): readonly Key[] {
  return text === '' ? [] : [{ name: 'text', text, pasted: true }];
}

/**
 * A terminal that does not mark its pastes sends them like typing, only faster than anybody types: several words with
 * line breaks or tabs between them in one piece.
 */
function looksPasted(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a control key in it means that it was typed
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/.test(text)) return false;
  return text.split(/[\r\n\t]+/).filter((word) => word.length > 1).length > 1;
}

/** So many different letters in one piece are no commands: even on a slow line nobody types ahead like this. */
const LEAST_FLOOD = 4;

/**
 * What a control key or letters in a row mean. One line that a terminal pasted without marks is one text: none of its
 * letters shall be taken for a command. A key that is held down sends the same letter again and again.
 */
function keysOf(run: string): readonly Key[] {
  const letters = Array.from(run);
  if (letters.length >= LEAST_FLOOD && new Set(letters).size > 1) return [{ name: 'text', text: run }];
  return letters.flatMap(keyOf);
}

function keyOf(character: string): readonly Key[] {
  if (character === '\r' || character === '\n') return [{ name: 'enter' }];
  if (character === '\t') return [{ name: 'tab' }];
  if (character === '\u007F' || character === '\b') return [{ name: 'backspace' }];
  if (character >= ' ' && !/\p{Cc}/u.test(character)) return [{ name: 'text', text: character }];
  if (character > '\u001A' || character === '\u0000') return [];
  const letter = String.fromCharCode(character.charCodeAt(0) + 0x60);
  return [letter === 'c' ? { name: 'ctrl-c' } : { name: 'ctrl', text: letter }];
}
