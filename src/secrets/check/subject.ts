import type { Subject } from '../../catalog/credentials/check.ts';
import { checkFormat, type Known, type Rotation } from '../../catalog/credentials/index.ts';
import type { Secret } from '../../secret.ts';
import { credentialIn, isBeside, rotationIn } from '../../stack/credentials.ts';
import type { Stack } from '../../stack/schema.ts';
import type { Kept } from '../store.ts';

type Values = ReadonlyMap<string, Secret>;

/** The credential behind a name in this stack, where the catalogue has it. */
export function knownIn(stack: Stack, name: string): Known | undefined {
  return credentialIn(stack, name);
}

const DAY_MS = 86_400_000;

/**
 * Whether the end of a value is only the longest that such a value works, counted from the day on which it was set: its
 * provider was not asked, or says no more.
 */
export function endsAtLatest(stack: Stack, { name, set, expires }: Pick<Kept, 'name' | 'set' | 'expires'>): boolean {
  const lifetime = knownIn(stack, name)?.credential.lifetime;
  if (lifetime?.since !== 'set' || set === undefined || expires === undefined) return false;
  const longest = Date.parse(set) + lifetime.days * DAY_MS;
  // A person may take hours between the entry and the moment at which it is kept.
  return Math.abs(longest - Date.parse(expires)) < DAY_MS;
}

/** What replacing a secret of this stack involves. */
export function involvedIn(stack: Stack, name: string): Rotation {
  return rotationIn(stack, name);
}

/**
 * What is wrong with the form of a value, in words without it. A person may say `any` for a key of the program's own; what
 * a provider gives out has the form that it gives it, also in a stack that was written before the catalogue knew it.
 */
export function formProblem(stack: Stack, name: string, value: Secret): string | undefined {
  const credential = knownIn(stack, name)?.credential;
  const fallback = credential?.generated === undefined ? (credential?.format ?? 'any') : 'any';
  const stated = stack.secrets.entries[name]?.format ?? 'any';
  return checkFormat(stated === 'any' ? fallback : stated, value.reveal());
}

/** What a provider's check needs to know; values of the wrong form are left out, they would only mislead. */
export function subjectOf(stack: Stack, name: string, { provider, credential }: Known, values: Values): Subject {
  // Another instance may have a pair of its own.
  const siblings = Object.keys(stack.secrets.entries).filter(
    (other) => other !== name && credentialIn(stack, other)?.provider === provider && isBeside(stack, name, other),
  );
  const namesOf = (part: string) =>
    [name, ...siblings].filter((each) => credentialIn(stack, each)?.credential.part === part);
  return {
    name,
    part: credential.part ?? '',
    nameOf: (part) => namesOf(part)[0],
    value: (part) =>
      namesOf(part)
        .map((each) => ({ each, value: values.get(each) }))
        .find(({ each, value }) => value !== undefined && formProblem(stack, each, value) === undefined)?.value,
  };
}
