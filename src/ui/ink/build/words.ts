import type { OperationState } from '../../../events/operation-fold.ts';
import type { Glyphs } from '../../glyphs.ts';
import { type Progress, timeLeft, workTime } from '../../progress.ts';
import { commandOf } from '../../report.ts';
import { duration } from '../../words.ts';

const DOING = {
  build: 'Building',
  deploy: 'Deploying',
  down: 'Stopping',
  push: 'Delivering the secrets of',
  rotate: 'Rotating secrets of',
  login: 'Logging in for',
} as const;
const DONE = {
  build: 'Built',
  deploy: 'Deployed',
  down: 'Stopped',
  push: 'Delivered the secrets of',
  rotate: 'Rotated secrets of',
  login: 'Logged in for',
} as const;

/** The first line: `Building algo-trade · 4m12s · about 2m left (last build 6m05s)`. */
export function headWords(progress: Progress, now: number, glyphs: Glyphs): readonly [title: string, rest: string] {
  const time = duration(workTime(progress, now));
  const parts = [time, timeLeft(progress, now)].filter((part) => part !== '');
  return [titleOf(progress.operation), parts.map((part) => ` ${glyphs.dot} ${part}`).join('')];
}

function titleOf({ operation, stack, outcome }: OperationState): string {
  if (operation === undefined) return 'Starting';
  const name = stack?.name ?? '';
  if (outcome === 'done') return `${DONE[operation]} ${name}`;
  return `${DOING[operation]} ${name}${outcome === 'running' ? '' : `: ${outcome}`}`;
}

/** What is said after Ctrl-C, and after each further one: what the end still waits for. */
export function cancelWords({ operation }: Progress, asked: number, glyphs: Glyphs): string {
  if (asked < 2) return `Cancelling${glyphs.more}`;
  const running = [...operation.build.steps.values()].find(({ state }) => state === 'running');
  const step = operation.steps.find(({ state }) => state === 'running');
  const what = running ? commandOf(running.name) : step?.title;
  if (what === undefined) return 'Still cancelling: the lock is given back.';
  return `Still cancelling: waiting until the engine has ended "${what}"`;
}
