/** A name in code that may mean a function. */
export interface Reference {
  readonly name: string;
  /** Names before it: `crate::tui::run` has [`crate`, `tui`]. */
  readonly path: readonly string[];
  /** Called on a value: `value.name()`. */
  readonly dotted: boolean;
  /** Followed by its arguments. */
  readonly called: boolean;
}

const NAME = /(\.\s*)?((?:[A-Za-z_]\w*\s*::\s*)*)([A-Za-z_]\w*)(?:\s*::\s*<[^;{}()]{0,200}>)?(?:\s*(\(|:(?!:)))?/g;

/** Names in a piece of code; fields and the names of fields being set are left out. */
export function referencesIn(code: string): Reference[] {
  const found: Reference[] = [];
  for (const match of code.matchAll(NAME)) {
    const called = match[4] === '(';
    const dotted = match[1] !== undefined;
    const path = (match[2] ?? '')
      .split('::')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    if ((dotted && !called) || (match[4] === ':' && path.length === 0)) continue;
    found.push({ name: match[3] ?? '', path, dotted, called });
  }
  return found;
}
