import type { PlannedStep } from '../../events/operation.ts';
import { involvedIn } from '../../secrets/check/subject.ts';
import { consumersOf, secretConsumers } from '../../secrets/consumers.ts';
import { MIGRATE } from '../../stack/names.ts';
import { mayRecreate } from '../may-recreate.ts';
import { DEPLOY_FIRST, reencryptFor, runningReaders } from './begin.ts';
import { disk } from './journal.ts';
import { forwardSteps, readersOf } from './plan.ts';
import { refuseImpossible, refuseUnfinished } from './refuse.ts';
import type { RotationBench, RotationRequest } from './types.ts';
import { describeStep, listed } from './words.ts';

/** A rotation before anybody has agreed to it. */
export interface Preview {
  readonly steps: readonly PlannedStep[];
  /** Services that will be away for a moment. */
  readonly recreated: readonly string[];
  /** What a person should know before they agree, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * What a rotation would do. Touches nothing and opens no store; the values may be placeholders.
 * @throws SetupError where it would be refused.
 */
export async function previewRotation(bench: RotationBench, request: RotationRequest): Promise<Preview> {
  const { stack } = bench;
  await refuseUnfinished(bench, disk);
  await refuseImpossible(bench, request);
  const names = [...request.values.keys()];
  const { running } = await runningReaders(bench, names);
  await mayRecreate(bench, running, DEPLOY_FIRST);
  const ran = readersOf(stack, names).filter((reader) => running.some(({ service }) => service === reader));
  const secrets = names.map((name) => ({ name, ...involvedIn(stack, name), oldPrint: '', newPrint: '' }));
  const steps = forwardSteps(stack, {
    secrets,
    compromised: request.compromised,
    ran,
    well: ran,
    revisions: Object.fromEntries(consumersOf(stack, names).map((service) => [service, { old: 0, new: 1 }])),
    reencrypt: reencryptFor(stack, secrets),
  });
  return { steps: steps.map(describeStep), recreated: ran, warnings: warningsOf(bench, request, ran) };
}

function warningsOf({ stack }: RotationBench, request: RotationRequest, ran: readonly string[]): readonly string[] {
  const names = [...request.values.keys()];
  const idle = readersOf(stack, names).filter((service) => !ran.includes(service));
  const ends = names.filter((name) => involvedIn(stack, name).comesBack === 'never');
  const lost = names.filter((name) => request.acceptUnreadable.includes(name) && involvedIn(stack, name).unreadable);
  const nobody = names.filter((name) => (secretConsumers(stack).get(name) ?? []).every((each) => each === MIGRATE));
  return [
    ...(idle.length === 0
      ? []
      : [`${listed(idle)} ${does(idle)} not run now, and ${gets(idle)} the new value at the next start.`]),
    ...(ends.length === 0
      ? []
      : [`The old value of ${listed(ends)} never comes back: if the new one fails, its readers stay stopped.`]),
    ...(request.compromised
      ? ['The old values never come back: if a new one fails, what reads it is stopped and stays so.']
      : []),
    ...lost.map((name) => `Becomes unreadable with another ${name}: ${involvedIn(stack, name).unreadable}.`),
    ...(nobody.length === 0 ? [] : [`No program of this stack reads ${listed(nobody)}.`]),
  ];
}

function does(services: readonly string[]): string {
  return services.length === 1 ? 'does' : 'do';
}

function gets(services: readonly string[]): string {
  return services.length === 1 ? 'gets' : 'get';
}
