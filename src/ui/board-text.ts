import { type Board, isWell, type ServiceStatus } from '../events/board.ts';
import { besideLines } from './credential-words.ts';
import { printable, uptime } from './words.ts';

/** The state of a service in a word or two: `healthy`, `running`, `exited (1)`, `starting`. */
export function stateWord({ state, health, exitCode }: ServiceStatus): string {
  if (state === 'running') return health === 'none' ? 'running' : health;
  return state === 'exited' && exitCode !== undefined ? `exited (${exitCode})` : state;
}

/** Why a service is not well, without its state, which stands beside it: `17s ago` beside `exited (143)`. */
export function reasonBeside({ reason, state, exitCode }: ServiceStatus): string {
  const repeated = state === 'exited' ? `exited ${exitCode ?? ''} ` : `${state}, `;
  return reason.startsWith(repeated) ? reason.slice(repeated.length) : reason;
}

/** A whole board in lines. */
export function boardLines(board: Board, now: number): readonly string[] {
  return [
    `${board.name}, ${board.mode.toUpperCase()}: ${board.overall}`,
    ...board.services.map((one) => `  ${serviceLine(one, now)}`),
    ...beside(board, now),
  ];
}

/** What changed from one board to the next, in lines; the whole board where there was none. */
export function boardNews(before: Board | undefined, after: Board, now: number): readonly string[] {
  if (!before) return boardLines(after, now);
  const changed = after.services.filter((one) => {
    const old = before.services.find(({ name }) => name === one.name);
    return !old || keyOf(old) !== keyOf(one);
  });
  const word = before.overall === after.overall ? [] : [`${after.name}: ${after.overall}`];
  const besides = besideKey(before) === besideKey(after) ? [] : beside(after, now);
  return [...word, ...changed.map((one) => `  ${serviceLine(one, now)}`), ...besides];
}

function beside(board: Board, now: number): readonly string[] {
  return besideLines(board, now).map(({ text, level }) => printable(`  ${level === 'ok' ? '' : '! '}${text}`));
}

function besideKey({ credentials, rotation, login, reach }: Board): string {
  return JSON.stringify([credentials, rotation, login, reach]);
}

function serviceLine(service: ServiceStatus, now: number): string {
  const parts = [
    `${service.name}: ${stateWord(service)}`,
    service.startedAt === undefined || service.state !== 'running' ? '' : `up ${uptime(now - service.startedAt)}`,
    service.restarts === 0 ? '' : `${service.restarts} restarts`,
    service.ports.join(' '),
    isWell(service) ? '' : reasonBeside(service),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

function keyOf({ state, health, reason, restarts, startedAt, exitCode }: ServiceStatus): string {
  return JSON.stringify([state, health, reason, restarts, startedAt, exitCode]);
}
