import type { BuildEvent } from './build.ts';
import { type LogLimits, type LogLine, LogRing } from './log-ring.ts';

type Step = Extract<BuildEvent, { type: 'step' }>;

/** One Dockerfile stage of one target, made of its steps. */
export interface StageState {
  /** `target stage`, unique. */
  readonly key: string;
  readonly target?: string;
  readonly stage: string;
  readonly state: Step['state'];
  readonly startedAt?: number;
  /** Absent while it is at work. */
  readonly endedAt?: number;
  /** All of it came from the cache. */
  readonly cached: boolean;
  readonly stepsDone: number;
  readonly stepsTotal: number;
  /** What is at work, without the place in brackets, e.g. `RUN cargo build`; empty when nothing is. */
  readonly current: string;
  /** cargo's count of the step that is at work, or that was the last to have one. */
  readonly units?: { readonly done: number; readonly total: number; readonly current: string };
}

/** A build as it is shown. */
export interface BuildState {
  /** In the order in which they were first named. */
  readonly stages: readonly StageState[];
  readonly steps: ReadonlyMap<string, Step>;
  readonly log: LogRing;
  /** The first step that failed by itself. */
  readonly failure?: { readonly id: string; readonly name: string; readonly error: string };
  readonly warnings: readonly string[];
}

/** How far a screen can scroll back: a build of some hundred crates prints a few thousand lines, a chatty one these. */
const LOG: LogLimits = { lines: 200_000, bytes: 16 * 1024 * 1024 };
const WARNINGS = 50;

/** Before the first event. */
export const NO_BUILD: BuildState = { stages: [], steps: new Map(), log: LogRing.empty(LOG), warnings: [] };

/** The next state. A log line costs the same however many there are; steps and stages are few. */
export function foldBuild(state: BuildState, event: BuildEvent): BuildState {
  switch (event.type) {
    case 'log':
      return { ...state, log: state.log.add({ id: event.id, line: event.line }) };
    case 'units':
      return onUnits(state, event);
    case 'step':
      return onStep(state, event);
    case 'warning':
      if (state.warnings.includes(event.message) || state.warnings.length >= WARNINGS) return state;
      return { ...state, warnings: [...state.warnings, event.message] };
  }
}

/** Several events at once, as they come from a build: lines in a row are added together. */
export function foldBuildAll(state: BuildState, events: Iterable<BuildEvent>): BuildState {
  let next = state;
  let lines: LogLine[] = [];
  const withLines = (): BuildState => (lines.length === 0 ? next : { ...next, log: next.log.addAll(lines) });
  for (const event of events) {
    if (event.type === 'log') {
      lines.push({ id: event.id, line: event.line });
      continue;
    }
    next = foldBuild(withLines(), event);
    lines = [];
  }
  return withLines();
}

/**
 * The other stages, by their keys, on whose steps a stage that does not run waits; empty where that is not known, and
 * where it could go on.
 */
export function waitsFor({ steps }: BuildState, { key }: StageState): readonly string[] {
  const others = [...steps.values()]
    .filter((step) => step.state === 'waiting' && keyOf(step) === key)
    .flatMap(({ inputs = [] }) => inputs.map((id) => steps.get(id)))
    .filter((input) => input?.state === 'waiting' || input?.state === 'running')
    .flatMap((input) => (input && keyOf(input)) ?? []);
  return [...new Set(others)].filter((other) => other !== key);
}

/** The stages in the order of the work: each behind those whose results it needs, else as they were first named. */
export function inOrder({ stages, steps }: BuildState): readonly StageState[] {
  const needs = new Map<string, Set<string>>();
  for (const step of steps.values()) {
    const key = keyOf(step);
    if (key === undefined) continue;
    const own = needs.get(key) ?? new Set();
    needs.set(key, own);
    for (const id of step.inputs ?? []) {
      const input = steps.get(id);
      const other = input && keyOf(input);
      if (other !== undefined && other !== key) own.add(other);
    }
  }
  const depths = new Map<string, number>();
  const depthOf = (key: string): number => {
    const known = depths.get(key);
    if (known !== undefined) return known;
    // Stages need each other in one direction only; should they not, this ends the round.
    depths.set(key, 0);
    const depth = Math.max(-1, ...[...(needs.get(key) ?? [])].map(depthOf)) + 1;
    depths.set(key, depth);
    return depth;
  };
  return stages.toSorted((one, other) => depthOf(one.key) - depthOf(other.key));
}

function onStep(state: BuildState, step: Step): BuildState {
  const steps = new Map(state.steps).set(step.id, step);
  const failure =
    state.failure ?? (step.state === 'failed' ? { id: step.id, name: step.name, error: step.error ?? '' } : undefined);
  const next = { ...state, steps, ...(failure === undefined ? {} : { failure }) };
  const key = keyOf(step);
  if (key === undefined || step.stage === undefined) return next;
  const own = [...steps.values()].filter((other) => keyOf(other) === key);
  const before = state.stages.find((stage) => stage.key === key);
  const stage = toStage(key, step, own, before?.units);
  return { ...next, stages: before ? state.stages.map((s) => (s === before ? stage : s)) : [...state.stages, stage] };
}

function onUnits(state: BuildState, { id, done, total, current }: Extract<BuildEvent, { type: 'units' }>): BuildState {
  const step = state.steps.get(id);
  const key = step && keyOf(step);
  if (key === undefined) return state;
  const units = { done, total, current };
  return { ...state, stages: state.stages.map((stage) => (stage.key === key ? { ...stage, units } : stage)) };
}

function keyOf({ target, stage }: Step): string | undefined {
  return stage === undefined ? undefined : `${target ?? ''} ${stage}`;
}

function toStage(
  key: string,
  { target, stage = '' }: Step,
  steps: readonly Step[],
  units: StageState['units'],
): StageState {
  const running = steps.find((step) => step.state === 'running');
  const state = stateOf(steps);
  const startedAt = least(steps.map((step) => step.startedAt));
  const endedAt = state === 'running' || state === 'waiting' ? undefined : most(steps.map((step) => step.endedAt));
  return {
    key,
    ...(target === undefined ? {} : { target }),
    stage,
    state,
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    cached: steps.every((step) => step.state === 'cached'),
    stepsDone: steps.filter((step) => step.state === 'done' || step.state === 'cached').length,
    stepsTotal: steps.length,
    current: running?.name.replace(/^\[[^\]]*\] /, '') ?? '',
    ...(units ? { units } : {}),
  };
}

function stateOf(steps: readonly Step[]): StageState['state'] {
  const has = (state: Step['state']) => steps.some((step) => step.state === state);
  for (const state of ['failed', 'cancelled', 'running', 'waiting'] as const) if (has(state)) return state;
  return has('done') ? 'done' : 'cached';
}

function least(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function most(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
