import { diff3MergeRegions, diffIndices } from 'node-diff3';
import { type Line, lineEndOf, linesOf } from './lines.ts';

/** Both sides' changes in one text. */
export interface Merge {
  readonly text: string;
  /** Nothing clashed; otherwise the person's lines stand wherever both had changed the same ones. */
  readonly clean: boolean;
}

interface Piece {
  readonly lines: readonly Line[];
  readonly clean: boolean;
}

/**
 * Merges by lines what a person and we made of the same text.
 * @param current the person's, whose line ends and end of file stay.
 * @param base what both come from.
 */
export function merge(current: string, base: string, next: string): Merge {
  const [mine, old, ours] = [linesOf(current), linesOf(base), linesOf(next)];
  const end = lineEndOf(current);
  const given = ours.map(({ text }) => ({ text, end }));
  const pieces = piecesOf(mine, old, given);
  const lines = pieces.flatMap((piece) => piece.lines);
  return { text: joined(lines, end, endsOpen(mine, old, ours)), clean: pieces.every(({ clean }) => clean) };
}

function piecesOf(mine: readonly Line[], old: readonly Line[], ours: readonly Line[]): readonly Piece[] {
  const [a, o, b] = [texts(mine), texts(old), texts(ours)];
  const place = placesIn(o, a);
  return diff3MergeRegions(a, o, b).map((region): Piece => {
    if (!region.stable) {
      const [at, to] = [region.aStart, region.aStart + region.aLength];
      return { lines: mine.slice(at, to), clean: same(region.aContent, region.bContent) };
    }
    const { buffer, bufferStart, bufferLength } = region;
    // What nobody changed is the person's line too, with the end that it has there.
    const from = buffer === 'o' ? place(bufferStart) : bufferStart;
    return { lines: (buffer === 'b' ? ours : mine).slice(from, from + bufferLength), clean: true };
  });
}

function texts(lines: readonly Line[]): string[] {
  return lines.map(({ text }) => text);
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, at) => text === other[at]);
}

/** Where an unchanged line of one list stands in the other. */
function placesIn(from: string[], to: string[]): (at: number) => number {
  const hunks = diffIndices(from, to).map(({ buffer1: [start, length], buffer2: [otherStart, otherLength] }) => ({
    end: start + length,
    otherEnd: otherStart + otherLength,
  }));
  return (at) => {
    const before = hunks.filter(({ end }) => end <= at).at(-1);
    return before ? at - before.end + before.otherEnd : at;
  };
}

/** Whether the file ends without a line end: as the person left it, else as we do. */
function endsOpen(mine: readonly Line[], old: readonly Line[], ours: readonly Line[]): boolean {
  const open = (lines: readonly Line[]) => lines.at(-1)?.end === '';
  return open(mine) === open(old) ? open(ours) : open(mine);
}

function joined(lines: readonly Line[], end: string, open: boolean): string {
  const last = lines.length - 1;
  return lines.map((line, at) => line.text + (at === last && open ? '' : line.end === '' ? end : line.end)).join('');
}
