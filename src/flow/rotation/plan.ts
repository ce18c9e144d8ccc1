import type { PlannedStep } from '../../events/operation.ts';
import { involvedIn } from '../../secrets/check/subject.ts';
import { composeServices } from '../../stack/names.ts';
import type { Stack } from '../../stack/schema.ts';
import type { RotationPlan } from './types.ts';

/** What the operation says that it would do. */
export interface Preview {
  readonly steps: readonly PlannedStep[];
  readonly recreated: readonly string[];
  readonly warnings: readonly string[];
}

/** A plan with all that a person decides by. */
export function planOf(stack: Stack, names: readonly string[], { steps, recreated, warnings }: Preview): RotationPlan {
  return {
    steps,
    recreated,
    untouched: composeServices(stack).filter((service) => !recreated.includes(service)),
    before: names.flatMap((name) => involvedIn(stack, name).before),
    after: names.flatMap((name) => involvedIn(stack, name).after),
    interruption: interruptionWords(stack, recreated),
    warnings,
  };
}

/** Whether what failed could not be taken back. */
export function isFinal(stack: Stack, names: readonly string[], compromised: boolean): boolean {
  return compromised || names.some((name) => involvedIn(stack, name).comesBack === 'never');
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
