import type { StageState } from '../events/build-fold.ts';
import type { OperationEvent } from '../events/operation.ts';
import { foldOperation, NO_OPERATION, type OperationState, type StepState } from '../events/operation-fold.ts';
import { clean } from './words.ts';

interface Time {
  readonly from: number;
  readonly to?: number;
}

/** An operation and the times of its steps by our own clock: events carry none, and the engine's clock may differ. */
export interface Progress {
  readonly operation: OperationState;
  readonly steps: ReadonlyMap<string, Time>;
  /** When a stage was first seen at work. */
  readonly stages: ReadonlyMap<string, number>;
  /** The step that the build belongs to. */
  readonly buildStep?: string | undefined;
}

/** Before the first event. */
export const NO_PROGRESS: Progress = { operation: NO_OPERATION, steps: new Map(), stages: new Map() };

/** The next progress; `now` is when the event arrived. */
export function foldProgress(progress: Progress, event: OperationEvent, now: number): Progress {
  const operation = foldOperation(progress.operation, event);
  switch (event.type) {
    case 'step-started':
      return { ...progress, operation, steps: new Map(progress.steps).set(event.id, { from: now }) };
    case 'step-done':
    case 'step-failed': {
      const from = progress.steps.get(event.id)?.from ?? now;
      return { ...progress, operation, steps: new Map(progress.steps).set(event.id, { from, to: now }) };
    }
    case 'build': {
      const buildStep = progress.buildStep ?? operation.steps.find((step) => step.state === 'running')?.id;
      const stages = event.event.type === 'step' ? seen(progress.stages, operation.build.stages, now) : progress.stages;
      return { ...progress, operation, buildStep, stages };
    }
    case 'ended':
      return { ...progress, operation, steps: closed(progress.steps, now) };
    default:
      return { ...progress, operation };
  }
}

/** How long a step has taken; undefined before it started. */
export function stepTime(progress: Progress, step: StepState, now: number): number | undefined {
  const time = progress.steps.get(step.id);
  return time && (time.to ?? now) - time.from;
}

/** How long a stage has taken: by the engine's clock once it has ended, by ours until then. */
export function stageTime(progress: Progress, stage: StageState, now: number): number | undefined {
  if (stage.startedAt === undefined) return undefined;
  if (stage.endedAt !== undefined) return stage.endedAt - stage.startedAt;
  const from = progress.stages.get(stage.key);
  return from === undefined ? undefined : now - from;
}

/** An operation whose events stopped without an end did not succeed. */
export function outcomeOf(outcome: OperationState['outcome']): 'done' | 'failed' | 'cancelled' {
  return outcome === 'running' ? 'failed' : outcome;
}

/** `app build`, or the stage alone where there is one target only. */
export function stageName({ target, stage }: StageState): string {
  return target === undefined ? stage : `${target} ${stage}`;
}

/** Lines of a failed build that explain it: from the compiler's first error on, else the last ones. */
export function failureLines({ operation: { build } }: Progress, most: number): readonly string[] {
  const { failure } = build;
  if (!failure) return [];
  const lines = build.log
    .last(build.log.size)
    .filter(({ id }) => id === failure.id)
    .map(({ line }) => clean(line));
  const first = lines.findIndex((line) => /^error\b/.test(line));
  return first >= 0 ? lines.slice(first, first + most) : lines.slice(-most);
}

function seen(
  before: ReadonlyMap<string, number>,
  stages: readonly StageState[],
  now: number,
): ReadonlyMap<string, number> {
  const fresh = stages.filter(({ key, startedAt }) => startedAt !== undefined && !before.has(key));
  return fresh.length === 0 ? before : new Map([...before, ...fresh.map(({ key }) => [key, now] as const)]);
}

function closed(steps: ReadonlyMap<string, Time>, now: number): ReadonlyMap<string, Time> {
  return new Map([...steps].map(([id, time]) => [id, { to: now, ...time }]));
}
