import { stripVTControlCharacters } from 'node:util';
import { LABELS } from '../engine/commands.ts';
import { engineError } from '../engine/errors.ts';
import type { ObservedContainer } from '../engine/observe.ts';
import { isWell, type ServiceStatus } from '../events/board.ts';

/** What our entrypoints end with when something is missing that only a person can supply (EX_CONFIG). */
export const REFUSED = 78;
/** One line of a table. */
const MAX_REASON = 200;

/** Services that are not well and that Compose waits for before it starts this container. */
export function waitsFor({ labels }: ObservedContainer, services: readonly ServiceStatus[]): readonly string[] {
  // `database:service_healthy:false,migrate:service_completed_successfully:false`
  const needed = (labels[LABELS.dependsOn] ?? '').split(',').map((part) => part.split(':')[0] ?? '');
  return services.filter((service) => needed.includes(service.name) && !isWell(service)).map((service) => service.name);
}

/** Why a service is not well, in one line. */
export function reasonFor(
  status: ServiceStatus,
  container: ObservedContainer | undefined,
  waiting: readonly string[],
  now: number,
  lastExit: number | undefined,
): string {
  return oneLine(container ? containerReason(status, container, waiting, now, lastExit) : 'not created');
}

function containerReason(
  status: ServiceStatus,
  container: ObservedContainer,
  waiting: readonly string[],
  now: number,
  lastExit: number | undefined,
): string {
  switch (status.state) {
    case 'created':
      if (container.error !== '') return startError(container.error);
      return waiting.length > 0 ? `waits for ${waiting.join(', ')}` : 'created, not started';
    case 'restarting':
      return `${ending(container, now)}, restarting (${times(container.restartCount)})`;
    case 'exited':
      return ending(container, now);
    case 'paused':
      return 'paused';
    default:
      return runningReason(status, container, lastExit);
  }
}

function runningReason(
  { health, oneShot }: ServiceStatus,
  { health: observed, restartCount }: ObservedContainer,
  lastExit: number | undefined,
): string {
  if (oneShot) return 'at work';
  const last = observed?.log.findLast((probe) => probe.exitCode !== 0);
  const said = last?.output.trim() ?? '';
  const after = lastExit === undefined ? '' : `, last exit ${lastExit}`;
  const restarts = restartCount > 0 ? ` (${times(restartCount)}${after})` : '';
  if (health === 'starting') return said === '' ? `starting${restarts}` : `starting${restarts}: ${said}`;
  return said === ''
    ? `its health check fails${last ? ` with exit code ${last.exitCode}` : ''}${restarts}`
    : `${said}${restarts}`;
}

/** The engine's own words only where we have none. */
function startError(error: string): string {
  const known = engineError(error, 'start');
  return known.code === 'engine-error' ? error : known.message;
}

function ending({ oomKilled, exitCode, finishedAt, error, name }: ObservedContainer, now: number): string {
  const when = finishedAt === undefined ? '' : ` ${ago(now - finishedAt)} ago`;
  if (oomKilled) return `OOM killed${when}`;
  const why = exitCode === REFUSED && error === '' ? `refused to start: docker logs ${name} says why` : error;
  return `exited ${exitCode}${when}${why === '' ? '' : `: ${why}`}`;
}

function times(count: number): string {
  return count === 1 ? '1 restart' : `${count} restarts`;
}

function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m`;
  return seconds < 86_400 ? `${Math.floor(seconds / 3600)}h` : `${Math.floor(seconds / 86_400)}d`;
}

function oneLine(text: string): string {
  const line = stripVTControlCharacters(text).replace(/\s+/g, ' ').trim();
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON - 1)}…` : line;
}
