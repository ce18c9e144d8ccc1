import type { Input } from '../flow/types.ts';
import type { OverlayValue } from '../stack/overlay.ts';

/** The screens of the wizard, in order. */
export const SECTIONS = ['Repository', 'Services', 'Ports', 'Database', 'Build', 'Secrets'] as const;
export type Section = (typeof SECTIONS)[number];

/** One line of the review: a decision in trading-setup.yaml, in the words of the trade. */
export interface Question {
  /** Path in trading-setup.yaml. */
  readonly path: string;
  readonly section: Section;
  readonly title: string;
  readonly help: string;
  /** What can be typed, e.g. `90s or 2m`; options say it themselves. */
  readonly form?: string;
  readonly input: Input;
  /** The value in words. */
  readonly show: (value: unknown) => string;
  /** Whether a value is no answer yet; absent: every value is one. */
  readonly open?: (value: unknown) => boolean;
  /** Files are written without an answer; what needs it refuses to start. */
  readonly mayWait?: true;
  /** The text that an edit starts from, where it is not `show`. */
  readonly edit?: (value: unknown) => string;
  /** Typed text → value; the schema of the stack judges it. */
  readonly parse: (text: string) => OverlayValue;
}
