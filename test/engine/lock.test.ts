import { describe, expect, it } from 'vitest';
import { acquireLock, refuseHeld, releaseLock } from '../../src/engine/lock.ts';
import { ownIdentity, type ProcessIdentity } from '../../src/system/process.ts';
import { runner } from '../../src/system/run.ts';
import { type Answer, fakeRunner } from '../support/fake-runner.ts';

const CONFLICT = { stderr: 'Conflict. The container name "/x" is already in use by container "aa".', exitCode: 1 };
const WANTED = { stack: 'toy-a1b2c3', operation: 'deploy', now: Date.parse('2026-11-22T10:00:00Z') };

function engine(create: readonly Answer[], holder?: ProcessIdentity, remove: Answer = {}) {
  const labels = holder && {
    'trading-setup.lock.operation': 'down',
    'trading-setup.lock.host': holder.host,
    'trading-setup.lock.boot': holder.boot,
    'trading-setup.lock.pid': String(holder.pid),
    'trading-setup.lock.process-start': holder.startedAt,
    'trading-setup.lock.since': '2026-11-22T09:00:00.000Z',
  };
  return fakeRunner({
    'docker image inspect': {},
    'docker container create': create,
    'docker container inspect': labels
      ? { stdout: JSON.stringify([{ Id: 'old', Config: { Labels: labels } }]) }
      : { stderr: 'No such container: x', exitCode: 1 },
    'docker container rm': remove,
  });
}

describe('acquireLock', () => {
  it('writes who, what and since into the labels', async () => {
    const fake = engine([{ stdout: 'new\n' }]);
    expect(await acquireLock(fake, WANTED)).toEqual({ stack: 'toy-a1b2c3', container: 'new' });
    const typed = fake.printed().at(-1) ?? '';
    expect(typed).toContain('--name trading-setup-lock-toy-a1b2c3');
    expect(typed).toContain(`--label trading-setup.lock.pid=${process.pid}`);
    expect(typed).toContain('--label trading-setup.lock.since=2026-11-22T10:00:00.000Z');
  });

  it('names the operation, its host and its start when it is held', async () => {
    const own = await ownIdentity(runner());
    const error = await acquireLock(engine([CONFLICT], own), WANTED).catch((e: unknown) => e);
    expect(error).toMatchObject({ kind: 'locked', code: 'operation-running', exitCode: 5 });
    expect(String(error)).toContain(
      `down is at work on ${own.host} (process ${own.pid}) since 2026-11-22T09:00:00.000Z`,
    );
    expect(error).toMatchObject({
      next: expect.arrayContaining([expect.stringContaining('docker container rm trading-setup-lock-toy-a1b2c3')]),
    });
  });

  it('takes over from a process of this host that has ended, by id', async () => {
    const dead = { ...(await ownIdentity(runner())), startedAt: '1' };
    const fake = engine([CONFLICT, { stdout: 'new' }], dead);
    expect(await acquireLock(fake, WANTED)).toMatchObject({ container: 'new' });
    expect(fake.printed()).toContain('docker container rm old');
  });

  it.each([
    ['another host', { host: 'elsewhere' }],
    ['another boot', { boot: 'before' }],
  ])('never takes over from %s', async (_, other) => {
    const holder = { ...(await ownIdentity(runner())), startedAt: '1', ...other };
    await expect(acquireLock(engine([CONFLICT], holder), WANTED)).rejects.toMatchObject({ code: 'operation-running' });
  });

  it('tries again when the holder has just let go', async () => {
    expect(await acquireLock(engine([CONFLICT, { stdout: 'new' }]), WANTED)).toMatchObject({ container: 'new' });
  });
});

describe('releaseLock', () => {
  it.each([
    ['there', {}],
    ['gone', { stderr: 'Error response from daemon: No such container: new', exitCode: 1 }],
  ])('is content when the container is %s', async (_, answer) => {
    await expect(releaseLock(engine([], undefined, answer), { stack: 'x', container: 'new' })).resolves.toBeUndefined();
  });
});

describe('refuseHeld', () => {
  it('names who is at work, and takes nothing over', async () => {
    const own = await ownIdentity(runner());
    const fake = engine([], own);
    await expect(refuseHeld(fake, 'toy-a1b2c3')).rejects.toMatchObject({
      ...{ code: 'operation-running', exitCode: 5 },
      message: expect.stringContaining('since 2026-11-22T09:00:00.000Z'),
    });
    expect(fake.printed()).toEqual(['docker container inspect trading-setup-lock-toy-a1b2c3']);
  });

  it('lets pass where nobody is, or whoever was has ended', async () => {
    await expect(refuseHeld(engine([]), 'toy-a1b2c3')).resolves.toBeUndefined();
    const dead = { ...(await ownIdentity(runner())), startedAt: '1' };
    await expect(refuseHeld(engine([], dead), 'toy-a1b2c3')).resolves.toBeUndefined();
  });
});
