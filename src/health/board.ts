import type { ObservedContainer, ObservedStack } from '../engine/observe.ts';
import { type Board, isWell, overall, type ServiceState, type ServiceStatus } from '../events/board.ts';
import { redact } from '../secret.ts';
import { reasonFor, waitsFor } from './reason.ts';

/** What of a stack the board needs. */
export interface StackSummary {
  readonly id: string;
  readonly name: string;
  readonly mode: 'paper' | 'live';
  readonly services: readonly SummaryService[];
}

export interface SummaryService {
  readonly name: string;
  /** What its health check proves, e.g. `GET /api/bots answers`. */
  readonly probe: string;
  readonly oneShot: boolean;
}

/** Compose creates all containers of a stack before it starts them. */
const FRESH_MS = 30_000;

/**
 * The board of a stack, from one look at the engine; `now` is the time of that look. `exits`: exit codes of earlier
 * starts by container, where somebody listened; the engine forgets one when it starts the container again.
 */
export function toBoard(
  stack: StackSummary,
  { containers }: ObservedStack,
  now: number,
  exits?: ReadonlyMap<string, number>,
): Board {
  const found = new Map(stack.services.map(({ name }) => [name, containerOf(name, containers)]));
  const plain = stack.services.map((service) => toStatus(service, found.get(service.name)));
  const services = plain.map((status) => {
    const container = found.get(status.name);
    const waiting = container ? waitsFor(container, plain) : [];
    // A container that Compose holds back is on its way, not broken; one that it has forgotten is.
    const held =
      status.state === 'created' && status.health === 'none' && (waiting.length > 0 || isFresh(container, now));
    const judged =
      held && plain.some((other) => other.state === 'running') ? { ...status, health: 'starting' as const } : status;
    if (isWell(judged)) return judged;
    const lastExit = container && exits?.get(container.id);
    return { ...judged, reason: redact(reasonFor(judged, container, waiting, now, lastExit)) };
  });
  return { version: 1, stack: stack.id, name: stack.name, mode: stack.mode, overall: overall(services), services };
}

function isFresh(container: ObservedContainer | undefined, now: number): boolean {
  return container !== undefined && now - container.createdAt < FRESH_MS;
}

/** While Compose recreates a service it has two containers: the one that runs counts, else the newest. */
function containerOf(service: string, containers: readonly ObservedContainer[]): ObservedContainer | undefined {
  const own = containers.filter((container) => container.service === service);
  return own.sort(
    (a, b) => Number(b.state === 'running') - Number(a.state === 'running') || b.createdAt - a.createdAt,
  )[0];
}

function toStatus({ name, probe, oneShot }: SummaryService, container: ObservedContainer | undefined): ServiceStatus {
  if (!container)
    return { name, probe, oneShot, state: 'missing', health: 'none', reason: '', restarts: 0, image: '', ports: [] };
  const state = stateOf(container, oneShot);
  const ended = state === 'exited' || state === 'completed' || state === 'restarting';
  return {
    name,
    probe,
    oneShot,
    state,
    health: healthOf(container, oneShot),
    reason: '',
    ...(container.startedAt !== undefined && container.state === 'running' ? { startedAt: container.startedAt } : {}),
    restarts: container.restartCount,
    ...(ended ? { exitCode: container.exitCode } : {}),
    image: container.image,
    ports: container.ports,
  };
}

function stateOf({ state, exitCode }: ObservedContainer, oneShot: boolean): ServiceState {
  if (state === 'exited' && oneShot && exitCode === 0) return 'completed';
  return state === 'removing' || state === 'dead' ? 'exited' : state;
}

function healthOf({ state, health, error }: ObservedContainer, oneShot: boolean): ServiceStatus['health'] {
  if (state === 'created') return error === '' ? 'none' : 'unhealthy';
  // A stopped container keeps its last health in the engine's answer.
  if (state !== 'running') return 'none';
  if (oneShot) return 'starting';
  return health?.status ?? 'none';
}
