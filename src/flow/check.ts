import { compareAll, planWrites } from '../artifacts/plan.ts';
import { readDisk } from '../artifacts/read-disk.ts';
import { render } from '../artifacts/render.ts';
import { detect } from '../detect/detect.ts';
import type { RepoFacts } from '../detect/facts.ts';
import { chooseMode } from '../stack/design/mode.ts';
import { type Difference, evolved } from '../stack/evolved.ts';
import type { Stack } from '../stack/schema.ts';
import { refuseErrors } from './refuse.ts';
import { requireStack } from './repository.ts';
import type { FileChange } from './types.ts';

/** What a run of `init` would find. */
export interface Checked {
  readonly changes: readonly FileChange[];
  /** Files whose bytes a run would change, those of `.trading-setup/base/` too. */
  readonly stale: readonly string[];
  /** How the repository differs from the saved stack. */
  readonly differences: readonly Difference[];
}

/**
 * What `init` would write now; nothing is written. Asks neither the engine nor a store.
 * @throws SetupError exit 2 for an invalid trading-setup.yaml, 4 where there is none.
 */
export async function checkSetup(dir: string, version: string): Promise<Checked> {
  const saved = await requireStack(dir);
  const facts = await detect(dir);
  const stack = asWritten(facts, { ...saved, writtenBy: version });
  refuseErrors(stack);
  const artifacts = render(stack);
  const disk = await readDisk(dir, artifacts);
  const changes = compareAll(artifacts, disk);
  const { writes } = planWrites(artifacts, disk);
  const open = changes.filter(({ action }) => action === 'conflict').map(({ path }) => path);
  const written = writes.map(({ path, text, remove }) =>
    text === undefined && !remove ? `.trading-setup/base/${path}` : path,
  );
  return { changes, stale: [...open, ...written], differences: evolved(saved, facts) };
}

/** Paper is believed on evidence only, which may be gone; live stays live. */
function asWritten(facts: RepoFacts, stack: Stack): Stack {
  return stack.mode === 'live' ? stack : { ...stack, mode: chooseMode(facts, stack).mode };
}
