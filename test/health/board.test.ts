import { describe, expect, it } from 'vitest';
import type { ObservedContainer } from '../../src/engine/observe.ts';
import { type StackSummary, toBoard } from '../../src/health/board.ts';

const NOW = Date.parse('2026-11-22T10:00:00Z');
const STACK: StackSummary = {
  id: 'toy-a1b2c3',
  name: 'toy',
  mode: 'paper',
  services: [
    { name: 'database', probe: 'schema is there', oneShot: false },
    { name: 'migrate', probe: 'migrations are applied', oneShot: true },
    { name: 'app', probe: 'GET /api/bots answers', oneShot: false },
  ],
};

function container(service: string, more: Partial<ObservedContainer> = {}): ObservedContainer {
  return {
    id: service,
    name: `toy-${service}-1`,
    service,
    state: 'running',
    health: { status: 'healthy', log: [] },
    exitCode: 0,
    oomKilled: false,
    error: '',
    createdAt: NOW - 60_000,
    startedAt: NOW - 60_000,
    restartCount: 0,
    image: 'toy/app:1',
    imageId: 'sha256:1',
    ports: [],
    labels: {},
    oneShot: false,
    configHash: '',
    ...more,
  };
}

const failing = (output: string) => ({ status: 'unhealthy', log: [{ endedAt: 0, exitCode: 1, output }] }) as const;
const exited = { state: 'exited', finishedAt: NOW - 3_000 } as const;
const GOOD = [container('database'), container('migrate', { ...exited, oneShot: true }), container('app')];

function boardWith(app: Partial<ObservedContainer>, database: Partial<ObservedContainer> = {}) {
  return toBoard(
    STACK,
    { project: STACK.id, containers: [container('database', database), ...GOOD.slice(1, 2), container('app', app)] },
    NOW,
  );
}
const appOf = (board: ReturnType<typeof toBoard>) => board.services.find((s) => s.name === 'app');

describe('toBoard', () => {
  it('is healthy when all run and the one-shot has completed', () => {
    const board = toBoard(STACK, { project: STACK.id, containers: GOOD }, NOW);
    expect(board).toMatchObject({ version: 1, stack: 'toy-a1b2c3', overall: 'healthy' });
    expect(board.services.map((s) => [s.name, s.state, s.health, s.reason])).toEqual([
      ['database', 'running', 'healthy', ''],
      ['migrate', 'completed', 'none', ''],
      ['app', 'running', 'healthy', ''],
    ]);
  });

  it('is stopped, with every service missing, when there is nothing', () => {
    const board = toBoard(STACK, { project: STACK.id, containers: [] }, NOW);
    expect(board.overall).toBe('stopped');
    expect(board.services.map((s) => s.reason)).toEqual(['not created', 'not created', 'not created']);
  });

  it.each<[string, Partial<ObservedContainer>, string, string]>([
    [
      'the last words of its health check',
      { health: failing('curl: (7)\n  refused\n') },
      'unhealthy',
      'curl: (7) refused',
    ],
    ['a silent health check', { health: failing('') }, 'unhealthy', 'its health check fails with exit code 1'],
    ['a start', { health: { status: 'starting', log: [] } }, 'starting', 'starting'],
    [
      'a start that fails so far',
      { health: { ...failing('refused'), status: 'starting' } },
      'starting',
      'starting: refused',
    ],
    [
      'a restart loop',
      { state: 'restarting', exitCode: 42, restartCount: 4, finishedAt: NOW - 3_000 },
      'unhealthy',
      'exited 42 3s ago, restarting (4 restarts)',
    ],
    ['an end', { ...exited, exitCode: 3 }, 'unhealthy', 'exited 3 3s ago'],
    ['an end long ago', { ...exited, exitCode: 0, finishedAt: NOW - 7_300_000 }, 'unhealthy', 'exited 0 2h ago'],
    ['the memory limit', { ...exited, exitCode: 137, oomKilled: true }, 'unhealthy', 'OOM killed 3s ago'],
    ['a pause', { state: 'paused' }, 'unhealthy', 'paused'],
    [
      'what the engine says',
      { state: 'created', error: 'driver failed: Bind for 127.0.0.1:8080 failed: port is already allocated' },
      'unhealthy',
      'Port 8080 on 127.0.0.1 is taken.',
    ],
    ['what the engine says and nobody knows', { state: 'created', error: 'odd' }, 'unhealthy', 'odd'],
    ['being forgotten', { state: 'created' }, 'unhealthy', 'created, not started'],
    ['being created just now', { state: 'created', createdAt: NOW - 1_000 }, 'starting', 'created, not started'],
  ])('gives %s as the reason', (_, app, overall, reason) => {
    const board = boardWith(app);
    expect(appOf(board)?.reason).toBe(reason);
    expect(board.overall).toBe(overall);
  });

  it('keeps the exit code of a crash while the service is up again', () => {
    const app = container('app', { restartCount: 3, health: { status: 'starting', log: [] } });
    const containers = [...GOOD.slice(0, 2), app];
    const board = toBoard(STACK, { project: STACK.id, containers }, NOW, new Map([['app', 3]]));
    expect(appOf(board)?.reason).toBe('starting (3 restarts, last exit 3)');
  });

  it('says for whom a created container waits', () => {
    const labels = {
      'com.docker.compose.depends_on': 'database:service_healthy:false,migrate:service_completed_successfully:false',
    };
    const board = boardWith({ state: 'created', labels }, { health: { status: 'starting', log: [] } });
    expect(appOf(board)?.reason).toBe('waits for database');
    expect(board.overall).toBe('starting');
  });

  it('does not believe the last health of a stopped container', () => {
    expect(appOf(boardWith({ ...exited, health: { status: 'healthy', log: [] } }))).toMatchObject({
      state: 'exited',
      health: 'none',
    });
  });

  it('counts the running container while Compose recreates a service', () => {
    const old = container('app', { ...exited, name: 'old', createdAt: NOW });
    const board = toBoard(STACK, { project: STACK.id, containers: [...GOOD, old] }, NOW);
    expect(appOf(board)?.state).toBe('running');
  });
});
