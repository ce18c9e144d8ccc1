import type { BuildEvent } from '../events/build.ts';
import { keepHeapSmall } from '../system/memory.ts';
import type { Runner } from '../system/run.ts';
import { failureNotes } from './build-failure.ts';
import { buildDecoder } from './build-stream.ts';
import { composeBuild, type Place } from './commands.ts';
import { cancelled, dockerMissing } from './errors.ts';

/** What a build that went well did. */
export interface BuildOutcome {
  readonly steps: number;
  /** Steps that were taken from the cache. */
  readonly cached: number;
}

/**
 * Builds the images of the stack in `dir` through Compose: events as they come, those that came together at once.
 * @throws SetupError when the build fails.
 */
export async function* build(
  runner: Pick<Runner, 'stream'>,
  { services, signal, ...place }: Place & { readonly services?: readonly string[]; readonly signal?: AbortSignal },
): AsyncGenerator<readonly BuildEvent[], BuildOutcome> {
  // Somebody listens: what shows the build is loaded.
  keepHeapSmall();
  const decoder = buildDecoder();
  const notes = failureNotes();
  const steps = new Map<string, boolean>();

  function seen(events: readonly BuildEvent[]): readonly BuildEvent[] {
    for (const event of events) {
      notes.see(event);
      if (event.type === 'step') steps.set(event.id, event.state === 'cached');
    }
    return events;
  }

  const lines = runner.stream(composeBuild(place, services), signal ? { signal } : {});
  let exitCode = 0;
  try {
    for (;;) {
      const next = await lines.next();
      if (next.done) {
        exitCode = next.value;
        break;
      }
      const events: BuildEvent[] = [];
      for (const { text } of next.value) for (const event of decoder.feed(text)) events.push(event);
      if (events.length > 0) yield seen(events);
    }
  } finally {
    // Whoever stops listening ends the build.
    await lines.return(-1);
  }
  const rest = decoder.end();
  if (rest.length > 0) yield seen(rest);
  // Compose says 130 when it was interrupted, 128 + signal when it was killed.
  if (signal?.aborted) throw cancelled('the build');
  if (exitCode === -1) throw dockerMissing();
  if (exitCode !== 0) throw notes.toError(decoder.trailer());
  return { steps: steps.size, cached: [...steps.values()].filter(Boolean).length };
}
