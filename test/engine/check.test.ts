import { describe, expect, it } from 'vitest';
import { checkEngine } from '../../src/engine/check.ts';
import { type Answer, fakeRunner } from '../support/fake-runner.ts';

const INFO = {
  ServerVersion: '28.5.2+dfsg4',
  OSType: 'linux',
  Architecture: 'x86_64',
  NCPU: 2,
  MemTotal: 25_276_502_016,
  SecurityOptions: ['name=seccomp,profile=builtin'],
};
const DOWN: Answer = {
  stdout: '{"Server":null}',
  stderr: 'Cannot connect to the Docker daemon at unix:///x.',
  exitCode: 1,
};
const context = (host: string) => ({
  stdout: JSON.stringify({ Name: 'default', Endpoints: { docker: { Host: host } } }),
});

function check(more: Readonly<Record<string, Answer>> = {}) {
  return checkEngine(
    fakeRunner({
      'docker version': { stdout: '{"Client":{},"Server":{}}' },
      'docker info': { stdout: JSON.stringify(INFO) },
      'docker context inspect': context('unix:///var/run/docker.sock'),
      'docker compose version': { stdout: '2.40.3-3\n' },
      'docker buildx version': { stdout: 'github.com/docker/buildx 0.29.1+ds1 0.29.1+ds1-4\n' },
      ...more,
    }),
  );
}
const info = (more: object) => ({ 'docker info': { stdout: JSON.stringify({ ...INFO, ...more }) } });

describe('checkEngine', () => {
  it('gives the facts', async () => {
    expect(await check()).toEqual({
      version: '28.5.2+dfsg4',
      composeVersion: '2.40.3-3',
      buildxVersion: '0.29.1+ds1',
      os: 'linux',
      arch: 'x86_64',
      cpus: 2,
      memoryBytes: 25_276_502_016,
      rootless: false,
      contextName: 'default',
      remote: false,
    });
  });

  it('sees a rootless and a remote engine', async () => {
    expect(await check(info({ SecurityOptions: ['name=rootless'] }))).toMatchObject({ rootless: true });
    expect(await check({ 'docker context inspect': context('ssh://me@host') })).toMatchObject({ remote: true });
  });

  it.each([
    ['2.23.9', false],
    ['v2.24.0', true],
    ['2.100.0', true],
    ['5.0.1', true],
  ])('Compose %s is new enough: %s', async (version, fine) => {
    const facts = check({ 'docker compose version': { stdout: version } });
    if (fine) await expect(facts).resolves.toBeDefined();
    else await expect(facts).rejects.toMatchObject({ code: 'compose-too-old', kind: 'needs-you' });
  });

  it.each<[string, Readonly<Record<string, Answer>>]>([
    ['docker-missing', { 'docker version': { missing: true } }],
    ['engine-not-running', { 'docker version': DOWN, 'docker info': DOWN }],
    ['engine-unknown', info({ NCPU: 0, MemTotal: 0, ServerVersion: '' })],
    ['engine-unknown', { 'docker info': { stdout: '{"ServerErrors":["404"]}' } }],
    [
      'engine-no-permission',
      {
        'docker version': {
          stderr: 'permission denied while trying to connect to the Docker daemon socket at x',
          exitCode: 1,
        },
      },
    ],
    ['compose-missing', { 'docker compose version': { stderr: 'unknown flag: --short', exitCode: 125 } }],
    ['buildx-missing', { 'docker buildx version': { stderr: 'docker: unknown command: docker buildx', exitCode: 1 } }],
    ['engine-too-old', info({ ServerVersion: '24.0.7' })],
    ['engine-not-linux', info({ OSType: 'windows' })],
    ['engine-is-podman', { 'docker version': { stdout: '{"Server":{"Components":[{"Name":"Podman Engine"}]}}' } }],
  ])('says %s, which only the person can mend', async (code, more) => {
    await expect(check(more)).rejects.toMatchObject({ code, kind: 'needs-you', exitCode: 4 });
  });
});
