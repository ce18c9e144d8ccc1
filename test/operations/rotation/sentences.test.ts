import { existsSync } from 'node:fs';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { SetupError } from '../../../src/errors.ts';
import { type Disk, disk } from '../../../src/operations/rotation/journal.ts';
import { startRotation } from '../../../src/operations/rotation/start.ts';
import { hasNewValues, sayTruth } from '../../../src/operations/rotation/truth.ts';
import { readUnfinished } from '../../../src/operations/rotation/unfinished.ts';
import { Secret } from '../../../src/secret.ts';
import { freely, type Pass } from './engine.ts';
import { follow, NEW, removeFolder, World } from './world.ts';

afterAll(removeFolder);

async function world(): Promise<World> {
  const made = await World.make('memory');
  onTestFinished(() => made.remove());
  return made;
}

const AGENT = 'HYPERLIQUID_API_WALLET_KEY';
/** Ends the process before the new values are kept. */
const dieBeforeKept: Pass = async (found, effect) => {
  if (found === 'store stage') throw new Error('killed');
  return effect();
};

describe('killed before the new value was kept', () => {
  it('is not said to have it anywhere, cannot be finished, and goes back without a word of force', async () => {
    const here = await world();
    await expect(here.start(['DATABASE_PASSWORD'], dieBeforeKept).then(follow)).rejects.toThrow('killed');
    expect(existsSync(here.journal)).toBe(true);
    here.engine.orphanLock();
    const [line] = await sayTruth(here.bench(freely));
    expect(line).toMatch(/the database takes the old one; .*collect runs with the old one/);
    expect(line).toMatch(/the volumes hold the old one .*the store has the old one; the new one is kept nowhere\.$/);
    expect(await hasNewValues(here.bench(freely))).toBe(false);
    const { end } = await follow(await here.resume());
    expect(end).toMatchObject({ truth: 'Nothing was changed: the old values are in force.' });
    expect(end.next).toEqual(['New values all the same: trading-setup rotate DATABASE_PASSWORD']);
  });
});

it.each([1, 2, 3])(
  'a disk that is full from write %s on, before anything was kept, leaves nothing to resume',
  async (nth) => {
    const here = await world();
    let writes = 0;
    const full: Disk = {
      ...disk,
      write: async (...args) => {
        writes += 1;
        if (writes < nth) return disk.write(...args);
        throw new SetupError('tool-failed', 'The disk is full.', { code: 'disk-full', next: ['Make room.'] });
      },
    };
    const request = {
      values: new Map([['DATABASE_PASSWORD', new Secret(NEW.DATABASE_PASSWORD ?? '')]]),
      ...{ expires: new Map(), compromised: false, acceptUnreadable: [] },
    };
    const { end } = await follow(await startRotation(here.bench(freely), request, full));
    expect(end).toMatchObject({
      outcome: 'failed',
      truth: expect.stringContaining('Nothing was changed: the old values are in force.'),
      next: ['Make room.'],
    });
    expect(await readUnfinished(here.journal)).toBeUndefined();
  },
);

it('says at the end how to get a password that was made here', async () => {
  const here = await world();
  const { end } = await follow(await here.start(['GATE_PASSWORD']));
  expect(end.next).toEqual([expect.stringContaining('trading-setup secrets reveal GATE_PASSWORD')]);
});

it('names the address of the new wallet in what a person approves, and nothing of its key', async () => {
  const here = await world();
  const { events } = await follow(await here.start([AGENT]));
  const items = events.flatMap((event) => (event.type === 'manual' ? event.items : []));
  expect(items[0]).toMatch(/^Approve the new API wallet .*by the address of the new key: 0x[0-9a-fA-F]{40}$/);
  expect(items.join()).not.toContain('cdcdcd');
});
