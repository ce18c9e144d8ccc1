import { detect } from '../detect/detect.ts';
import type { SystemFacts } from '../host/facts.ts';
import { soughtIn } from '../host/sought.ts';
import { observeSystem, thisMachine } from '../host/system.ts';
import type { Stack } from '../stack/schema.ts';
import type { Runner } from '../system/run.ts';

/** What on this machine and its engine belongs to the repository, by its programs as they are now and by the stack's. */
export async function observeBelongings(runner: Runner, dir: string, stack: Stack): Promise<SystemFacts> {
  const sought = soughtIn(await detect(dir));
  const ours = stack.build.binaries.map(({ bin }) => bin);
  const system = await observeSystem(
    runner,
    { ...sought, binaries: [...new Set([...sought.binaries, ...ours])] },
    thisMachine(),
  );
  const containers = system.running.containers.filter((container) => container.stack !== stack.id);
  return { ...system, running: { ...system.running, containers } };
}
