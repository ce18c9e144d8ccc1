import type { Board } from '../../../events/board.ts';
import { isWell } from '../../../events/board.ts';
import { inOrder, type StageState, waitsFor } from '../../../events/build-fold.ts';
import type { StepState } from '../../../events/operation-fold.ts';
import { stateWord } from '../../board-text.ts';
import { type Progress, stageTime, stepTime } from '../../progress.ts';
import { commandOf, isTurn, proofStep } from '../../report.ts';
import { clean, duration, width, wrap } from '../../words.ts';

type State = StepState['state'] | StageState['state'];

/** One line of an operation, before paint. */
export interface WorkRow {
  readonly key: string;
  readonly depth: number;
  readonly state: State;
  readonly title: string;
  /** What it does at the moment, what it waits for, or why it is in the plan. */
  readonly doing: string;
  readonly units?: { readonly done: number; readonly total: number } | undefined;
  /** At the right end: a time, or `cached`. */
  readonly time: string;
  /** A sentence that takes the whole line: with a sign before it, or as more words of the line above. */
  readonly said?: 'signed' | 'more';
}

/** The width of a time at the end of a line. */
export const TIME = 8;
/** Titles are given so much at the most, and more on a wide screen; a longer one stands alone in its line. */
const TITLES = 36;

/** Columns of a line for its title and what it does: without indentation, sign and time. */
export function roomFor(depth: number, columns: number): number {
  return columns - 3 - depth * 2 - 2 - TIME - 1;
}

/** A width for titles of the same depth, so that what follows stands in one column. */
export function titleWidth(titles: readonly string[], columns: number): number {
  return Math.min(Math.max(TITLES, Math.floor(columns * 0.4)), Math.max(8, ...titles.map(width)));
}

/**
 * The steps of an operation, below the one that builds its stages, below one that starts the stack its services. A build
 * alone is its stages: they need no heading.
 */
export function workRows(progress: Progress, now: number, columns: number): readonly WorkRow[] {
  const { operation, steps, build, board } = progress.operation;
  if (operation === 'build' && build.stages.length > 0) return buildRows(progress, now, 0);
  const titles = titleWidth(
    steps.map(({ title }) => title),
    columns,
  );
  return steps.flatMap((step, at) => [
    ...(isTurn(progress.operation, at) ? turnRows(progress, columns) : []),
    ...stepRows(stepRow(progress, step, now), step, titles, columns),
    ...proofRows(progress, at, columns),
    ...(step.id === progress.buildStep ? buildRows(progress, now, 1) : []),
    ...(board && step.state === 'running' && step.id !== progress.buildStep ? serviceRows(board) : []),
  ]);
}

function turnRows({ operation }: Progress, columns: number): readonly WorkRow[] {
  return saidRows({ key: 'turn', depth: 0, state: 'cancelled' }, `Going back: ${operation.undoing ?? ''}`, columns);
}

/** A sentence in as many lines as it needs. */
function saidRows(
  row: Pick<WorkRow, 'key' | 'depth' | 'state'>,
  text: string,
  columns: number,
  first: WorkRow['said'] & string = 'signed',
): readonly WorkRow[] {
  return wrap(clean(text), columns - 4 - row.depth * 2).map((title, at) => ({
    ...row,
    key: `${row.key} ${at}`,
    title,
    doing: '',
    time: '',
    said: at === 0 ? first : 'more',
  }));
}

/** What a step that is over has said stands beside its title where it fits, else below it, whole. */
function stepRows(row: WorkRow, { text }: StepState, titles: number, columns: number): readonly WorkRow[] {
  const isOver = row.state === 'done' || row.state === 'failed' || row.state === 'left';
  const lines = row.state === 'done' ? text.split('\n') : text.split('\n').slice(0, 1);
  const isBeside = width(row.title) <= titles && width(row.doing) < roomFor(0, columns) - titles && lines.length < 2;
  if (!isOver || isBeside) return [row];
  const below = { key: `said ${row.key}`, depth: 1, state: row.state };
  return [
    { ...row, doing: '' },
    ...lines.flatMap((line, at) => saidRows({ ...below, key: `${below.key} ${at}` }, line, columns, 'more')),
  ];
}

/** What a step has proven, or has not. */
function proofRows({ operation }: Progress, at: number, columns: number): readonly WorkRow[] {
  return operation.proofs
    .filter((proof) => proofStep(operation, proof) === at)
    .flatMap(({ text, good }, index) =>
      saidRows({ key: `proof ${at} ${index}`, depth: 1, state: good ? 'done' : 'failed' }, text, columns),
    );
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
    key: step.undoes ? `back ${step.id}` : step.id,
    depth: 0,
    state: step.state,
    title: step.title,
    doing: clean(step.text.split('\n')[0] || (step.state === 'waiting' ? step.cause : '')),
    time: time === undefined ? '' : duration(time),
  };
}

/** The stages, those of each image together where there are several; an image that is done takes one line. */
function buildRows(progress: Progress, now: number, depth: number): readonly WorkRow[] {
  const stages = inOrder(progress.operation.build);
  const targets = new Set(stages.map(({ target }) => target));
  if (targets.size < 2) return stages.map((stage) => stageRow(progress, stage, now, depth));
  return [...targets].flatMap((target) => {
    const own = stages.filter((stage) => stage.target === target);
    const image = imageRow(progress, target ?? '', own, now, depth);
    if (image.state === 'done' || image.state === 'cached') return [image];
    return [image, ...own.map((stage) => stageRow(progress, stage, now, depth + 1))];
  });
}

function imageRow(
  progress: Progress,
  target: string,
  stages: readonly StageState[],
  now: number,
  depth: number,
): WorkRow {
  const has = (state: State): boolean => stages.some((stage) => stage.state === state);
  const over = stages.every(({ state }) => state === 'done' || state === 'cached');
  const state = has('failed') ? 'failed' : has('running') ? 'running' : over ? 'done' : 'waiting';
  const cached = stages.every((stage) => stage.cached);
  const times = stages.map((stage) => stageTime(progress, stage, now) ?? 0);
  return {
    key: `image ${target}`,
    depth,
    state,
    title: target,
    doing: '',
    // One after the other: what an image needs of another is that one's work.
    time: cached ? 'cached' : over ? duration(times.reduce((sum, time) => sum + time, 0)) : '',
  };
}

function stageRow(progress: Progress, stage: StageState, now: number, depth: number): WorkRow {
  // One that waits in the middle of its work has begun long ago.
  const time = stage.state === 'waiting' ? undefined : stageTime(progress, stage, now);
  return {
    key: stage.key,
    depth,
    state: stage.state,
    title: stage.stage,
    doing: doingOf(progress, stage),
    units: !stage.cached && (stage.state === 'running' || stage.state === 'done') ? stage.units : undefined,
    time: stage.cached ? 'cached' : time === undefined ? '' : duration(time),
  };
}

function doingOf(progress: Progress, stage: StageState): string {
  const { state, units } = stage;
  const { failure, steps } = progress.operation.build;
  if (state === 'waiting') return waitWords(progress, stage);
  if (state === 'failed') return failure && steps.get(failure.id)?.stage === stage.stage ? commandOf(failure.name) : '';
  if (state === 'running') return units?.current ? clean(units.current) : commandOf(stage.current);
  return units && !stage.cached ? `${units.done} of ${units.total} crates` : '';
}

/** `waits for build`, with the image where it is another's. */
function waitWords({ operation }: Progress, stage: StageState): string {
  const { build } = operation;
  const names = waitsFor(build, stage).map((key) => {
    const other = build.stages.find((each) => each.key === key);
    return other && other.target !== stage.target
      ? `${other.target ?? ''} ${other.stage}`.trim()
      : (other?.stage ?? '');
  });
  return names.length === 0 ? '' : `waits for ${names.join(' and ')}`;
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
