import { useInput } from 'ink';
import { createContext, useContext } from 'react';
import type { Key } from './sequences.ts';

export type { Key, KeyName } from './sequences.ts';

/** Given by the session: the keys that came last. */
export const KeyboardContext = createContext<{ readonly keys: readonly Key[] }>({ keys: [] });

/** Calls `press` for every key; a paste is one text, so that a line break in it does not send what is typed. */
export function useKeys(press: (key: Key) => void): void {
  const keyboard = useContext(KeyboardContext);
  // Ink only tells when; all that `press` changes is painted once.
  useInput(() => {
    for (const key of keyboard.keys) press(key);
  });
}
