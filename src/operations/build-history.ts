import { dirname } from 'node:path';
import * as z from 'zod';
import type { BuildEvent } from '../events/build.ts';
import type { OperationEvent } from '../events/operation.ts';
import { now } from '../system/clock.ts';
import { ensurePrivateDir, readText, writeAtomic } from '../system/files.ts';
import { type BuildHistory, NO_HISTORY, watchBuild } from './estimate.ts';

const Time = z.number().nonnegative();
const Saved = z.object({
  version: z.literal(1),
  builds: z.array(Time),
  steps: z.record(
    z.string(),
    z.object({ ms: Time, marks: z.array(Time).optional(), units: Time.optional(), ran: z.array(z.boolean()) }),
  ),
});

/** The times of earlier builds; none where the file is absent, broken or of another version: they only inform. */
export async function readHistory(path: string): Promise<BuildHistory> {
  try {
    const { builds, steps } = Saved.parse(JSON.parse((await readText(path)) ?? ''));
    return { builds, steps };
  } catch {
    return NO_HISTORY;
  }
}

/** Remembers the times of builds. That they cannot be written is no reason for a build that went well to fail. */
export async function saveHistory(path: string, history: BuildHistory): Promise<void> {
  try {
    await ensurePrivateDir(dirname(path));
    await writeAtomic(path, `${JSON.stringify({ version: 1, ...history })}\n`, { mode: 0o600 });
  } catch {
    // A full or read-only disk: the next build says nothing of the time that is left.
  }
}

/** The events of a build together with how long it will still take, by the builds before it; it is remembered in turn. */
export async function* withEstimates(
  builds: AsyncIterable<readonly BuildEvent[]>,
  path: string,
): AsyncGenerator<OperationEvent, void> {
  const start = now();
  const watch = watchBuild(await readHistory(path), start);
  for await (const events of builds) {
    yield { type: 'build', events };
    const estimate = watch.see(events, now());
    if (estimate) yield { type: 'estimate', ...estimate };
  }
  await saveHistory(path, watch.remembered(now() - start));
}
