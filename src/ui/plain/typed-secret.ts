const CTRL_U = '\u0015';
const BACKSPACES: readonly string[] = ['\u0008', '\u007F'];
/** Further stars would be broken into lines that no backspace takes back. */
const LONGEST_MASK = 40;

/** What was meant by the keys that were read: without an echo the terminal does not edit either. */
export function typedSecret(keys: string): string {
  // A paste usually ends with a line break that nobody meant, as Enter does.
  return edited(keys.replace(/\r\n?/g, '\n')).replace(/\n+$/, '');
}

/** A sign for each character that is there so far, and no longer line than is taken back again. */
export function masked(keys: string, mask: string): string {
  return mask.repeat(Math.min(LONGEST_MASK, [...typedSecret(keys)].length));
}

/** Backspace and Ctrl-U are done here. */
function edited(typed: string): string {
  const kept: string[] = [];
  for (const letter of typed.slice(typed.lastIndexOf(CTRL_U) + 1)) {
    if (BACKSPACES.includes(letter)) kept.pop();
    else kept.push(letter);
  }
  return kept.join('');
}
