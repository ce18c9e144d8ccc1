import type { OverlayValue } from '../stack/overlay.ts';
import type { Question } from './question.ts';

type Base = Pick<Question, 'path' | 'section' | 'title' | 'help' | 'form'>;

const asText = (value: unknown): string => (value === null || value === undefined ? '–' : String(value));

export function text(base: Base): Question {
  return { ...base, input: { kind: 'text' }, show: asText, parse: (typed) => typed.trim() };
}

export function number(base: Base): Question {
  return { ...base, input: { kind: 'text' }, show: asText, parse: (typed) => numberOr(typed.trim()) };
}

/** A number, where the text is one; else the text as it is, so that the schema can say what it is not. */
export function numberOr(text: string): number | string {
  return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
}

/** A list of words on one line, e.g. the arguments of a program. */
export function words(base: Base): Question {
  const show = (value: unknown) => (Array.isArray(value) ? value.join(' ') : '–');
  return { ...base, input: { kind: 'text' }, show, parse: (typed) => typed.split(/\s+/).filter((word) => word !== '') };
}

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint: string;
  /** What stands in the file; the `value` itself where absent. */
  readonly means?: OverlayValue;
}

/** One of a few; the label is shown. */
export function choice(base: Base, options: readonly Option[], current?: (value: unknown) => string): Question {
  const keyOf = current ?? asText;
  const labelOf = (value: unknown) => options.find((option) => option.value === keyOf(value))?.label ?? keyOf(value);
  const meaning = (typed: string) => options.find((option) => option.value === typed);
  return {
    ...base,
    input: { kind: 'choice', options: options.map(({ value, label, hint }) => ({ value, label, hint })) },
    show: labelOf,
    parse: (typed) => {
      const option = meaning(typed);
      return option?.means === undefined ? typed : option.means;
    },
  };
}
