import type { OperationEvent } from '../../../events/operation.ts';
import { READY_SECONDS } from '../../plan.ts';
import { waitUntilReady } from '../../ready.ts';
import type { Session } from '../session.ts';
import type { StepOf } from '../steps.ts';

/** Waits until the readers are healthy, and tells how long each was away. */
export async function* ready(
  { services }: StepOf<'ready'>,
  { bench, notes }: Session,
): AsyncGenerator<OperationEvent, void> {
  yield* waitUntilReady(bench.runner, bench.stack, { seconds: READY_SECONDS, signal: bench.signal, services });
  for (const downtime of (await notes.downtime?.of(services)) ?? []) yield { type: 'downtime', ...downtime };
  await notes.downtime?.stop();
  delete notes.downtime;
}
