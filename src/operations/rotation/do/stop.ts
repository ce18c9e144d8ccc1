import { stopServices, type UpEvent } from '../../../engine/up.ts';
import type { OperationEvent } from '../../../events/operation.ts';
import { placeOf } from '../../place.ts';
import { watchDowntime } from '../downtime.ts';
import type { Session } from '../session.ts';
import type { StepOf } from '../steps.ts';

/** What Compose says, as progress of a step. */
export async function* tell(id: string, events: AsyncGenerator<UpEvent, void>): AsyncGenerator<OperationEvent, void> {
  for await (const event of events) yield { type: 'step-progress', id, text: `${event.id} ${event.status}` };
}

/** Begins to measure how long services are away, once. */
export function watchExchange({ bench, notes }: Pick<Session, 'bench' | 'notes'>): void {
  notes.downtime ??= watchDowntime(bench.runner, bench.stack.id);
}

/** Stops the readers. */
export async function* stop(
  { id, services }: Pick<StepOf<'stop'>, 'id' | 'services'>,
  session: Pick<Session, 'bench' | 'notes'>,
): AsyncGenerator<OperationEvent, void> {
  const { bench } = session;
  watchExchange(session);
  const call = { ...(await placeOf(bench)), services, signal: bench.signal };
  yield* tell(id, stopServices(bench.runner, call));
}
