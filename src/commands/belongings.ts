import { detect } from '../detect/detect.ts';
import { withDeadline } from '../host/deadline.ts';
import type { SystemFacts } from '../host/facts.ts';
import { soughtIn } from '../host/sought.ts';
import { observeSystem, thisMachine } from '../host/system.ts';
import type { Stack } from '../stack/schema.ts';
import type { Runner } from '../system/run.ts';

/** Whoever waits for this is about to start or build something. */
const PATIENCE_MS = 20_000;

/**
 * What on this machine and its engine belongs to the repository, by its programs as they are now and by the stack's.
 * @throws SetupError where the engine does not answer in time.
 */
export async function observeBelongings(runner: Runner, dir: string, stack: Stack): Promise<SystemFacts> {
  const sought = soughtIn(await detect(dir));
  const ours = stack.build.binaries.map(({ bin }) => bin);
  const { runner: asked, problem } = withDeadline(runner, PATIENCE_MS);
  const system = await observeSystem(
    asked,
    { ...sought, binaries: [...new Set([...sought.binaries, ...ours])] },
    thisMachine(),
  );
  // What was not seen may trade.
  const unanswered = problem();
  if (unanswered) throw unanswered;
  const containers = system.running.containers.filter((container) => container.stack !== stack.id);
  return { ...system, running: { ...system.running, containers } };
}
