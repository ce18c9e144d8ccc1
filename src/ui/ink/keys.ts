import { useInput } from 'ink';
import { useRef } from 'react';

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
  | 'ctrl-c'
  | 'ctrl';

/** A key, or text that was typed or pasted. */
export type Key =
  | { readonly name: KeyName; readonly text?: string }
  | { readonly name: 'text'; readonly text: string; readonly pasted?: boolean };

/** What Ink tells of a key; the part that is used. */
export interface InkKey {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly shift: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly ctrl: boolean;
  readonly meta: boolean;
}

/** The keys in what Ink read at once: fast typing and pastes without marks arrive as one text. */
export function keysOf(input: string, key: InkKey): readonly Key[] {
  const named = nameOf(input, key);
  if (named !== undefined) return [named];
  // Another escape sequence or a key with Alt: not ours.
  if (key.meta || input === '') return [];
  return Array.from(input).flatMap((character) => keyOf(character));
}

function nameOf(input: string, key: InkKey): Key | undefined {
  if (key.ctrl) return input === 'c' ? { name: 'ctrl-c' } : { name: 'ctrl', text: input };
  if (key.upArrow) return { name: 'up' };
  if (key.downArrow) return { name: 'down' };
  if (key.leftArrow) return { name: 'left' };
  if (key.rightArrow) return { name: 'right' };
  if (key.home) return { name: 'home' };
  if (key.end) return { name: 'end' };
  if (key.pageUp) return { name: 'page-up' };
  if (key.pageDown) return { name: 'page-down' };
  if (key.return) return { name: 'enter' };
  if (key.escape) return { name: 'escape' };
  if (key.tab) return { name: key.shift ? 'back-tab' : 'tab' };
  // Ink calls the backspace key (0x7f) `delete`, and the delete key too (ink 6.8 parse-keypress.js).
  if (key.backspace || key.delete) return { name: 'backspace' };
  return undefined;
}

function keyOf(character: string): readonly Key[] {
  if (character === '\r' || character === '\n') return [{ name: 'enter' }];
  if (character === '\t') return [{ name: 'tab' }];
  if (character === '\u007F' || character === '\b') return [{ name: 'backspace' }];
  if (character >= ' ') return [{ name: 'text', text: character }];
  const letter = String.fromCharCode(character.charCodeAt(0) + 0x60);
  return [letter === 'c' ? { name: 'ctrl-c' } : { name: 'ctrl', text: letter }];
}

/** Bracketed paste as Ink hands it over: without its escape character. */
const PASTE_BEGIN = '[200~';
const PASTE_END = '[201~';

/** Calls `press` for every key; a paste is one text, so that a line break in it does not send what is typed. */
export function useKeys(press: (key: Key) => void): void {
  const paste = useRef<string | undefined>(undefined);
  useInput((input, key) => {
    if (input === PASTE_BEGIN) {
      paste.current = '';
    } else if (input === PASTE_END) {
      const text = paste.current ?? '';
      paste.current = undefined;
      if (text !== '') press({ name: 'text', text, pasted: true });
    } else if (paste.current !== undefined) {
      paste.current += key.return ? '\n' : key.tab ? '\t' : input;
    } else {
      for (const one of keysOf(input, key)) press(one);
    }
  });
}
