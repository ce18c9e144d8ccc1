import { describe, expect, it } from 'vitest';
import type { ObservedContainer } from '../../src/engine/observe.ts';
import { recentExits } from '../../src/health/exits.ts';
import { fakeRunner } from '../support/fake-runner.ts';

const NOW = 1_700_000_060_000;

function container(restartCount: number): ObservedContainer {
  return {
    id: 'c1',
    name: 'toy-app-1',
    service: 'app',
    state: 'running',
    exitCode: 0,
    oomKilled: false,
    error: '',
    createdAt: NOW,
    restartCount,
    image: 'toy/app:1',
    imageId: 'sha256:1',
    ports: [],
    labels: {},
    oneShot: false,
    configHash: '',
  };
}

const died = (code: string) =>
  JSON.stringify({ Action: 'die', Actor: { ID: 'c1', Attributes: { exitCode: code } }, timeNano: 1 });

describe('recentExits', () => {
  it('asks nothing while nothing was restarted', async () => {
    const runner = fakeRunner({});
    expect(await recentExits(runner, { project: 'toy', containers: [container(0)] }, NOW)).toEqual(new Map());
    expect(runner.printed()).toEqual([]);
  });

  it('gives the last code with which a restarted container has ended', async () => {
    const runner = fakeRunner({ 'docker events': { stdout: `${died('1')}\n${died('78')}\n` } });
    const exits = await recentExits(runner, { project: 'toy', containers: [container(2)] }, NOW);
    expect(exits).toEqual(new Map([['c1', 78]]));
    expect(runner.printed()[0]).toMatch(/--since 1699999910\.000 --until 1700000060\.000$/);
  });

  it('knows nothing where the engine remembers nothing', async () => {
    const runner = fakeRunner({ 'docker events': { stdout: '' } });
    expect(await recentExits(runner, { project: 'toy', containers: [container(2)] }, NOW)).toEqual(new Map());
  });
});
