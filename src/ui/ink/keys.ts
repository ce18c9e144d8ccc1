import { useInput } from 'ink';
import { createContext, useContext, useState } from 'react';
import type { Key } from './sequences.ts';

export type { Key, KeyName } from './sequences.ts';

/** Given by the session: the keys that came last. */
export const KeyboardContext = createContext<{ readonly keys: readonly Key[] }>({ keys: [] });

/**
 * Calls `press` for every key; a paste is one text, so that a line break in it does not send what is typed. What `press`
 * throws ends the screen: `show` gives the terminal back and throws it.
 */
export function useKeys(press: (key: Key) => void): void {
  const keyboard = useContext(KeyboardContext);
  const [failure, fail] = useState<{ readonly error: unknown }>();
  // Out of a listener it would end the process with the terminal still ours; out of a painting Ink catches it.
  if (failure) throw failure.error;
  // Ink only tells when; all that `press` changes is painted once.
  useInput(() => {
    try {
      for (const key of keyboard.keys) press(key);
    } catch (error) {
      fail({ error });
    }
  });
}
