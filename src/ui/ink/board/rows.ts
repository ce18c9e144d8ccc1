import { type Board, isWell, type ServiceStatus } from '../../../events/board.ts';
import { stateWord } from '../../board-text.ts';
import { clean, uptime, width } from '../../words.ts';
import type { Tone } from '../theme.tsx';

/** The table's columns, in order. */
export const TITLES = ['Service', 'State', 'Health', 'Uptime', 'Restarts', 'Ports'] as const;

/** A service as a line of the table. */
export interface ServiceRow {
  readonly name: string;
  readonly cells: readonly string[];
  readonly tone: Tone;
  /** Why it is not well; empty when it is. */
  readonly reason: string;
}

/** The lines of the board. */
export function serviceRows({ services }: Board, now: number): readonly ServiceRow[] {
  return services.map((service) => ({
    name: service.name,
    cells: cellsOf(service, now),
    tone: toneOf(service),
    reason: isWell(service) ? '' : clean(service.reason),
  }));
}

/** A width for each column but the last: what the longest cell needs, less where the screen is narrow. */
export function columnWidths(rows: readonly ServiceRow[], columns: number): readonly number[] {
  const needed = TITLES.map(
    (title, at) => Math.max(width(title), ...rows.map(({ cells }) => width(cells[at] ?? ''))) + 2,
  );
  const ports = needed[needed.length - 1] ?? 0;
  const over = Math.max(0, needed.reduce((sum, one) => sum + one, 0) - columns);
  // The name gives way first, the ports take what is left.
  const name = Math.max(10, (needed[0] ?? 0) - Math.max(0, over - Math.max(0, ports - 18)));
  return [name, ...needed.slice(1, -1)];
}

function cellsOf(service: ServiceStatus, now: number): readonly string[] {
  const { name, state, health, restarts, ports, startedAt, exitCode } = service;
  const up = startedAt !== undefined && state === 'running' ? uptime(now - startedAt) : '';
  return [
    name,
    state === 'exited' ? stateWord({ ...service, ...(exitCode === undefined ? {} : { exitCode }) }) : state,
    state === 'running' ? (health === 'none' ? 'not probed' : health) : '',
    up,
    String(restarts),
    portsText(ports),
  ];
}

/** `127.0.0.1:8080,7681`: the address is said once, it matters most. */
function portsText(ports: readonly string[]): string {
  const byAddress = new Map<string, string[]>();
  for (const port of ports) {
    const at = port.lastIndexOf(':');
    const address = port.slice(0, at + 1);
    byAddress.set(address, [...(byAddress.get(address) ?? []), port.slice(at + 1)]);
  }
  return [...byAddress].map(([address, numbers]) => address + numbers.join(',')).join(' ');
}

function toneOf(service: ServiceStatus): Tone {
  if (isWell(service)) return 'good';
  const { state, health, exitCode } = service;
  if (health === 'unhealthy' || state === 'restarting' || (state === 'exited' && exitCode !== 0)) return 'bad';
  return health === 'starting' || state === 'starting' ? 'warn' : 'dim';
}
