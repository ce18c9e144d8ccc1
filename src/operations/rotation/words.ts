import type { PlannedStep } from '../../events/operation.ts';
import type { RotationStep, When } from './steps.ts';

/** `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  const [last = '', ...others] = names.toReversed();
  return others.length === 0 ? last : `${others.toReversed().join(', ')} and ${last}`;
}

const MANUAL: Readonly<Record<When, string>> = {
  before: 'Wait until a person has approved the new values',
  seen: 'Wait until the new values are seen to work',
  after: 'Wait until a person has ended the old values',
};

/** A step as a person reads it. */
export function titleOf(step: RotationStep): string {
  switch (step.kind) {
    case 'check':
      return 'Check the new values';
    case 'stage':
      return 'Keep the new values as pending';
    case 'stop':
      return `Stop ${listed(step.services)}`;
    case 'manual':
      return MANUAL[step.when];
    case 'reencrypt':
      return step.side === 'new' ? 'Encrypt the data with the new key' : 'Encrypt the data with the old key again';
    case 'deliver':
      return `Deliver the ${step.side} values to ${listed(step.services)}`;
    case 'alter':
      return `Tell the database the ${step.side} password`;
    case 'recreate':
      return `Recreate ${listed(step.services)}`;
    case 'ready':
      return `Wait until ${listed(step.services)} ${step.services.length === 1 ? 'is' : 'are'} healthy`;
    case 'prove':
      return `Prove that the ${step.side} values are in force`;
    case 'promote':
      return 'Make the new values the current ones';
    case 'discard':
      return 'Forget the new values';
    case 'confirm':
      return 'Forget the old values';
  }
}

export function describeStep(step: RotationStep): PlannedStep {
  return { id: step.id, title: titleOf(step), cause: step.cause };
}
