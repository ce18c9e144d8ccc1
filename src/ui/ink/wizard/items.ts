import type { FileChange, ReviewLine, ReviewSection } from '../../../flow/types.ts';
import { isOpen, onReview, type Place, REVIEW, sectionOf, type WizardView } from './view.ts';

/** Something that the cursor can be on. */
export type Item =
  | { readonly kind: 'line'; readonly line: ReviewLine }
  | { readonly kind: 'write' }
  | { readonly kind: 'section'; readonly section: ReviewSection }
  | { readonly kind: 'file'; readonly file: FileChange };

/** The items on the right: the lines of a section; on "Review" what is open, the action, the sections, the files. */
export function itemsOf(view: WizardView): readonly Item[] {
  const section = sectionOf(view);
  if (section) return section.lines.map((line) => ({ kind: 'line', line }));
  const { sections } = view.setup;
  return [
    ...sections.flatMap(({ lines }) => lines.filter(isOpen)).map((line) => ({ kind: 'line', line }) as const),
    { kind: 'write' },
    ...sections.map((each) => ({ kind: 'section', section: each }) as const),
    ...(view.files ?? []).map((file) => ({ kind: 'file', file }) as const),
  ];
}

/** The name of an item in its section; the same after a change of its value. */
export function keyOf(item: Item | undefined): string {
  switch (item?.kind) {
    case 'line':
      return item.line.path;
    case 'section':
      return `section:${item.section.title}`;
    case 'file':
      return fileKey(item.file.path);
    default:
      return 'write';
  }
}

/** The key of a file; a decision about it is edited under it. */
export function fileKey(path: string): string {
  return `file:${path}`;
}

/** The item under the cursor. */
export function itemOf(view: WizardView): Item | undefined {
  return itemsOf(view)[view.line];
}

/** The line under the cursor; none where it is on something else. */
export function lineOf(view: WizardView): ReviewLine | undefined {
  const item = itemOf(view);
  return item?.kind === 'line' ? item.line : undefined;
}

/** Where the cursor is. */
export function placeOf(view: WizardView): Place {
  return { section: sectionOf(view)?.title ?? REVIEW, key: keyOf(itemOf(view)) };
}

/** The section of a line; on "Review" too. */
export function homeOf(view: WizardView, path: string): ReviewSection | undefined {
  return onReview(view)
    ? view.setup.sections.find(({ lines }) => lines.some((line) => line.path === path))
    : sectionOf(view);
}
