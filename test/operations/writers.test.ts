import { describe, expect, it } from 'vitest';
import { checkDataVolumes, checkWriters, refuseSecondWriter } from '../../src/operations/writers.ts';
import { smallStack } from '../stack/stacks.ts';
import { fakeRunner, type Table } from '../support/fake-runner.ts';
import { fakeEngine, workbench } from './engine.ts';

const stack = smallStack();
const NAME = 'toy-5a3b1e_app-data';

const NOBODY: Table = { 'docker container ls': {} };

function config(services: Readonly<Record<string, unknown>>, volumes: Readonly<Record<string, unknown>> = {}) {
  const declared = { 'app-data': { name: NAME, external: true }, ...volumes };
  const runner = fakeRunner({
    ...NOBODY,
    // With every profile: what one starts is not in the plain answer.
    'docker compose --profile * config --format json': { stdout: JSON.stringify({ services, volumes: declared }) },
  });
  return checkWriters(workbench(stack, '/repo', runner));
}

const mount = (source: string, more = {}) => ({ volumes: [{ type: 'volume', source, target: '/data', ...more }] });

describe('the data of a service', () => {
  it('has that service and its one-shot', async () => {
    await expect(
      config({ app: mount('app-data'), 'app-migrate': mount('app-data'), other: {} }),
    ).resolves.toBeUndefined();
  });

  it('may be read by another one', async () => {
    await expect(
      config({ app: mount('app-data'), report: mount('app-data', { read_only: true }) }),
    ).resolves.toBeUndefined();
  });

  it.each([
    ['under its name', () => config({ report: mount('app-data') })],
    ['under another name', () => config({ report: mount('theirs') }, { theirs: { name: NAME } })],
  ])('is refused to a second writer, %s', async (_, checked) => {
    await expect(checked()).rejects.toMatchObject({ code: 'second-writer', exitCode: 4 });
  });

  it('is not written by a deploy while a program has it that was started beside', async () => {
    const runner = fakeRunner({
      'docker container ls': { stdout: 'toy-app-run-1 app\n' },
      'docker compose --profile * config --format json': { stdout: '{"services":{}}' },
    });
    await expect(checkWriters(workbench(stack, '/repo', runner))).rejects.toMatchObject({
      code: 'second-writer',
      message: expect.stringContaining('toy-app-run-1'),
    });
  });
});

describe('a program beside a service', () => {
  it('is refused where the service runs and keeps data, with the way out', async () => {
    const engine = fakeEngine(stack);
    engine.state.services.set('app', { status: 'running' });
    await expect(refuseSecondWriter({ runner: engine.runner, stack }, 'app')).rejects.toMatchObject({
      code: 'second-writer',
      exitCode: 4,
      next: [expect.stringContaining('docker compose stop app'), expect.stringContaining('docker compose start app')],
    });
  });

  it('is fine where the service is stopped, or keeps nothing', async () => {
    const engine = fakeEngine(stack, { 'docker container ls --filter': {} });
    engine.state.services.set('app', { status: 'exited' });
    await expect(refuseSecondWriter({ runner: engine.runner, stack }, 'app')).resolves.toBeUndefined();
    engine.state.services.set('app', { status: 'running' });
    const bare = smallStack({ services: { app: { data: null } } });
    await expect(refuseSecondWriter({ runner: engine.runner, stack: bare }, 'app')).resolves.toBeUndefined();
  });
});

describe('a data volume', () => {
  const of = (Driver: string, Options: Readonly<Record<string, string>> | null = null) =>
    checkDataVolumes(
      {
        runner: fakeRunner({ 'docker volume inspect': { stdout: JSON.stringify([{ Name: NAME, Driver, Options }]) } }),
        stack,
      },
      async (folder) => (folder === '/mnt/nas' ? 0x6969 : 0xef53),
    );

  it('is on a disk of the engine', async () => {
    await expect(of('local')).resolves.toBeUndefined();
    await expect(of('local', { type: 'none', o: 'bind', device: '/srv/data' })).resolves.toBeUndefined();
    await expect(of('local', { type: 'ext4', device: '/dev/sdb1' })).resolves.toBeUndefined();
  });

  it.each([
    ['rclone', null],
    ['local', { type: 'nfs', o: 'addr=10.0.0.1,rw', device: ':/data' }],
    ['local', { type: 'nfs4', device: ':/data' }],
    ['local', { type: 'cifs', device: '//server/data' }],
    ['local', { type: 'fuse.sshfs', device: 'x' }],
    ['local', { type: 'none', o: 'bind', device: '/mnt/nas' }],
    ['local', { type: 'tmpfs', device: 'tmpfs' }],
  ])('of the driver %s with %o is refused before anything starts', async (driver, options) => {
    await expect(of(driver, options)).rejects.toMatchObject({
      code: 'volume-not-local',
      exitCode: 4,
      message: expect.stringContaining(NAME),
    });
  });

  it('that is not there yet is made by us, and local', async () => {
    const runner = fakeRunner({ 'docker volume inspect': { stderr: 'no such volume', exitCode: 1 } });
    await expect(checkDataVolumes({ runner, stack })).resolves.toBeUndefined();
  });
});
