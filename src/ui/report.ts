import type { BuildEvent } from '../events/build.ts';
import type { StageState } from '../events/build-fold.ts';
import type { OperationEvent } from '../events/operation.ts';
import type { Downtime, OperationState, Proof, StepState } from '../events/operation-fold.ts';
import type { Glyphs } from './glyphs.ts';
import { failureLines, foldProgress, NO_PROGRESS, type Progress, stageName, stepTime, timeLeft } from './progress.ts';
import { clean, cut, duration, printable } from './words.ts';

const MOST_FAILURE_LINES = 20;
/** A build step's own text in a line of a report: enough to know it again. */
const COMMAND = 60;
/** How often the count of a build at work is told where nothing can move. */
const COUNT_MS = 10_000;

/** A line of a report and the sign before it. */
export interface ReportLine {
  readonly sign: string;
  readonly text: string;
}

/** An operation told in lines from top to bottom: one for each step of it and for each step of a build. */
export interface Report {
  readonly progress: () => Progress;
  /** The lines that an event adds. */
  see(event: OperationEvent): readonly ReportLine[];
}

/** @param counts how far a build is gets a line now and then: for where nothing moves. */
export function report(glyphs: Glyphs, now: () => number, { counts }: { readonly counts: boolean }): Report {
  let progress = NO_PROGRESS;
  let countedAt = now();
  let headed: string | undefined;
  /** What a step tells while it is at work stands below its title. */
  const below = (lines: readonly ReportLine[], event: OperationEvent): readonly ReportLine[] => {
    if (event.type !== 'proof' && event.type !== 'step-progress') return lines;
    const step = progress.operation.steps.findLast(({ id }) => id === event.id);
    if (!step || headed === event.id) return lines;
    headed = event.id;
    return [{ sign: glyphs.current, text: printable(step.title) }, ...lines];
  };
  return {
    progress: () => progress,
    see(event) {
      const before = progress;
      const time = now();
      progress = foldProgress(before, event, time);
      const lines = below(newLines(before, progress, event, time, glyphs), event);
      if (!counts || event.type !== 'build' || time - countedAt < COUNT_MS) return lines;
      const count = countLines(progress, time);
      if (count.length > 0) countedAt = time;
      return [...lines, ...count];
    },
  };
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
    ...downtimeTable(operation.downtimes),
    '',
    operation.truth,
    ...operation.next.map((step) => `Next: ${step}`),
  ].map(printable);
}

/** Every step with its time, then the ending: what stays in the scrollback after a full screen. */
export function summary(progress: Progress, now: number, glyphs: Glyphs): readonly string[] {
  const { operation } = progress;
  const steps = operation.steps.flatMap((step, at) => [
    ...(isTurn(operation, at) ? [undoingLine(operation.undoing ?? '', glyphs)] : []),
    stepLine(progress, step, now, glyphs),
    ...operation.proofs.filter((proof) => proofStep(operation, proof) === at).map((proof) => proofLine(proof, glyphs)),
  ]);
  return [...steps.map(({ sign, text }) => `${sign} ${text}`), ...ending(progress)];
}

/** Whether the steps that take back begin here. */
export function isTurn({ steps }: OperationState, at: number): boolean {
  return steps[at]?.undoes === true && steps[at - 1]?.undoes !== true;
}

/** The step that a proof belongs to: the last one of that name, for it can be done again while it is taken back. */
export function proofStep({ steps }: OperationState, { id }: Proof): number {
  return steps.findLastIndex((step) => step.id === id);
}

/** How long each service was away, in columns; empty where none was. */
export function downtimeTable(downtimes: readonly Downtime[]): readonly string[] {
  if (downtimes.length === 0) return [];
  const names = Math.max('Interrupted'.length, ...downtimes.map(({ service }) => service.length));
  const row = (name: string, away: string, well: string): string =>
    `${name.padEnd(names)}  ${away.padStart(6)}  ${well.padStart(11)}`;
  return [
    '',
    row('Interrupted', 'away', 'until well'),
    ...downtimes.map(({ service, downMs, wellMs }) => row(service, seconds(downMs), seconds(wellMs))),
  ];
}

/** An interruption is judged by its tenths. */
function seconds(ms: number): string {
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)}s` : duration(ms);
}

function proofLine({ good, text }: Proof, glyphs: Glyphs): ReportLine {
  return { sign: ' ', text: printable(`  ${good ? glyphs.done : glyphs.failed} ${text}`) };
}

function undoingLine(why: string, glyphs: Glyphs): ReportLine {
  return { sign: glyphs.open, text: printable(`Going back: ${why}`) };
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
    case 'left':
      return glyphs.left;
    default:
      return glyphs.waiting;
  }
}

function newLines(
  before: Progress,
  after: Progress,
  event: OperationEvent,
  now: number,
  glyphs: Glyphs,
): readonly ReportLine[] {
  switch (event.type) {
    case 'step-done':
    case 'step-failed': {
      // The one that takes back may have the name of the one that did.
      const step = after.operation.steps.findLast(({ id }) => id === event.id);
      return step ? [stepLine(after, step, now, glyphs)] : [];
    }
    case 'step-progress':
      return event.text.split('\n').map((line) => ({ sign: ' ', text: `  ${printable(line)}` }));
    case 'build':
      return buildLines(before, event.events, glyphs);
    case 'proof':
      return [proofLine(event, glyphs)];
    case 'undoing':
      return [undoingLine(event.why, glyphs)];
    case 'manual':
      return [
        { sign: glyphs.open, text: 'This is for you to do:' },
        ...event.items.map((item) => ({ sign: ' ', text: printable(`  [ ] ${item}`) })),
        ...(event.checked === undefined ? [] : [{ sign: ' ', text: printable(`  Looked for: ${event.checked}`) }]),
      ];
    default:
      return [];
  }
}

const HOW: Partial<Readonly<Record<StepState['state'], string>>> = { skipped: 'not reached', left: 'left for later' };

function stepLine(progress: Progress, step: StepState, now: number, glyphs: Glyphs): ReportLine {
  const time = stepTime(progress, step, now);
  const how = HOW[step.state] ?? (time === undefined ? '' : duration(time));
  return { sign: signOf(step.state, glyphs), text: printable(`${step.title}  ${how}`.trimEnd()) };
}

type BuildStep = Extract<BuildEvent, { type: 'step' }>;

/** A line for each step of a Dockerfile that ended, once: the engine tells some of them again. */
function buildLines(before: Progress, events: readonly BuildEvent[], glyphs: Glyphs): readonly ReportLine[] {
  const { steps } = before.operation.build;
  const over = new Map<string, BuildStep>();
  for (const event of events) {
    if (event.type === 'step' && event.stage !== undefined && isOver(event) && !isOver(steps.get(event.id)))
      over.set(event.id, event);
  }
  return [...over.values()].map((step) => ({ sign: ' ', text: `  ${buildLine(step, glyphs)}` }));
}

function buildLine(step: BuildStep, glyphs: Glyphs): string {
  const { state, stage = '', startedAt, endedAt } = step;
  const place = stageName({ stage, ...(step.target === undefined ? {} : { target: step.target }) });
  const command = cut(commandOf(step.name), COMMAND, glyphs.more);
  const time = startedAt === undefined || endedAt === undefined ? '' : duration(endedAt - startedAt);
  return `${signOf(state, glyphs)} ${place}  ${command}  ${state === 'cached' ? 'cached' : time}`.trimEnd();
}

function isOver(step: BuildStep | undefined): boolean {
  return step?.state === 'done' || step?.state === 'cached' || step?.state === 'failed';
}

/**
 * What a build step does, in one line, without its place in brackets, the mounts that come before its command, and what
 * our own script does before and behind the compiler.
 */
export function commandOf(name: string): string {
  const words = name.replace(/^\[[^\]]*\] /, '').replace(/\s+/g, ' ');
  const command = words.replace(/^(RUN) (?:--\w+=\S+ )+/, '$1 ');
  return clean(command.replace(/^(RUN) .*\/build\.sh compile (.*?)(?: && .*)?$/, '$1 $2'));
}

function countLines(progress: Progress, now: number): readonly ReportLine[] {
  const stages = progress.operation.build.stages.filter(({ state, units }) => state === 'running' && units);
  const left = timeLeft(progress, now);
  return stages.map((stage) => {
    const count = stage.units ? `${stage.units.done} of ${stage.units.total} crates` : '';
    return { sign: ' ', text: `    ${stageName(stage)}: ${count}${left === '' ? '' : `, ${left}`}` };
  });
}
