import type { Secret } from '../../../secret.ts';
import type { Verdict } from '../../../secrets/check/verdict.ts';
import type { Subject } from '../check.ts';

/** Values of parts that a provider wants together, or what is said where one of them is not there. */
export function needed(
  subject: Subject,
  ...parts: readonly [string, string]
): readonly [missing: undefined, Secret, Secret] | readonly [missing: Verdict] {
  const [one, other] = parts.map(subject.value);
  if (one && other) return [undefined, one, other];
  return [lacking(subject, one ? parts[1] : parts[0])];
}

/** What is said where a part has no value. */
export function lacking({ nameOf }: Subject, part: string): Verdict {
  const name = nameOf(part);
  return {
    level: 'unknown',
    text:
      name === undefined
        ? `nothing in trading-setup.yaml is its ${part}, without which nobody can be asked`
        : `${name} has no value yet, and both are asked together`,
  };
}

/** The same text under two names: one of them was pasted twice. */
export function sameTwice(subject: Subject): string | undefined {
  const value = subject.value(subject.part)?.reveal();
  const other = subject.part === 'key' ? 'secret' : 'key';
  if (value === undefined || value !== subject.value(other)?.reveal()) return undefined;
  return `it is the same as ${subject.nameOf(other) ?? `its ${other}`}: one of the two was pasted twice`;
}
