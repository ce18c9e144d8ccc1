import type { FileChange } from '../../../flow/types.ts';
import type { Key } from '../keys.ts';
import { decidedOn } from './edit.ts';
import { fileKey } from './items.ts';
import { visited } from './navigate.ts';
import { type Overlay, REVIEW, type WizardView } from './view.ts';

/** The two lines above a diff: its file, and where in it one is. */
export const DIFF_HEAD = 2;

/** A key while something lies over the lines. */
export function pressedInOverlay(view: WizardView, overlay: Overlay, key: Key): WizardView {
  if (overlay.kind === 'diff') return pressedInDiff(view, overlay, key);
  const by = scrollOf(key, view.page);
  // Its length depends on the width: the painter does not go beyond its end.
  if (by !== 0) return { ...view, overlay: { ...overlay, top: Math.max(0, Math.min(overlay.top + by, 500)) } };
  return leaves(key) ? { ...view, overlay: undefined } : view;
}

function pressedInDiff(view: WizardView, overlay: Extract<Overlay, { kind: 'diff' }>, key: Key): WizardView {
  const file = view.files?.find(({ path }) => path === overlay.path);
  const to = (top: number) => ({
    ...view,
    overlay: { ...overlay, top: Math.min(Math.max(0, top), lastTop(file, view)) },
  });
  const by = scrollOf(key, view.page - DIFF_HEAD);
  if (by !== 0) return to(overlay.top + by);
  if (key.text === 'n') return to(hunks(file).find((line) => line > overlay.top) ?? overlay.top);
  if (key.text === 'p') return to(hunks(file).findLast((line) => line < overlay.top) ?? 0);
  if (key.name === 'tab' || key.name === 'right') return anotherFile(view, overlay.path, 1);
  if (key.name === 'back-tab' || key.name === 'left') return anotherFile(view, overlay.path, -1);
  if (!leaves(key)) return view;
  const closed = { ...view, overlay: undefined };
  if (key.name !== 'enter' || file?.action !== 'conflict') return closed;
  return decidedOn(visited(closed, { section: REVIEW, key: fileKey(file.path) }) ?? closed, file);
}

/** The first line of the last page. */
function lastTop(file: FileChange | undefined, { page }: WizardView): number {
  return Math.max(0, linesOf(file).length - (page - DIFF_HEAD));
}

/** The lines of a diff; none of a file that is gone. */
export function linesOf(file: FileChange | undefined): readonly string[] {
  return file?.diff.split('\n') ?? [];
}

function hunks(file: FileChange | undefined): readonly number[] {
  return linesOf(file).flatMap((line, at) => (line.startsWith('@@') ? [at] : []));
}

/** Files in which something changes. */
export function changedFiles({ files = [] }: Pick<WizardView, 'files'>): readonly FileChange[] {
  return files.filter(({ diff }) => diff !== '');
}

/** The next or previous file in which something changes, around the ends; the cursor goes with it. */
function anotherFile(view: WizardView, path: string, by: number): WizardView {
  const files = changedFiles(view);
  const at = files.findIndex((file) => file.path === path);
  const next = files[(at + by + files.length) % files.length];
  if (!next) return view;
  const there = visited(view, { section: REVIEW, key: fileKey(next.path) }) ?? view;
  return { ...there, trail: view.trail, overlay: { kind: 'diff', path: next.path, top: 0 } };
}

function leaves(key: Key): boolean {
  return key.name === 'escape' || key.name === 'enter' || key.text === '?' || key.text === 'q' || key.text === 'd';
}

function scrollOf(key: Key, page: number): number {
  if (key.name === 'up' || key.text === 'k') return -1;
  if (key.name === 'down' || key.text === 'j') return 1;
  if (key.name === 'page-up' || key.text === 'b') return -Math.max(1, page - 1);
  if (key.name === 'page-down' || key.text === ' ') return Math.max(1, page - 1);
  if (key.name === 'home' || key.text === 'g') return -Infinity;
  return key.name === 'end' || key.text === 'G' ? Infinity : 0;
}
