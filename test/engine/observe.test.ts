import { expect, it } from 'vitest';
import { watchContainers } from '../../src/engine/events.ts';
import { observe } from '../../src/engine/observe.ts';
import { collect, fakeRunner } from '../support/fake-runner.ts';

/** As Docker 28.5 prints it, without the fields that nobody reads. */
const INSPECTED = {
  Id: 'd9fe',
  Name: '/toy-app-1',
  Created: '2026-11-22T01:26:19.687163344Z',
  RestartCount: 2,
  Image: 'sha256:1227',
  State: {
    Status: 'running',
    ExitCode: 0,
    OOMKilled: false,
    Error: '',
    StartedAt: '2026-11-22T01:26:19.800934798Z',
    FinishedAt: '0001-01-01T00:00:00Z',
    Health: { Status: 'unhealthy', Log: [{ End: '2026-11-22T01:26:21.1Z', ExitCode: 1, Output: 'refused\n' }] },
  },
  Config: {
    Image: 'toy/app:1',
    Labels: {
      'com.docker.compose.service': 'app',
      'com.docker.compose.config-hash': 'abc',
      'trading-setup.one-shot': 'true',
    },
  },
  HostConfig: {
    PortBindings: {
      '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '8080' }],
      '81/tcp': [{ HostIp: '::1', HostPort: '81' }],
    },
  },
};

it('reads the containers of a project in two calls', async () => {
  const runner = fakeRunner({
    'docker container ls': { stdout: 'd9fe\n' },
    'docker container inspect d9fe': { stdout: JSON.stringify([INSPECTED]) },
  });
  const { containers } = await observe(runner, 'toy');
  expect(runner.printed()).toEqual([
    'docker container ls -aq --no-trunc --filter label=com.docker.compose.project=toy --filter label=com.docker.compose.oneoff=False',
    'docker container inspect d9fe',
  ]);
  expect(containers).toMatchObject([
    {
      name: 'toy-app-1',
      service: 'app',
      state: 'running',
      health: { status: 'unhealthy', log: [{ exitCode: 1, output: 'refused\n' }] },
      startedAt: Date.parse('2026-11-22T01:26:19.800Z'),
      restartCount: 2,
      ports: ['127.0.0.1:8080', '[::1]:81'],
      oneShot: true,
      configHash: 'abc',
    },
  ]);
  expect(containers[0]).not.toHaveProperty('finishedAt');
});

it('makes one call when there is nothing', async () => {
  const runner = fakeRunner({ 'docker container ls': { stdout: '' } });
  expect(await observe(runner, 'toy')).toEqual({ project: 'toy', containers: [] });
});

it('bears a container that goes away between the calls', async () => {
  const runner = fakeRunner({
    'docker container ls': { stdout: 'd9fe\ngone\n' },
    'docker container inspect': {
      stdout: JSON.stringify([INSPECTED]),
      stderr: 'Error response from daemon: No such container: gone',
      exitCode: 1,
    },
  });
  expect((await observe(runner, 'toy')).containers).toHaveLength(1);
});

it('says that the engine does not run', async () => {
  const runner = fakeRunner({
    'docker container ls': { stderr: 'Cannot connect to the Docker daemon at unix:///x.', exitCode: 1 },
  });
  await expect(observe(runner, 'toy')).rejects.toMatchObject({ code: 'engine-not-running' });
});

it('decodes events and leaves out the probes on the server', async () => {
  const event = (Action: string, more: object = {}) =>
    JSON.stringify({
      Action,
      Actor: { ID: 'd9fe', Attributes: { 'com.docker.compose.service': 'app', ...more } },
      timeNano: 1_795_303_478_071_000_000,
    });
  const runner = fakeRunner({
    'docker events': {
      stdout: [event('health_status: healthy'), event('die', { exitCode: '137' }), '{"odd":1}'],
      exitCode: 0,
    },
  });
  const events = await collect(watchContainers(runner, 'toy', new AbortController().signal));
  expect(events).toEqual([
    { action: 'health_status', health: 'healthy', container: 'd9fe', service: 'app', at: 1_795_303_478_071 },
    { action: 'die', exitCode: 137, container: 'd9fe', service: 'app', at: 1_795_303_478_071 },
  ]);
  expect(runner.printed()[0]).toContain('--filter event=health_status');
  expect(runner.printed()[0]).not.toContain('exec');
});

it('throws when the engine goes away under the events', async () => {
  const runner = fakeRunner({ 'docker events': { stderr: 'unexpected EOF', exitCode: 1 } });
  await expect(collect(watchContainers(runner, 'toy', new AbortController().signal))).rejects.toMatchObject({
    code: 'engine-died',
  });
});
