import type { StageState } from '../events/build-fold.ts';
import type { OperationEvent } from '../events/operation.ts';
import type { StepState } from '../events/operation-fold.ts';
import type { Glyphs } from './glyphs.ts';
import { failureLines, type Progress, stageName, stageTime, stepTime } from './progress.ts';
import { duration } from './words.ts';

const MOST_FAILURE_LINES = 20;

/** A line of a report and the sign before it. */
export interface ReportLine {
  readonly sign: string;
  readonly text: string;
}

/** What an event adds to a report that is read from top to bottom: a line a step, a line a stage. */
export function newLines(
  before: Progress,
  after: Progress,
  event: OperationEvent,
  now: number,
  glyphs: Glyphs,
): readonly ReportLine[] {
  switch (event.type) {
    case 'step-done':
    case 'step-failed': {
      const step = after.operation.steps.find(({ id }) => id === event.id);
      return step ? [stepLine(after, step, now, glyphs)] : [];
    }
    case 'step-progress':
      return [{ sign: ' ', text: `  ${event.text}` }];
    case 'build':
      return event.event.type === 'step' ? stageLines(before, after, now, glyphs) : [];
    default:
      return [];
  }
}

/** What remains to be read when an operation is over: what failed and why, what is true now, what to do next. */
export function ending(progress: Progress): readonly string[] {
  const { operation } = progress;
  const failed = operation.steps.filter((step) => step.state === 'failed' && step.text !== '');
  // A failure that brings its own lines has the compiler's among them.
  const told = failed.some(({ text }) => text.includes('\n'));
  const log = operation.outcome === 'failed' && !told ? failureLines(progress, MOST_FAILURE_LINES) : [];
  return [
    ...(log.length === 0 ? [] : ['', ...log.map((line) => `  ${line}`)]),
    ...failed.flatMap(({ text }) => ['', ...text.split('\n').slice(0, MOST_FAILURE_LINES)]),
    '',
    operation.truth,
    ...operation.next.map((step) => `Next: ${step}`),
  ];
}

/** Every step with its time, then the ending: what stays in the scrollback after a full screen. */
export function summary(progress: Progress, now: number, glyphs: Glyphs): readonly string[] {
  const steps = progress.operation.steps.map((step) => stepLine(progress, step, now, glyphs));
  return [...steps.map(({ sign, text }) => `${sign} ${text}`), ...ending(progress)];
}

/** The sign of a state, for steps and stages alike. */
export function signOf(state: StepState['state'] | StageState['state'], glyphs: Glyphs): string {
  switch (state) {
    case 'done':
    case 'cached':
      return glyphs.done;
    case 'failed':
      return glyphs.failed;
    case 'running':
      return glyphs.current;
    default:
      return glyphs.waiting;
  }
}

function stepLine(progress: Progress, step: StepState, now: number, glyphs: Glyphs): ReportLine {
  const time = stepTime(progress, step, now);
  const how = step.state === 'skipped' ? 'not reached' : time === undefined ? '' : duration(time);
  return { sign: signOf(step.state, glyphs), text: `${step.title}  ${how}`.trimEnd() };
}

function stageLines(before: Progress, after: Progress, now: number, glyphs: Glyphs): readonly ReportLine[] {
  return after.operation.build.stages
    .filter((stage) => isOver(stage) && !isOver(before.operation.build.stages.find(({ key }) => key === stage.key)))
    .map((stage) => {
      const time = stageTime(after, stage, now);
      const how = stage.cached ? 'cached' : time === undefined ? '' : duration(time);
      return { sign: ' ', text: `  ${signOf(stage.state, glyphs)} ${stageName(stage)}  ${how}`.trimEnd() };
    });
}

function isOver(stage: StageState | undefined): boolean {
  return stage?.state === 'done' || stage?.state === 'cached' || stage?.state === 'failed';
}
