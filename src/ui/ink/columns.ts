import { charactersOf, width } from '../words.ts';

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const PARTS = /(\u001B\[[0-9;:]*m)/;
/** Latin, Greek, Cyrillic, punctuation, and the signs that we draw ourselves: one column everywhere. */
const SURE =
  /^[\u0020-\u007E\u00A0-\u02FF\u0370-\u0482\u048A-\u052F\u2010-\u203A\u2190-\u21FF\u2500-\u25FF\u2713\u2717\u2800-\u28FF]*$/;

/**
 * A painted line in which everything stands in the column that was meant. Terminals differ in how wide they draw emoji,
 * joined and combining characters: behind each of them the column is said.
 */
export function inColumns(line: string): string {
  let column = 0;
  return line
    .split(PARTS)
    .map((part, index) => {
      if (index % 2 === 1) return part;
      if (SURE.test(part)) {
        column += part.length;
        return part;
      }
      let text = '';
      for (const character of charactersOf(part)) {
        column += width(character);
        text += SURE.test(character) ? character : `${character}\u001B[${column + 1}G`;
      }
      return text;
    })
    .join('');
}
