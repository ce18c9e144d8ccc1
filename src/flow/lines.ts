import type { Question } from '../questions/question.ts';
import { credentialIn } from '../stack/credentials.ts';
import { type Overlay, valueAt } from '../stack/overlay.ts';
import type { Stack } from '../stack/schema.ts';
import type { Layers, SetupInput } from './layers.ts';
import type { Check, Origin, ReviewLine } from './types.ts';

/** What is wrong with a line although it was taken, e.g. because another one changed. */
export type ProblemOf = (path: string) => string | undefined;

/** A line for a decision in trading-setup.yaml. */
export function plainLine(
  question: Question,
  stack: Stack,
  origin: Origin,
  check: Check | undefined,
  problemOf: ProblemOf,
): ReviewLine {
  const { path, title, help, form, input } = question;
  const value = valueAt(stack, path);
  const problem = problemOf(path);
  return {
    path,
    title,
    help,
    ...(form === undefined ? {} : { form }),
    input,
    value: question.show(value),
    ...(question.edit === undefined ? {} : { edit: question.edit(value) }),
    origin: question.mayWait && question.open?.(value) ? { source: 'default', text: 'required' } : origin,
    state: problem !== undefined ? 'invalid' : question.open?.(value) ? 'open' : 'answered',
    ...(question.mayWait === undefined ? {} : { mayWait: question.mayWait }),
    ...(problem === undefined ? {} : { problem }),
    ...(check === undefined ? {} : { check }),
  };
}

/** The strongest layer that says something about a path. */
export function originOf(input: SetupInput, typed: Overlay, designed: ReadonlyMap<string, Origin>) {
  return (path: string): Origin => {
    if (valueAt(typed, path) !== undefined) return { source: 'typed', text: 'changed by you' };
    if (valueAt(input.flags, path) !== undefined) return { source: 'flag', text: '--set' };
    if (valueAt(input.answers, path) !== undefined) return { source: 'answers', text: 'answers file' };
    if (input.saved) return { source: 'saved', text: 'trading-setup.yaml' };
    const parent = path.split('.').slice(0, -1).join('.');
    return designed.get(path) ?? designed.get(parent) ?? { source: 'default', text: 'default' };
  };
}

type Given = ReturnType<Layers['secrets']['get']>;

/**
 * A line for a secret: its name and what becomes of it, never its value.
 * @param saved the stack of an earlier run: an optional one without a value was left out of it on purpose.
 */
export function secretLine(
  stack: Stack,
  name: string,
  kept: ReadonlySet<string>,
  given: Given,
  saved: Stack | undefined,
): ReviewLine {
  const entry = stack.secrets.entries[name];
  const generated = entry?.kind === 'generated';
  const credential = generated ? undefined : credentialIn(stack, name);
  const leftOut = saved?.secrets.entries[name]?.required === false;
  const value = secretWords(generated, kept.has(name), given) || (leftOut && given === undefined ? 'left out' : '');
  const again = given === 'again' ? 'It was entered before, and no draft keeps a value: enter it again' : undefined;
  const from = credential && `Get it: ${credential.credential.from}.`;
  const help = [again, entry?.about, from].filter(Boolean).join('. ');
  return {
    path: `secrets.${name}`,
    title: name,
    help,
    value,
    origin: {
      source: generated ? 'default' : 'detected',
      text: given === 'again' ? 'enter it again' : entry?.required ? 'required' : 'optional',
    },
    input: { kind: 'secret', required: entry?.required ?? false },
    state: value === '' ? 'open' : 'answered',
  };
}

function secretWords(generated: boolean, kept: boolean, given: Given): string {
  if (given === 'skipped') return 'skipped';
  if (given === 'again') return '';
  if (given) return 'entered';
  if (kept) return 'kept';
  return generated ? 'will be generated' : '';
}
