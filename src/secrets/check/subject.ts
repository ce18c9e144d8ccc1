import type { Subject } from '../../catalog/credentials/check.ts';
import { checkFormat, credentialFor, type Known, type Rotation, rotationOf } from '../../catalog/credentials/index.ts';
import type { Secret } from '../../secret.ts';
import { saidBy } from '../../stack/said.ts';
import type { Stack } from '../../stack/schema.ts';

type Values = ReadonlyMap<string, Secret>;

/** The credential behind a name in this stack, where the catalogue has it. */
export function knownIn(stack: Stack, name: string): Known | undefined {
  return credentialFor(name, saidBy(stack));
}

/** What replacing a secret of this stack involves. */
export function involvedIn(stack: Stack, name: string): Rotation {
  return rotationOf(name, saidBy(stack));
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
  const said = saidBy(stack);
  const siblings = Object.keys(stack.secrets.entries).filter(
    (other) => other !== name && credentialFor(other, said)?.provider === provider,
  );
  const namesOf = (part: string) =>
    [name, ...siblings].filter((each) => credentialFor(each, said)?.credential.part === part);
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
