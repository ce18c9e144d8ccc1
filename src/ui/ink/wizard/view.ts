import type { Input, ReviewLine, ReviewSection, SetupState } from '../../../flow/types.ts';
import type { Field } from '../parts/field.ts';

type ChoiceInput = Extract<Input, { kind: 'choice' }>;

/** A line that is being answered. `problem` is why the last answer was not taken. */
export type Editing =
  | { readonly kind: 'text'; readonly path: string; readonly field: Field; readonly problem: string }
  | {
      readonly kind: 'secret';
      readonly path: string;
      readonly field: Field;
      readonly required: boolean;
      readonly problem: string;
    }
  | {
      readonly kind: 'choice';
      readonly path: string;
      readonly options: ChoiceInput['options'];
      readonly index: number;
      readonly problem: string;
    };

/** What lies over the lines. */
export type Overlay =
  | { readonly kind: 'help' }
  | { readonly kind: 'diff'; readonly path: string; readonly top: number };

/** Everything the wizard shows. */
export interface WizardView {
  readonly setup: SetupState;
  /** `setup.sections.length` is the section "Review". */
  readonly section: number;
  /** In "Review" line 0 is the action, then come the files. */
  readonly line: number;
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
  | { readonly type: 'undo' }
  | { readonly type: 'end'; readonly answer: 'write' | 'quit' };

export interface Pressed {
  readonly view: WizardView;
  readonly intent?: Intent;
}

/** Whether the last section is shown. */
export function onReview(view: WizardView): boolean {
  return view.section >= view.setup.sections.length;
}

/** The section on the right; none on "Review". */
export function sectionOf(view: WizardView): ReviewSection | undefined {
  return view.setup.sections[view.section];
}

/** The line under the cursor; none on "Review". */
export function lineOf(view: WizardView): ReviewLine | undefined {
  return sectionOf(view)?.lines[view.line];
}

/** Whether a line waits for the person. */
export function isOpen(line: ReviewLine): boolean {
  return line.state !== 'answered';
}

/** The name of a secret from the path of its line. */
export function secretName(path: string): string {
  return path.replace(/^secrets\./, '');
}
