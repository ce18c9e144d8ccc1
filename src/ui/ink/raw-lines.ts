import { createContext, useContext, useEffect, useId } from 'react';

/** Lines that are painted as they are, by the mark that stands in their place in Ink's frame. */
export type RawLines = Map<string, readonly string[]>;

/** Given by the session. */
export const RawLinesContext = createContext<RawLines>(new Map());

/** Begins a mark; no text that is shown has it, for it means nothing outside of one font or another. */
const MARK = '\uE0F0';

/**
 * Lines that go round Ink, already cut and coloured; returns the mark to be shown where they begin. Ink 6.8 takes 0.4 ms
 * for a line of text and keeps each that it ever saw (the caches of its wrap-text.js and measure-text.js): a log of which
 * another part is shown ten times a second would fill the memory and keep the keys waiting.
 */
export function useRawLines(lines: readonly string[]): string {
  const all = useContext(RawLinesContext);
  const mark = MARK + useId();
  // While it is rendered: Ink writes the frame before any effect.
  all.set(mark, lines);
  useEffect(() => () => void all.delete(mark), [all, mark]);
  return mark;
}

/** A frame with the lines in the place of their marks; they cover what Ink left empty below. */
export function withRawLines(frame: readonly string[], all: RawLines): readonly string[] {
  if (all.size === 0 || !frame.some((line) => line.startsWith(MARK))) return frame;
  const whole = [...frame];
  for (const [row, line] of frame.entries()) {
    const lines = line.startsWith(MARK) ? all.get(line) : undefined;
    if (lines) whole.splice(row, lines.length, ...lines);
  }
  return whole;
}
