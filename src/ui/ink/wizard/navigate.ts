import type { ReviewLine, SetupState } from '../../../flow/types.ts';
import { isOpen, lineOf, onReview, sectionOf, type WizardView } from './view.ts';

/** The first screen: the top of the first section. */
export function opened(setup: SetupState): WizardView {
  return { setup, section: 0, line: 0, message: '' };
}

/** One line up or down; the ends stay where they are. */
export function moved(view: WizardView, by: number): WizardView {
  return { ...view, line: Math.min(Math.max(0, view.line + by), linesIn(view) - 1) };
}

/** The next or previous section, around the ends. */
export function turned(view: WizardView, by: number): WizardView {
  const sections = view.setup.sections.length + 1;
  return { ...view, section: (view.section + by + sections) % sections, line: 0 };
}

/** The section "Review", its action under the cursor. */
export function atReview(view: WizardView): WizardView {
  return { ...view, section: view.setup.sections.length, line: 0, editing: undefined, overlay: undefined };
}

/** The next line after the cursor that `wanted` names, from the start again at the end; the view as it is if there is none. */
export function atNext(view: WizardView, wanted: (line: ReviewLine) => boolean): WizardView | undefined {
  const places = view.setup.sections.flatMap((section, at) =>
    section.lines.flatMap((line, index) => (wanted(line) ? [{ section: at, line: index }] : [])),
  );
  const behind = places.find(
    (place) => place.section > view.section || (place.section === view.section && place.line > view.line),
  );
  const place = behind ?? places[0];
  return place && { ...view, ...place };
}

/** The view over a new state: the cursor stays on its line, also when lines came or went around it. */
export function settled(view: WizardView, setup: SetupState): WizardView {
  const fresh = { ...view, setup };
  if (onReview(view)) return moved(atSection(fresh, setup.sections.length), 0);
  const title = sectionOf(view)?.title;
  const path = lineOf(view)?.path;
  const section = setup.sections.findIndex((one) => one.title === title);
  if (section < 0) return { ...atSection(fresh, Math.min(view.section, setup.sections.length)), line: 0 };
  const at = atSection(fresh, section);
  const line = sectionOf(at)?.lines.findIndex((one) => one.path === path) ?? -1;
  return moved(line >= 0 ? { ...at, line } : at, 0);
}

/** What keeps the files from being written: lines without a sound default. A missing secret does not. */
export function blocks(line: ReviewLine): boolean {
  return line.state === 'invalid' || (line.state === 'open' && line.input.kind !== 'secret');
}

/** How many lines of a section wait. */
export function openIn(lines: readonly ReviewLine[]): number {
  return lines.filter(isOpen).length;
}

function atSection(view: WizardView, section: number): WizardView {
  return { ...view, section };
}

function linesIn(view: WizardView): number {
  return Math.max(1, sectionOf(view)?.lines.length ?? view.setup.files.length + 1);
}
