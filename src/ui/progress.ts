import type { StageState } from '../events/build-fold.ts';
import type { OperationEvent } from '../events/operation.ts';
import { foldOperation, NO_OPERATION, type OperationState, type StepState } from '../events/operation-fold.ts';
import { clean, duration } from './words.ts';

interface Time {
  readonly from: number;
  readonly to?: number;
}

/** An operation and the times of its steps by our own clock: events carry none, and the engine's clock may differ. */
export interface Progress {
  readonly operation: OperationState;
  /** When the first event came, and the last. */
  readonly time?: Time | undefined;
  /** When the build at work will probably have ended, and how long the last one took. */
  readonly estimate?: { readonly endsAt: number; readonly lastMs: number } | undefined;
  readonly steps: ReadonlyMap<string, Time>;
  /** When a stage was first seen at work. */
  readonly stages: ReadonlyMap<string, number>;
  /** The step that the build belongs to. */
  readonly buildStep?: string | undefined;
}

/** How a compiler's error begins. */
const ERROR = /^error\b/m;
/** Lines that are read at a time from a compiler's first error on. */
const PORTION = 512;

/** Before the first event. */
export const NO_PROGRESS: Progress = { operation: NO_OPERATION, steps: new Map(), stages: new Map() };

/** The next progress; `now` is when the event arrived. */
export function foldProgress(before: Progress, event: OperationEvent, now: number): Progress {
  const progress = before.time ? before : { ...before, time: { from: now } };
  const operation = foldOperation(progress.operation, event);
  switch (event.type) {
    case 'step-started':
      return { ...progress, operation, steps: new Map(progress.steps).set(event.id, { from: now }) };
    case 'step-done':
    case 'step-failed': {
      const from = progress.steps.get(event.id)?.from ?? now;
      const estimate = event.id === progress.buildStep ? undefined : progress.estimate;
      return { ...progress, operation, estimate, steps: new Map(progress.steps).set(event.id, { from, to: now }) };
    }
    case 'build': {
      const buildStep = progress.buildStep ?? operation.steps.find((step) => step.state === 'running')?.id;
      const stages = event.events.some(({ type }) => type === 'step')
        ? seen(progress.stages, operation.build.stages, now)
        : progress.stages;
      return { ...progress, operation, buildStep, stages };
    }
    case 'estimate':
      return { ...progress, operation, estimate: estimateOf(event, now) };
    case 'ended':
      return {
        ...progress,
        operation,
        time: { from: progress.time?.from ?? now, to: now },
        estimate: undefined,
        steps: closed(progress.steps, now),
      };
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
  return from === undefined ? undefined : (progress.time?.to ?? now) - from;
}

/** How long the operation has been at work, or was. */
export function workTime({ time }: Progress, now: number): number {
  return time === undefined ? 0 : (time.to ?? now) - time.from;
}

/** What is left of the build, coarsely: `about 2m left (last build 6m05s)`; empty where it is not known. */
export function timeLeft(progress: Progress, now: number): string {
  const { estimate } = progress;
  if (!estimate || progress.operation.outcome !== 'running') return '';
  const left = estimate.endsAt - now;
  const last = duration(estimate.lastMs);
  if (left <= 0 && workTime(progress, now) > estimate.lastMs) return `longer than the last build (${last})`;
  return `${leftWords(left)} (last build ${last})`;
}

function leftWords(ms: number): string {
  if (ms >= 57_000) return `about ${Math.max(1, Math.round(ms / 60_000))}m left`;
  return ms > 10_000 ? `about ${Math.ceil(ms / 10_000) * 10}s left` : 'a few seconds left';
}

/** An operation whose events stopped without an end did not succeed. */
export function outcomeOf(outcome: OperationState['outcome']): 'done' | 'failed' | 'cancelled' {
  return outcome === 'running' ? 'failed' : outcome;
}

/** `app build`, or the stage alone where there is one target only. */
export function stageName({ target, stage }: Pick<StageState, 'target' | 'stage'>): string {
  return target === undefined ? stage : `${target} ${stage}`;
}

/** Lines of a failed build that explain it: from the compiler's first error on, else the last ones. */
export function failureLines({ operation: { build } }: Progress, most: number): readonly string[] {
  const { failure } = build;
  if (!failure) return [];
  const { log } = build;
  const ofIt = (from: number, to: number) =>
    log
      .slice(from, to)
      .flatMap(({ id, line }, at) => (id === failure.id ? [{ at: from + at, line: clean(line) }] : []));
  let tail: readonly string[] = [];
  let first: number | undefined;
  // Backwards, a block at a time: a long log unpacked at once takes 40 MB, at the worst moment.
  for (let before = log.end; before > log.first; ) {
    const { from, hits } = log.findBefore(before, (text) => ERROR.test(text));
    if (tail.length < most || hits.length > 0) {
      const lines = ofIt(from, before);
      tail = [...lines.map(({ line }) => line), ...tail].slice(-most);
      first = lines.find(({ line }) => ERROR.test(line))?.at ?? first;
    }
    before = from;
  }
  if (first === undefined) return tail;
  const lines: string[] = [];
  for (let from = first; from < log.end && lines.length < most; from += PORTION)
    lines.push(...ofIt(from, from + PORTION).map(({ line }) => line));
  return lines.slice(0, most);
}

function estimateOf(
  { leftMs, lastMs }: Extract<OperationEvent, { type: 'estimate' }>,
  now: number,
): Progress['estimate'] {
  return leftMs === null ? undefined : { endsAt: now + leftMs, lastMs };
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
