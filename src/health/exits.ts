import { pastEvents } from '../engine/events.ts';
import type { ObservedStack } from '../engine/observe.ts';
import type { Runner } from '../system/run.ts';

/** The longest pause that the engine makes between two starts is a minute. */
const LOOK_BACK_S = 150;

/**
 * With which code the start before this one ended, by container, for a single look at the stack: the engine forgets it
 * when it starts the container again. It is asked only where something was restarted.
 */
export async function recentExits(
  runner: Pick<Runner, 'run'>,
  { project, containers }: ObservedStack,
  now: number,
): Promise<ReadonlyMap<string, number>> {
  const isBack = containers.some(({ state, restartCount }) => state === 'running' && restartCount > 0);
  if (!isBack) return new Map();
  const events = await pastEvents(runner, project, now / 1000 - LOOK_BACK_S, now / 1000);
  return new Map(events.flatMap(({ container, exitCode }) => (exitCode === undefined ? [] : [[container, exitCode]])));
}
