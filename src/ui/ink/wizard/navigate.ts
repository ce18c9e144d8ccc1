import type { ReviewLine, SetupState } from '../../../flow/types.ts';
import { isUndecided } from '../../conflict-words.ts';
import { fileKey, type Item, itemsOf, keyOf, placeOf } from './items.ts';
import { isOpen, onReview, type Place, REVIEW, sectionOf, type WizardView } from './view.ts';

/** Nobody goes back further. */
const LONGEST_TRAIL = 50;

/** The first screen: the review, the cursor on the first open line, else on the action. */
export function opened(setup: SetupState): WizardView {
  const start = { setup, files: undefined, section: setup.sections.length, line: 0, trail: [], page: 15, message: '' };
  const { resumed, dropped } = setup;
  const place = resumed?.place === undefined ? undefined : placeIn(resumed.place);
  const at = (place && atPlace(start, place)) ?? start;
  return { ...at, message: dropped ?? '' };
}

/** A place as a text, for the draft. */
export function placeText({ section, key }: Place): string {
  return `${section}/${key}`;
}

function placeIn(text: string): Place {
  const at = text.indexOf('/');
  return { section: text.slice(0, at), key: text.slice(at + 1) };
}

/** One item up or down; the ends stay where they are. */
export function moved(view: WizardView, by: number): WizardView {
  return { ...view, line: Math.min(Math.max(0, view.line + by), Math.max(0, itemsOf(view).length - 1)) };
}

/** The next or previous section, around the ends. */
export function turned(view: WizardView, by: number): WizardView {
  const sections = view.setup.sections.length + 1;
  return { ...left(view), section: (view.section + by + sections) % sections, line: 0 };
}

/** The section "Review", its action under the cursor. */
export function atReview(view: WizardView): WizardView {
  const review = { ...left(view), section: view.setup.sections.length, editing: undefined, overlay: undefined };
  return { ...review, line: itemsOf(review).findIndex(({ kind }) => kind === 'write') };
}

/** A place, remembered as one to come back from; undefined where there is none like it any more. */
export function visited(view: WizardView, place: Place): WizardView | undefined {
  return atPlace(left(view), place);
}

/** Back to where the cursor was before; from the start of all ways to the review. */
export function returned(view: WizardView): WizardView {
  const trail = [...view.trail];
  for (let place = trail.pop(); place; place = trail.pop()) {
    const there = atPlace({ ...view, trail: [...trail] }, place);
    if (there) return there;
  }
  return onReview(view)
    ? { ...view, trail, message: 'This is where it begins. ctrl-c quits and keeps your answers as a draft.' }
    : { ...atReview(view), trail: [] };
}

/** The next item that waits, from the start again at the end; undefined where nothing does. */
export function atNextOpen(view: WizardView): WizardView | undefined {
  if (onReview(view)) {
    const open = itemsOf(view).flatMap((item, at) => (waits(item) ? [at] : []));
    const line = open.find((at) => at > view.line) ?? open[0];
    return line === undefined ? undefined : { ...view, line };
  }
  const file = view.files?.find(isUndecided);
  return atNext(view, isOpen) ?? (file && visited(view, { section: REVIEW, key: fileKey(file.path) }));
}

function waits(item: Item): boolean {
  return (item.kind === 'line' && isOpen(item.line)) || (item.kind === 'file' && isUndecided(item.file));
}

/** The next line of any section that `wanted` names; undefined if there is none. */
function atNext(view: WizardView, wanted: (line: ReviewLine) => boolean): WizardView | undefined {
  const places = view.setup.sections.flatMap((section, at) =>
    section.lines.flatMap((line, index) => (wanted(line) ? [{ section: at, line: index }] : [])),
  );
  const behind = places.find(
    (place) => place.section > view.section || (place.section === view.section && place.line > view.line),
  );
  const place = behind ?? places[0];
  return place && { ...left(view), ...place };
}

/** What keeps the files from being written, under the cursor; undefined: nothing does. */
export function atBlock(view: WizardView): WizardView | undefined {
  const review = atReview(view);
  const line = itemsOf(review).findIndex(
    (item) => (item.kind === 'line' && blocks(item.line)) || (item.kind === 'file' && isUndecided(item.file)),
  );
  return line < 0 ? undefined : { ...review, line };
}

/** The view over a new state, its files not compared yet: the cursor stays on its item, also when others came or went. */
export function settled(view: WizardView, setup: SetupState): WizardView {
  const isNews = setup.dropped !== undefined && setup.dropped !== view.setup.dropped;
  const fresh = { ...view, setup, message: isNews ? setup.dropped : view.message };
  const title = sectionOf(view)?.title ?? REVIEW;
  const section = title === REVIEW ? setup.sections.length : setup.sections.findIndex((one) => one.title === title);
  const at = { ...fresh, section: section < 0 ? setup.sections.length : section };
  return atPlace(at, placeOf(view)) ?? moved(section < 0 ? { ...at, line: 0 } : at, 0);
}

/** The view with files as they are compared now; the cursor stays on its item. */
export function compared(view: WizardView, files: WizardView['files']): WizardView {
  const fresh = { ...view, files };
  return atPlace(fresh, placeOf(view)) ?? moved(fresh, 0);
}

/** What keeps the files from being written: lines without a sound default. A missing secret, or a setting that may wait, does not. */
export function blocks(line: ReviewLine): boolean {
  return line.state === 'invalid' || (line.state === 'open' && line.input.kind !== 'secret' && !line.mayWait);
}

/** How many lines of a section wait. */
export function openIn(lines: readonly ReviewLine[]): number {
  return lines.filter(isOpen).length;
}

/** The view with its place remembered. */
function left(view: WizardView): WizardView {
  const here = placeOf(view);
  const last = view.trail.at(-1);
  if (last?.section === here.section && last.key === here.key) return view;
  return { ...view, trail: [...view.trail, here].slice(-LONGEST_TRAIL) };
}

function atPlace(view: WizardView, { section: title, key }: Place): WizardView | undefined {
  const { sections } = view.setup;
  const section = title === REVIEW ? sections.length : sections.findIndex((one) => one.title === title);
  if (section < 0) return undefined;
  const at = { ...view, section };
  const line = itemsOf(at).findIndex((item) => keyOf(item) === key);
  return line < 0 ? undefined : { ...at, line };
}
