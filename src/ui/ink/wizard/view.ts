import type { Check, FileChange, Input, ReviewLine, ReviewSection, SetupState } from '../../../flow/types.ts';
import type { Field } from '../parts/field.ts';

type ChoiceInput = Extract<Input, { kind: 'choice' }>;

/** A line, or a file in conflict, that is being answered. `problem` is why the last answer was not taken. */
export type Editing = { readonly path: string; readonly problem: string } & (
  | { readonly kind: 'text'; readonly field: Field; readonly check?: Check | undefined }
  | { readonly kind: 'secret'; readonly field: Field; readonly required: boolean; readonly check?: Check | undefined }
  | { readonly kind: 'choice'; readonly options: ChoiceInput['options']; readonly index: number }
);

/** What lies over the lines; `top` is its first line in sight. */
export type Overlay =
  | { readonly kind: 'help'; readonly top: number }
  | { readonly kind: 'diff'; readonly path: string; readonly top: number };

/** Where the cursor can be: a section or "Review", and the key of an item there. */
export interface Place {
  readonly section: string;
  readonly key: string;
}

/** Everything the wizard shows. */
export interface WizardView {
  readonly setup: SetupState;
  /** What a write would do; undefined until the first picture is painted: the comparison takes its time. */
  readonly files: readonly FileChange[] | undefined;
  /** `setup.sections.length` is the section "Review". */
  readonly section: number;
  /** The item under the cursor. */
  readonly line: number;
  /** Places to go back to, the last one first reached. */
  readonly trail: readonly Place[];
  /** How many lines the right pane has. */
  readonly page: number;
  readonly editing?: Editing | undefined;
  readonly overlay?: Overlay | undefined;
  /** One sentence in place of the key hints, until the next key. */
  readonly message: string;
}

/** What the person wants done; only the machine does it. */
export type Intent =
  | { readonly type: 'change'; readonly path: string; readonly text: string }
  | { readonly type: 'enter-secret'; readonly name: string; readonly value: string }
  | { readonly type: 'skip-secret'; readonly name: string; readonly required: boolean }
  | { readonly type: 'decide'; readonly path: string; readonly choice: string }
  | { readonly type: 'reset'; readonly path: string }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }
  | { readonly type: 'start-afresh' }
  | { readonly type: 'end'; readonly answer: 'write' | 'quit' };

export interface Pressed {
  readonly view: WizardView;
  readonly intent?: Intent;
}

/** The title of the last section. */
export const REVIEW = 'Review';

/** Whether the last section is shown. */
export function onReview(view: WizardView): boolean {
  return view.section >= view.setup.sections.length;
}

/** The section on the right; none on "Review". */
export function sectionOf(view: WizardView): ReviewSection | undefined {
  return view.setup.sections[view.section];
}

/** Whether a line waits for the person. */
export function isOpen(line: ReviewLine): boolean {
  return line.state !== 'answered';
}

/** The name of a secret from the path of its line. */
export function secretName(path: string): string {
  return path.replace(/^secrets\./, '');
}
