import { setTimeout as wait } from 'node:timers/promises';
import type { Board, ServiceStatus } from '../../../src/events/board.ts';
import type { BuildEvent } from '../../../src/events/build.ts';
import type { OperationEvent, PlannedStep } from '../../../src/events/operation.ts';

export const PLAN: readonly PlannedStep[] = [
  { id: 'check', title: 'Check the engine', cause: 'always' },
  { id: 'build', title: 'Build the images', cause: 'the source changed' },
  { id: 'push', title: 'Deliver the secrets', cause: 'the volume of daemon is missing' },
  { id: 'up', title: 'Start the services', cause: 'nothing runs' },
];

const START = 1_700_000_000_000;
type Step = Extract<BuildEvent, { type: 'step' }>;

/** A step of the build as the engine tells of it; times in seconds after the start. */
export function buildStep(
  id: string,
  stage: string,
  name: string,
  state: Step['state'],
  from?: number,
  to?: number,
  inputs?: readonly string[],
): OperationEvent {
  const startedAt = from === undefined ? {} : { startedAt: START + from * 1000 };
  const endedAt = to === undefined ? {} : { endedAt: START + to * 1000 };
  return {
    type: 'build',
    events: [
      {
        ...{ type: 'step', id, stage, target: 'app', name: `[app ${stage}] ${name}`, state },
        ...startedAt,
        ...endedAt,
        ...(inputs ? { inputs } : {}),
      },
    ],
  };
}

/** A line of the build's output. */
export function log(id: string, line: string): OperationEvent {
  return { type: 'build', events: [{ type: 'log', id, line }] };
}

/** Up to the middle of a build. */
export const HALFWAY: readonly OperationEvent[] = [
  { type: 'planned', operation: 'deploy', stack: { name: 'algo-trade', mode: 'paper' }, steps: PLAN },
  { type: 'step-started', id: 'check' },
  { type: 'step-done', id: 'check' },
  { type: 'step-started', id: 'build' },
  buildStep('1', 'chef', 'RUN cargo install cargo-chef', 'cached', 0, 0),
  buildStep('2', 'planner', 'RUN cargo chef prepare', 'done', 0, 2),
  buildStep('4', 'runtime', 'COPY --from=build /out/ /usr/local/bin/', 'waiting', undefined, undefined, ['3']),
  buildStep('3', 'build', 'RUN cargo build --release --bin algo-trade', 'running', 2),
  ...Array.from({ length: 30 }, (_, n) => log('3', `   Compiling crate-${n} v1.${n}.0`)),
  { type: 'build', events: [{ type: 'units', id: '3', done: 120, total: 412, current: 'sqlx' }] },
  { type: 'estimate', leftMs: 125_000, lastMs: 365_000 },
];

/** The build fails on a type error. */
export const FAILED: readonly OperationEvent[] = [
  ...HALFWAY,
  log('3', 'error[E0308]: mismatched types'),
  log('3', '  --> crates/cli/src/main.rs:44:18'),
  log('3', 'error: could not compile `algo-trade-cli` (bin "algo-trade") due to 1 previous error'),
  buildStep('3', 'build', 'RUN cargo build --release --bin algo-trade', 'failed', 2, 63),
  { type: 'step-failed', id: 'build', message: 'The image app was not built: cargo build ended with exit code 101.' },
  {
    type: 'ended',
    outcome: 'failed',
    truth: 'Nothing was changed: no image was built and nothing runs.',
    next: ['Mend crates/cli/src/main.rs:44, then run: trading-setup deploy'],
  },
];

/** Everything goes well. */
export const DONE: readonly OperationEvent[] = [
  ...HALFWAY,
  buildStep('3', 'build', 'RUN cargo build --release --bin algo-trade', 'done', 2, 63),
  buildStep('4', 'runtime', 'COPY --from=build /out/ /usr/local/bin/', 'done', 63, 64),
  { type: 'step-done', id: 'build' },
  { type: 'step-started', id: 'push' },
  { type: 'step-done', id: 'push' },
  { type: 'step-started', id: 'up' },
  { type: 'board', board: board('starting') },
  { type: 'step-progress', id: 'up', text: 'waiting for daemon' },
  { type: 'board', board: board('healthy') },
  { type: 'step-done', id: 'up' },
  {
    type: 'ended',
    outcome: 'done',
    truth: 'algo-trade runs and is healthy, in PAPER mode.',
    next: ['Open http://127.0.0.1:7682'],
  },
];

/** A board of which the daemon is healthy or not. */
export function board(daemon: 'healthy' | 'starting' | 'unhealthy', startedAt = START): Board {
  const service = (name: string, part: Partial<ServiceStatus>): ServiceStatus => ({
    name,
    state: 'running',
    health: 'healthy',
    reason: '',
    probe: '',
    startedAt,
    restarts: 0,
    image: 'algo-trade-4f2a91/app:3f9c',
    ports: [],
    oneShot: false,
    ...part,
  });
  const reason = {
    healthy: '',
    starting: 'GET /api/bots: connection refused',
    unhealthy: 'GET /api/bots answered 503: database is locked',
  };
  return {
    version: 1,
    stack: 'algo-trade-4f2a91',
    name: 'algo-trade',
    mode: 'paper',
    overall: daemon,
    services: [
      service('db', {}),
      { ...service('migrate', { oneShot: true, state: 'completed', health: 'none', exitCode: 0 }) },
      service('daemon', { health: daemon, reason: reason[daemon], restarts: daemon === 'unhealthy' ? 3 : 0 }),
      service('tui', { health: 'none' }),
      service('gate', { ports: ['127.0.0.1:8080', '127.0.0.1:7682'] }),
    ],
  };
}

/** Events one after the other, a pause before each. */
export async function* paced<T>(events: readonly T[], ms: number): AsyncGenerator<T> {
  for (const event of events) {
    await wait(ms);
    yield event;
  }
}
