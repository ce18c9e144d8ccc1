import { charactersOf, width } from '../../words.ts';
import type { Key } from '../keys.ts';

/** Text being typed: what is there and where the cursor stands, counted in visible characters. */
export interface Field {
  readonly characters: readonly string[];
  readonly cursor: number;
}

/** A field holding a text, the cursor behind it. */
export function fieldOf(text: string): Field {
  const characters = charactersOf(text);
  return { characters, cursor: characters.length };
}

/** What was typed. */
export function textOf(field: Field): string {
  return field.characters.join('');
}

/** The field after a key; keys that mean nothing to it leave it as it is. A secret may have line breaks inside. */
export function typed(field: Field, key: Key, lines: 'one' | 'many' = 'one'): Field {
  const { characters, cursor } = field;
  switch (key.name) {
    case 'text':
      return inserted(field, key.pasted ? tidied(key.text, lines) : key.text);
    case 'backspace':
      return cursor === 0 ? field : { characters: characters.toSpliced(cursor - 1, 1), cursor: cursor - 1 };
    case 'delete':
      return { characters: characters.toSpliced(cursor, 1), cursor };
    case 'left':
      return { characters, cursor: Math.max(0, cursor - 1) };
    case 'right':
      return { characters, cursor: Math.min(characters.length, cursor + 1) };
    case 'home':
      return { characters, cursor: 0 };
    case 'end':
      return { characters, cursor: characters.length };
    case 'ctrl':
      return controlled(field, key.text ?? '');
    default:
      return field;
  }
}

/** The part of a field that fits into a width, around its cursor. */
export function windowOf(
  field: Field,
  columns: number,
): { readonly before: string; readonly at: string; readonly after: string } {
  const at = field.characters[field.cursor] ?? ' ';
  let room = columns - width(at);
  let start = field.cursor;
  let end = field.cursor + 1;
  while (start > 0 && width(field.characters[start - 1] ?? '') <= room) {
    start -= 1;
    room -= width(field.characters[start] ?? '');
  }
  while (end < field.characters.length && width(field.characters[end] ?? '') <= room) {
    room -= width(field.characters[end] ?? '');
    end += 1;
  }
  const part = (from: number, to: number): string => field.characters.slice(from, to).join('');
  return { before: part(start, field.cursor), at, after: part(field.cursor + 1, end) };
}

function inserted({ characters, cursor }: Field, text: string): Field {
  // What comes may join what is there to one character: an accent, the next part of an emoji.
  const before = charactersOf(characters.slice(0, cursor).join('') + text);
  return { characters: [...before, ...characters.slice(cursor)], cursor: before.length };
}

/** Readline's keys: a start, e end, u everything before, k everything behind, w the word before. */
function controlled(field: Field, letter: string): Field {
  const { characters, cursor } = field;
  if (letter === 'a') return { characters, cursor: 0 };
  if (letter === 'e') return { characters, cursor: characters.length };
  if (letter === 'u') return { characters: characters.slice(cursor), cursor: 0 };
  if (letter === 'k') return { characters: characters.slice(0, cursor), cursor };
  if (letter !== 'w') return field;
  const kept = characters
    .slice(0, cursor)
    .join('')
    .replace(/\S+\s*$/, '');
  const start = charactersOf(kept).length;
  return { characters: characters.toSpliced(start, cursor - start), cursor: start };
}

/** A paste usually ends with a line break that nobody meant; one inside becomes a blank. */
function tidied(text: string, lines: 'one' | 'many'): string {
  const broken = text.trim().replace(/\r\n?/g, '\n');
  return lines === 'many' ? broken : broken.replace(/\s*\n\s*/g, ' ');
}
