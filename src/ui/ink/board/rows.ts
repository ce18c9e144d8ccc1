import { type Board, isWell, type ServiceStatus } from '../../../events/board.ts';
import { reasonBeside, stateWord } from '../../board-text.ts';
import { clean, uptime, width } from '../../words.ts';
import type { Tone } from '../theme.tsx';

/** A column of the table. */
export interface Column {
  readonly title: string;
  readonly tone: Tone | 'state';
  /** Screens of fewer columns leave it out. */
  readonly from: number;
  readonly cell: (service: ServiceStatus, now: number, screen: number) => string;
}

/** State and health are one word on a narrow screen: what is healthy runs. */
const BOTH = 90;
const NARROW = 60;
const WIDE = 110;

const COLUMNS: readonly Column[] = [
  { title: 'Service', tone: 'strong', from: 0, cell: ({ name }) => name },
  { title: 'State', tone: 'state', from: 0, cell: stateCell },
  { title: 'Health', tone: 'state', from: BOTH, cell: healthCell },
  { title: 'Uptime', tone: 'plain', from: 0, cell: uptimeCell },
  { title: 'Restarts', tone: 'plain', from: NARROW, cell: ({ restarts }) => String(restarts) },
  { title: 'Ports', tone: 'plain', from: NARROW, cell: ({ ports }) => portsText(ports) },
  { title: 'Proven by', tone: 'dim', from: WIDE, cell: ({ probe }) => clean(probe) },
];

/** A service as a line of the table. */
export interface ServiceRow {
  readonly name: string;
  readonly cells: readonly string[];
  readonly tone: Tone;
  /** Why it is not well; empty when it is. */
  readonly reason: string;
}

/** The columns that a screen has room for. */
export function columnsFor(screen: number): readonly Column[] {
  return COLUMNS.filter(({ from }) => screen >= from);
}

/** The lines of the board, for a screen of a width. */
export function serviceRows({ services }: Board, now: number, screen: number): readonly ServiceRow[] {
  return services.map((service) => ({
    name: service.name,
    cells: columnsFor(screen).map(({ cell }) => cell(service, now, screen)),
    tone: toneOf(service),
    reason: isWell(service) ? '' : clean(reasonBeside(service)),
  }));
}

/** A width for each column: what its longest cell needs, less for names and for the last one where there is no room. */
export function columnWidths(rows: readonly ServiceRow[], screen: number, room: number): readonly number[] {
  const needed = columnsFor(screen).map(
    ({ title }, at) => Math.max(width(title), ...rows.map(({ cells }) => width(cells[at] ?? ''))) + 2,
  );
  const last = needed.at(-1) ?? 0;
  const over = Math.max(0, needed.reduce((sum, one) => sum + one, 0) - room);
  // The last column gives way first, down to what an address needs, then the names.
  const lastGives = Math.min(over, Math.max(0, last - 18));
  const name = Math.max(10, (needed[0] ?? 0) - (over - lastGives));
  const before = [name, ...needed.slice(1, -1)];
  return [...before, Math.max(0, room - before.reduce((sum, one) => sum + one, 0))];
}

/** What a person does or waits for next; empty where all is well. */
export function advice({ overall, services }: Board): string {
  const names = services.filter((service) => !isWell(service)).map(({ name }) => name);
  if (overall === 'stopped') return 'Nothing runs. Start it with: trading-setup deploy';
  if (overall === 'starting') return `Waiting for ${names.join(', ')}.`;
  return overall === 'unhealthy' ? `See why: docker compose logs ${names.join(' ')}` : '';
}

function stateCell(service: ServiceStatus, _now: number, screen: number): string {
  return screen < BOTH || service.state === 'exited' ? stateWord(service) : service.state;
}

function healthCell({ state, health }: ServiceStatus): string {
  if (state !== 'running') return '';
  return health === 'none' ? 'not probed' : health;
}

function uptimeCell({ state, startedAt }: ServiceStatus, now: number): string {
  return startedAt !== undefined && state === 'running' ? uptime(now - startedAt) : '';
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
