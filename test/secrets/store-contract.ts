import { expect, it } from 'vitest';
import { Secret } from '../../src/secret.ts';
import type { Kept, SecretStore } from '../../src/secrets/store.ts';

/** Opens the same store anew each time, as another run of the program would, at this time. */
export type Opening = (stack: string, at?: number) => SecretStore;

const T1 = Date.UTC(2026, 0, 1);
const T2 = Date.UTC(2026, 0, 2);
const ISO1 = '2026-01-01T00:00:00.000Z';
const ISO2 = '2026-01-02T00:00:00.000Z';
const ENDS = '2026-06-30T12:00:00.000Z';

/** Values by name. */
export const values = (all: Readonly<Record<string, string>>): ReadonlyMap<string, Secret> =>
  new Map(Object.entries(all).map(([name, value]) => [name, new Secret(value)]));

const short = ({ name, slot, set, expires }: Kept): string => [name, slot, set, expires].filter(Boolean).join(' ');

/** What each slot of a name holds. */
export async function slotsOf(store: SecretStore, name: string): Promise<readonly (string | undefined)[]> {
  const found: (string | undefined)[] = [];
  for (const slot of ['current', 'pending', 'previous'] as const) found.push((await store.get(name, slot))?.reveal());
  return found;
}

/** What both stores owe. */
export function keepsSlots(open: Opening): void {
  it('keeps a pending value beside the current one, and promotes it with its dates', async () => {
    await open('promoted-0a1b2c', T1).set('KEY', new Secret('the old value'));
    await open('promoted-0a1b2c', T2).stage(values({ KEY: 'the new value' }), new Map([['KEY', ENDS]]));
    expect(await slotsOf(open('promoted-0a1b2c'), 'KEY')).toEqual(['the old value', 'the new value', undefined]);
    const staged = await open('promoted-0a1b2c').list();
    expect(staged.map(short)).toEqual([`KEY current ${ISO1}`, `KEY pending ${ISO2} ${ENDS}`]);

    await open('promoted-0a1b2c', T2 + 1).promote(['KEY']);
    expect(await slotsOf(open('promoted-0a1b2c'), 'KEY')).toEqual(['the new value', undefined, 'the old value']);
    const promoted = await open('promoted-0a1b2c').list();
    expect(promoted.map(short)).toEqual([`KEY current ${ISO2} ${ENDS}`, `KEY previous ${ISO1}`]);
    expect(promoted.map(({ fingerprint }) => fingerprint)).toEqual(
      staged.map(({ fingerprint }) => fingerprint).reverse(),
    );

    await open('promoted-0a1b2c').promote(['KEY', 'NEVER_SET']);
    expect(await slotsOf(open('promoted-0a1b2c'), 'KEY')).toEqual(['the new value', undefined, 'the old value']);
    await open('promoted-0a1b2c').confirm(['KEY']);
    expect((await open('promoted-0a1b2c').list()).map(short)).toEqual([`KEY current ${ISO2} ${ENDS}`]);
  });

  it('forgets a pending value and leaves the current one as it was', async () => {
    const store = open('discarded-0a1b2c', T1);
    await store.set('KEY', new Secret('the old value'));
    await store.stage(values({ KEY: 'the new value', FIRST: 'never there before' }));
    expect(await store.names()).toEqual(['KEY']);
    await store.discard(['KEY', 'FIRST', 'NEVER_SET']);
    expect((await store.list()).map(short)).toEqual([`KEY current ${ISO1}`]);
    expect(await slotsOf(store, 'KEY')).toEqual(['the old value', undefined, undefined]);
  });

  it('promotes the first value of a name, which has no previous one', async () => {
    const store = open('first-0a1b2c');
    await store.stage(values({ KEY: 'the first value' }));
    await store.promote(['KEY']);
    expect(await slotsOf(store, 'KEY')).toEqual(['the first value', undefined, undefined]);
  });

  it('keeps the value before when the new one is the same as the current one', async () => {
    const store = open('same-0a1b2c');
    await store.set('KEY', new Secret('value one'));
    await store.stage(values({ KEY: 'value two' }));
    await store.promote(['KEY']);
    await store.stage(values({ KEY: 'value two' }));
    await store.promote(['KEY']);
    expect(await slotsOf(store, 'KEY')).toEqual(['value two', undefined, 'value one']);
  });

  it('deletes every value of a name', async () => {
    const store = open('deleted-0a1b2c');
    await store.set('KEY', new Secret('value one'));
    await store.stage(values({ KEY: 'value two', OTHER: 'another' }));
    expect(await store.delete('KEY')).toBe(true);
    expect(await store.delete('KEY')).toBe(false);
    expect((await store.list()).map(short)).toEqual([expect.stringMatching(/^OTHER pending /)]);
  });

  it('tells equal values by a keyed fingerprint, which another store gives differently', async () => {
    const store = open('prints-0a1b2c');
    await store.setAll(values({ ONE: 'equal value', TWO: 'equal value', THREE: 'other value' }));
    const [one, three, two] = (await store.list()).map(({ fingerprint }) => fingerprint);
    expect(one).toMatch(/^[0-9a-f]{16}$/);
    expect(two).toBe(one);
    expect(three).not.toBe(one);
    expect(await open('prints-0a1b2c').fingerprint(new Secret('equal value'))).toBe(one);
    expect(await open('prints-elsewhere-0a1b2c').fingerprint(new Secret('equal value'))).not.toBe(one);
  });

  it('lists nothing that it keeps for itself', async () => {
    const store = open('own-0a1b2c');
    await store.fingerprint(new Secret('a value'));
    await store.set('TRADING_SETUP_FINGERPRINT_KEY', new Secret('made by a delivery'));
    expect(await store.list()).toEqual([]);
    // Whether anything was delivered from this store is told by this name.
    expect(await store.names()).toEqual(['TRADING_SETUP_FINGERPRINT_KEY']);
  });

  it('finishes, said again, whatever of it was done before a crash', async () => {
    // The order of the single writes: previous := current, current := pending, pending deleted.
    const stages: readonly Readonly<Record<string, string>>[] = [
      { KEY: 'old one', 'KEY#pending': 'new one' },
      { KEY: 'old one', 'KEY#pending': 'new one', 'KEY#previous': 'old one' },
      { KEY: 'new one', 'KEY#pending': 'new one', 'KEY#previous': 'old one' },
      { KEY: 'new one', 'KEY#previous': 'old one' },
    ];
    for (const [index, stage] of stages.entries()) {
      const store = open(`crash-${index}-0a1b2c`);
      await store.setAll(values(stage));
      await store.promote(['KEY']);
      expect(await slotsOf(store, 'KEY')).toEqual(['new one', undefined, 'old one']);
    }
  });
}
