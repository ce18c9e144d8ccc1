import type { PlannedStep } from '../../events/operation.ts';
import { involvedIn } from '../../secrets/check/subject.ts';
import { consumersOf } from '../../secrets/consumers.ts';
import { composeServices } from '../../stack/names.ts';
import type { Stack } from '../../stack/schema.ts';
import type { RotationPlan } from './types.ts';

/** What the operation says that it would do. */
export interface Preview {
  readonly steps: readonly PlannedStep[];
  readonly recreated: readonly string[];
  readonly warnings: readonly string[];
}

/** A plan with all that a person decides by; what two secrets have in common is said once. */
export function planOf(stack: Stack, names: readonly string[], { steps, recreated, warnings }: Preview): RotationPlan {
  const involved = [...new Set(names)].map((name) => involvedIn(stack, name));
  return {
    steps,
    recreated,
    untouched: composeServices(stack).filter((service) => !recreated.includes(service)),
    before: [...new Set(involved.flatMap(({ before }) => before))],
    after: [...new Set(involved.flatMap(({ after }) => after))],
    interruption: interruptionWords(stack, names, recreated),
    warnings,
  };
}

/** Whether what failed could not be taken back. */
export function isFinal(stack: Stack, names: readonly string[], compromised: boolean): boolean {
  return compromised || names.some((name) => involvedIn(stack, name).comesBack === 'never');
}

/** How long they are away is measured when it happens; before, only the longest stop and what is waited for is known. */
function interruptionWords(stack: Stack, names: readonly string[], recreated: readonly string[]): string {
  if (recreated.length === 0) return 'Nothing that runs is interrupted.';
  const awaited = names.filter((name) => {
    const { comesBack, before } = involvedIn(stack, name);
    return comesBack === 'never' && before.length > 0;
  });
  const held = recreated.filter((service) => consumersOf(stack, awaited).includes(service));
  const short = recreated.filter((service) => !held.includes(service));
  const graces = recreated.flatMap((service) => {
    const grace = stack.services[service]?.stopGrace;
    return grace === undefined ? [] : [`${service} may take ${grace} to stop.`];
  });
  return [
    ...(held.length === 0
      ? []
      : [
          `${held.join(', ')}: stopped before you approve the new value, and away until you have: as long as that takes.`,
        ]),
    ...(short.length === 0 ? [] : [`${short.join(', ')}: away from the stop to the start, some seconds each.`]),
    ...graces,
    'Measured, and printed at the end.',
  ].join(' ');
}
