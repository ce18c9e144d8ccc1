import type { PlannedStep } from '../../events/operation.ts';
import { composeServices } from '../../stack/names.ts';
import type { Stack } from '../../stack/schema.ts';
import { involvedIn } from './known.ts';
import type { RotationPlan } from './types.ts';

/** What the operation says that it would do. */
export interface Preview {
  readonly steps: readonly PlannedStep[];
  readonly recreated: readonly string[];
  readonly warnings: readonly string[];
}

/** A rotation as it is decided on. */
export interface Intended {
  readonly names: readonly string[];
  readonly compromised: boolean;
  /** Secrets whose old data may become unreadable. */
  readonly acceptUnreadable: readonly string[];
}

/** A plan with all that a person decides by. */
export function planOf(stack: Stack, intended: Intended, { steps, recreated, warnings }: Preview): RotationPlan {
  const { names } = intended;
  return {
    steps,
    recreated,
    untouched: composeServices(stack).filter((service) => !recreated.includes(service)),
    final: finalWords(stack, intended),
    before: names.flatMap((name) => involvedIn(stack, name).before),
    after: names.flatMap((name) => involvedIn(stack, name).after),
    interruption: interruptionWords(stack, recreated),
    warnings,
  };
}

/** Whether what failed could not be taken back. */
export function isFinal(stack: Stack, { names, compromised }: Omit<Intended, 'acceptUnreadable'>): boolean {
  return compromised || names.some((name) => involvedIn(stack, name).comesBack === 'never');
}

function finalWords(stack: Stack, { names, compromised, acceptUnreadable }: Intended): readonly string[] {
  if (compromised) {
    return ['The old values never come back, whatever fails: what reads them then stays stopped until it is mended.'];
  }
  const never = names.filter((name) => involvedIn(stack, name).comesBack === 'never');
  return [
    ...(never.length === 0
      ? []
      : [
          `The old value of ${never.join(', ')} does not work any more once the new one does: if something fails after that, what reads it stays stopped until it is mended.`,
        ]),
    ...acceptUnreadable.flatMap((name) => {
      const { unreadable } = involvedIn(stack, name);
      return unreadable === undefined || !names.includes(name) ? [] : [`Nobody can read any more: ${unreadable}.`];
    }),
  ];
}

/** How long they are away is measured when it happens; before, only the longest stop is known. */
function interruptionWords(stack: Stack, recreated: readonly string[]): string {
  if (recreated.length === 0) return 'Nothing that runs is interrupted.';
  const graces = recreated.flatMap((service) => {
    const grace = stack.services[service]?.stopGrace;
    return grace === undefined ? [] : [`${service} may take ${grace} to stop`];
  });
  const long = graces.length === 0 ? '' : ` (${graces.join(', ')})`;
  return `${recreated.join(', ')}: away from the stop to the start, some seconds each${long}; measured and printed at the end.`;
}
