import type { Board } from '../../../events/board.ts';
import { isWell } from '../../../events/board.ts';
import type { StageState } from '../../../events/build-fold.ts';
import type { StepState } from '../../../events/operation-fold.ts';
import { stateWord } from '../../board-text.ts';
import { type Progress, stageName, stageTime, stepTime } from '../../progress.ts';
import { clean, duration } from '../../words.ts';

type State = StepState['state'] | StageState['state'];

/** One line of an operation, before paint. */
export interface WorkRow {
  readonly key: string;
  readonly depth: 0 | 1;
  readonly state: State;
  readonly title: string;
  /** What it does at the moment, or why it is in the plan. */
  readonly doing: string;
  readonly units?: { readonly done: number; readonly total: number } | undefined;
  /** At the right end: a time, or `cached`. */
  readonly time: string;
}

/** The steps of an operation, below the one that builds its stages, below one that starts the stack its services. */
export function workRows(progress: Progress, now: number): readonly WorkRow[] {
  const { steps, build, board } = progress.operation;
  return steps.flatMap((step) => [
    stepRow(progress, step, now),
    ...(step.id === progress.buildStep ? build.stages.map((stage) => stageRow(progress, stage, now)) : []),
    ...(board && step.state === 'running' && step.id !== progress.buildStep ? serviceRows(board) : []),
  ]);
}

/** The line that must stay in sight: the deepest at work, else the first that waits. */
export function focusOf(rows: readonly WorkRow[]): number {
  const running = rows.findLastIndex(({ state }) => state === 'running' || state === 'failed');
  return running >= 0
    ? running
    : Math.max(
        0,
        rows.findIndex(({ state }) => state === 'waiting'),
      );
}

function stepRow(progress: Progress, step: StepState, now: number): WorkRow {
  const time = stepTime(progress, step, now);
  return {
    key: step.id,
    depth: 0,
    state: step.state,
    title: step.title,
    doing: clean(step.text.split('\n')[0] || (step.state === 'waiting' ? step.cause : '')),
    time: time === undefined ? '' : duration(time),
  };
}

function stageRow(progress: Progress, stage: StageState, now: number): WorkRow {
  const time = stageTime(progress, stage, now);
  return {
    key: stage.key,
    depth: 1,
    state: stage.state,
    title: stageName(stage),
    doing: stage.state === 'running' ? clean(stage.current) : '',
    units: stage.state === 'running' ? stage.units : undefined,
    time: stage.cached ? 'cached' : time === undefined ? '' : duration(time),
  };
}

function serviceRows({ services }: Board): readonly WorkRow[] {
  return services.map((service) => ({
    key: `service ${service.name}`,
    depth: 1,
    state: isWell(service)
      ? 'done'
      : service.health === 'unhealthy' || service.state === 'exited'
        ? 'failed'
        : 'running',
    title: service.name,
    doing: isWell(service) ? stateWord(service) : clean(service.reason || stateWord(service)),
    time: '',
  }));
}
