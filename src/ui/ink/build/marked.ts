/** A piece of a line: what is searched for, or what stands between. */
export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/** A line in pieces, so that what is searched for can be shown as such; lower case finds upper case too. */
export function marked(line: string, needle: string): readonly Piece[] {
  if (needle === '') return [{ text: line, marked: false }];
  const lower = needle === needle.toLowerCase() ? line.toLowerCase() : line;
  // A letter that is two in lower case would shift what follows.
  const text = lower.length === line.length ? lower : line;
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = text.indexOf(needle); at !== -1; at = text.indexOf(needle, from)) {
    if (at > from) pieces.push({ text: line.slice(from, at), marked: false });
    pieces.push({ text: line.slice(at, at + needle.length), marked: true });
    from = at + needle.length;
  }
  return from < line.length ? [...pieces, { text: line.slice(from), marked: false }] : pieces;
}
