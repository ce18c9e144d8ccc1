import { SetupError } from '../errors.ts';
import { type Board, isWell, type ServiceStatus } from '../events/board.ts';
import type { OperationEvent } from '../events/operation.ts';
import { watchBoard } from '../health/watch.ts';
import type { Stack } from '../stack/schema.ts';
import type { Runner } from '../system/run.ts';
import { summaryOf } from './summary.ts';

/** A container that came back this often during one start will not get well by waiting. */
const HOPELESS_RESTARTS = 3;

function isHopeless(service: ServiceStatus): boolean {
  if (isWell(service)) return false;
  if (service.health === 'unhealthy' || service.restarts >= HOPELESS_RESTARTS) return true;
  return service.state === 'exited' && service.exitCode !== 0;
}

function notReady(services: readonly ServiceStatus[], why: string): SetupError {
  const said = services.map(({ name, reason }) => `${name}: ${reason}`);
  const names = services.map(({ name }) => name).join(', ');
  return new SetupError('unhealthy', `${names}: ${why}.`, {
    code: 'not-healthy',
    output: said,
    next: services.slice(0, 1).map(({ name }) => `See why: docker compose logs ${name}`),
  });
}

/** Follows the board until every service is well. @throws SetupError `not-healthy` with each reason. */
export async function* waitUntilReady(
  runner: Runner,
  stack: Stack,
  { seconds, signal }: { readonly seconds: number; readonly signal: AbortSignal },
): AsyncGenerator<OperationEvent, void> {
  const limit = AbortSignal.timeout(seconds * 1000);
  let last: Board | undefined;
  for await (const board of watchBoard(runner, summaryOf(stack), AbortSignal.any([signal, limit]))) {
    last = board;
    yield { type: 'board', board };
    if (board.overall === 'healthy') return;
    const hopeless = board.services.filter(isHopeless);
    if (hopeless.length > 0) throw notReady(hopeless, 'not healthy');
  }
  if (signal.aborted) return;
  throw notReady(last?.services.filter((service) => !isWell(service)) ?? [], `not healthy within ${seconds} s`);
}
