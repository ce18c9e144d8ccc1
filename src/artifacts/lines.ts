/** A line of a text and what ends it: `\n`, `\r\n`, or nothing at the end of a file. */
export interface Line {
  readonly text: string;
  readonly end: string;
}

export function linesOf(text: string): readonly Line[] {
  return [...text.matchAll(/([^\n]*?)(\r?\n|$)/g)]
    .map(([, line = '', end = '']) => ({ text: line, end }))
    .filter(({ text: line, end }) => line !== '' || end !== '');
}

/** The line end of a file, which git may have made CRLF; that of its first line counts. */
export function lineEndOf(text: string | undefined): string {
  return text !== undefined && /^[^\n]*\r\n/.test(text) ? '\r\n' : '\n';
}

export function withLineEnd(text: string, end: string): string {
  return end === '\n' ? text : text.replace(/\r?\n/g, end);
}

/** Whether two texts differ in their line ends at most. */
export function isSame(one: string, other: string): boolean {
  return one === other || one.replaceAll('\r\n', '\n') === other.replaceAll('\r\n', '\n');
}
