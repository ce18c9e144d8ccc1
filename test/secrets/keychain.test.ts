import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { openKeychain, probeKeychain } from '../../src/secrets/keychain.ts';
import { readLedger } from '../../src/secrets/ledger.ts';
import { type Keyring, noKeyring, startKeyring } from './keyring.ts';
import { keepsSlots, slotsOf, values } from './store-contract.ts';

const absent = noKeyring();
// In CI the keyring has to be there: what follows then fails instead of being skipped.
const skip = absent !== undefined && process.env.CI !== 'true';
if (absent !== undefined) console.log(`${skip ? 'skipped' : 'failing'}: the tests with a real keychain (${absent})`);

describe.skipIf(skip)('a real keychain', () => {
  let keyring: Keyring;
  beforeAll(async () => {
    if (absent !== undefined) throw new Error(absent);
    keyring = await startKeyring();
  });
  afterAll(() => keyring?.stop());
  const open = (stack = 'algo-trade-0a1b2c', at = 0) =>
    openKeychain(stack, { env: keyring.env, platform: 'linux', now: () => at });
  keepsSlots(open);

  it('is found by the probe, which leaves nothing behind', async () => {
    expect(await probeKeychain({ env: keyring.env, platform: 'linux' })).toMatchObject({ available: true });
    expect(await openKeychain('check', { env: keyring.env, platform: 'linux' }).names()).toEqual([]);
  });

  it('gives back what was set, byte for byte, also to another process', async () => {
    const values = { PLAIN: 'plain', SIGNS: 'a"b\\c $`\' é😀', LINES: 'one\ntwo\n', LONG: 'x'.repeat(20_000) };
    await open().setAll(new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)])));
    const other = open();
    for (const [name, value] of Object.entries(values)) expect((await other.get(name))?.reveal()).toBe(value);
    expect(await other.names()).toEqual(['LINES', 'LONG', 'PLAIN', 'SIGNS']);
  });

  it('replaces, deletes, and knows what is not there', async () => {
    const store = open('replaced-0a1b2c');
    await store.set('NAME', new Secret('first value'));
    await store.set('NAME', new Secret('second value'));
    expect((await store.get('NAME'))?.reveal()).toBe('second value');
    expect(await store.delete('NAME')).toBe(true);
    expect(await store.delete('NAME')).toBe(false);
    expect(await store.get('NAME')).toBeUndefined();
    expect(await store.names()).toEqual([]);
  });

  it('keeps the stacks apart', async () => {
    await open('one-0a1b2c').set('NAME', new Secret('of the first'));
    expect(await open('two-0a1b2c').get('NAME')).toBeUndefined();
  });

  it('sets several values or none', async () => {
    const store = open('several-0a1b2c');
    await store.set('OLD', new Secret('old value'));
    const values = new Map([
      ['OLD', new Secret('new value')],
      ['NEW', new Secret('new value')],
      ['BAD', new Secret('cut \0 off')],
    ]);
    await expect(store.setAll(values)).rejects.toMatchObject({ kind: 'usage', code: 'secret-value-invalid' });
    expect((await store.get('OLD'))?.reveal()).toBe('old value');
    expect(await store.names()).toEqual(['OLD']);
  });

  it('has what another program put into it, and not what a list of ours says', async () => {
    const store = open('outside-0a1b2c');
    await store.setAll(values({ KEY: 'a value of ours', GONE: 'deleted elsewhere' }));
    const service = 'trading-setup/outside-0a1b2c';
    keyring.edit(
      `await keytar.deletePassword('${service}', 'GONE'); await keytar.setPassword('${service}', 'KEY', 'theirs')`,
    );
    expect((await readLedger('outside-0a1b2c', keyring.env)).map(({ name }) => name)).toEqual(['GONE', 'KEY']);
    const [kept, ...more] = await store.list();
    // Its date was that of another value.
    expect(kept).toEqual({ name: 'KEY', slot: 'current', fingerprint: expect.any(String) });
    expect(more).toEqual([]);
    expect(kept?.fingerprint).toBe(await store.fingerprint(new Secret('theirs')));
  });

  it('of an earlier version, without a list and without fingerprints, works as it is', async () => {
    keyring.edit(`await keytar.setPassword('trading-setup/earlier-0a1b2c', 'OLD', 'old value')`);
    expect(await open('earlier-0a1b2c').list()).toEqual([{ name: 'OLD', slot: 'current' }]);
    await open('earlier-0a1b2c').set('NEW', new Secret('new value'));
    expect(await open('earlier-0a1b2c').list()).toEqual([
      { name: 'NEW', slot: 'current', set: '1970-01-01T00:00:00.000Z', fingerprint: expect.any(String) },
      { name: 'OLD', slot: 'current', fingerprint: expect.any(String) },
    ]);
  });

  it('loses no value when its process is killed in the middle of a promotion, at any write', async () => {
    const states = new Set<string>();
    for (let writes = 0; writes < 5; writes += 1) {
      const stack = `killed-${writes}-0a1b2c`;
      await open(stack).set('KEY', new Secret('old one'));
      await open(stack).stage(values({ KEY: 'new one' }));
      const dying = openKeychain(stack, {
        env: { ...keyring.env, DIES_AFTER: String(writes) },
        platform: 'linux',
        modulePath: () => keyring.dyingModule,
      });
      await dying.promote(['KEY']).catch((error) => expect(error).toMatchObject({ code: 'keychain-hangs' }));
      const between = await slotsOf(open(stack), 'KEY');
      states.add(between.join());
      expect(between).toContain('old one');
      expect(between).toContain('new one');
      await open(stack).promote(['KEY']);
      expect(await slotsOf(open(stack), 'KEY')).toEqual(['new one', undefined, 'old one']);
    }
    // It was really killed at different writes.
    expect(states.size).toBeGreaterThanOrEqual(3);
  }, 60_000);

  // Last, because it stays locked.
  describe('once it is locked', () => {
    beforeAll(async () => {
      await open('locked-0a1b2c').set('NAME', new Secret('behind the lock'));
      keyring.lock();
    });
    const refused = {
      kind: 'needs-you',
      code: 'keychain-locked',
      next: expect.arrayContaining([expect.stringContaining('--set secrets.store=vault')]),
    };

    it('does not pass a value off as absent', async () => {
      await expect(open('locked-0a1b2c').get('NAME')).rejects.toMatchObject(refused);
    });
    it('survives listing, which crashes the library', async () => {
      await expect(open('locked-0a1b2c').names()).rejects.toMatchObject(refused);
    });
    it('refuses to write and to delete', async () => {
      await expect(open('locked-0a1b2c').set('NAME', new Secret('x'))).rejects.toMatchObject(refused);
      await expect(open('locked-0a1b2c').delete('NAME')).rejects.toMatchObject(refused);
    });
    it('refuses every slot, and a list', async () => {
      const store = open('locked-0a1b2c');
      for (const work of [
        () => store.list(),
        () => store.stage(values({ NAME: 'new' })),
        () => store.promote(['NAME']),
        () => store.confirm(['NAME']),
        () => store.fingerprint(new Secret('x')),
      ]) {
        const start = performance.now();
        await expect(work()).rejects.toMatchObject(refused);
        expect(performance.now() - start).toBeLessThan(3_000);
      }
    });
    it('is unavailable to the probe', async () => {
      expect(await probeKeychain({ env: keyring.env, platform: 'linux' })).toMatchObject({
        available: false,
        why: expect.stringContaining('locked'),
      });
    });
  });
});
