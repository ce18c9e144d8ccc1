import { SetupError } from '../errors.ts';
import { adoptableFiles } from '../stack/design/adopt.ts';
import { DATABASE, engineVolume, type VolumePlan, volumeMark, volumesOf, withSchema } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import type { Snapshot } from './snapshot.ts';
import type { Adoption, Step } from './step.ts';

/** How long services may take to become healthy before the deploy says that they did not. */
export const READY_SECONDS = 180;

function lostVolumes(stack: Stack, { volumes, known, begun, filled }: Snapshot): readonly string[] {
  // A clone without a record finds a stack that is on the engine already: its data volumes are, too.
  const isElsewhere = known.size === 0 && begun.size === 0 && !filled?.size && volumes.size > 0;
  return volumesOf(stack)
    .filter(({ kind, volume }) => kind === 'data' && (isElsewhere || known.has(volume)) && !volumes.has(volume))
    .map(({ volume }) => engineVolume(stack, volume));
}

/** A volume that was there and is gone took positions with it; an empty one in its place must be a person's decision. */
function refuseLoss(stack: Stack, snapshot: Snapshot): void {
  const lost = lostVolumes(stack, snapshot);
  if (lost.length === 0) return;
  throw new SetupError('needs-you', `The data volume ${lost.join(', ')} is gone from this engine.`, {
    code: 'data-volume-lost',
    next: [
      'If the stack moved to another engine, restore the data there first.',
      'If it was deleted on purpose, start with empty data: trading-setup deploy --new-volumes',
    ],
  });
}

/** What the volume is filled with when it is made the first time; one that was lost starts as the person said: empty. */
function adoptionOf(stack: Stack, { kind, service, volume }: VolumePlan, { known }: Snapshot): Adoption | undefined {
  if (kind !== 'data' || known.has(volume)) return undefined;
  const { sqlite = {}, database } = stack.adopt ?? {};
  if (service === DATABASE) return database && { kind: 'database', ...database };
  const path = sqlite[service];
  const target = adoptableFiles(stack).find((each) => each.service === service);
  return path === undefined || !target ? undefined : { kind: 'sqlite', path, file: target.file };
}

function volumeStep(stack: Stack, plan: VolumePlan, snapshot: Snapshot, isEmpty: boolean): Step {
  const adopt = isEmpty ? undefined : adoptionOf(stack, plan, snapshot);
  return {
    kind: 'volume',
    plan,
    name: engineVolume(stack, plan.volume),
    mark: volumeMark(stack, plan.volume),
    ...(adopt ? { adopt } : {}),
    cause: snapshot.volumes.has(plan.volume) ? 'its making was interrupted' : 'it is missing',
  };
}

/** @param isEmpty the person said that lost volumes start empty: nothing old is brought back. */
function volumeSteps(stack: Stack, snapshot: Snapshot, isEmpty: boolean): readonly Step[] {
  const { volumes, begun } = snapshot;
  return volumesOf(stack)
    .filter(({ volume }) => !volumes.has(volume) || begun.has(volume))
    .map((plan) => volumeStep(stack, plan, snapshot, isEmpty));
}

function deliverStep(stack: Stack): readonly Step[] {
  const services = volumesOf(stack)
    .filter(({ kind }) => kind === 'secrets')
    .map(({ service }) => service);
  return services.length === 0 ? [] : [{ kind: 'deliver', services, cause: 'containers read them at their start' }];
}

/**
 * Which files are new is known when the images are built: the step asks, and does nothing where none is. One step for
 * all: nobody is stopped before each of them is known to succeed.
 */
function schemaSteps(stack: Stack): readonly Step[] {
  const services = withSchema(stack);
  if (services.length === 0) return [];
  const who = services.length === 1 ? services[0] : 'the service that they are for';
  return [
    { kind: 'schema', services, cause: `where SQL files are new, ${who} is stopped first: nobody else may write` },
  ];
}

/** A copy on which nothing has started is only as good as what it was made from: that may have gone on since. */
function filledSteps(stack: Stack, snapshot: Snapshot): readonly Step[] {
  return volumesOf(stack).flatMap((plan) => {
    const filledFrom = snapshot.volumes.has(plan.volume) ? snapshot.filled?.get(plan.volume) : undefined;
    const step = volumeStep(stack, plan, snapshot, false);
    if (filledFrom === undefined || step.kind !== 'volume' || step.adopt?.kind !== 'sqlite') return [];
    return [{ ...step, filledFrom, cause: 'nothing has started on it yet' }];
  });
}

export function planBuild(): readonly Step[] {
  return [{ kind: 'build', cause: 'asked for' }];
}

/** @throws SetupError `data-volume-lost` unless `newVolumes` accepts it. */
export function planPush(stack: Stack, snapshot: Snapshot, newVolumes = false): readonly Step[] {
  if (!newVolumes) refuseLoss(stack, snapshot);
  return [...volumeSteps(stack, snapshot, newVolumes), ...deliverStep(stack)];
}

/** Build first: until it has succeeded nothing that runs is touched. */
export function planDeploy(stack: Stack, snapshot: Snapshot, newVolumes = false): readonly Step[] {
  return [
    { kind: 'build', cause: 'the images follow the sources' },
    ...planPush(stack, snapshot, newVolumes),
    ...filledSteps(stack, snapshot),
    ...schemaSteps(stack),
    { kind: 'start', cause: 'what changed is recreated, the old one stopped first' },
    { kind: 'ready', seconds: READY_SECONDS, cause: 'started is not yet healthy' },
  ];
}

export function planDown(): readonly Step[] {
  return [{ kind: 'stop', cause: 'asked for' }];
}
