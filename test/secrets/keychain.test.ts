import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { openKeychain, probeKeychain } from '../../src/secrets/keychain.ts';
import { type Keyring, noKeyring, startKeyring } from './keyring.ts';

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
  const open = (stack = 'algo-trade-0a1b2c') => openKeychain(stack, { env: keyring.env, platform: 'linux' });

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
    it('is unavailable to the probe', async () => {
      expect(await probeKeychain({ env: keyring.env, platform: 'linux' })).toMatchObject({
        available: false,
        why: expect.stringContaining('locked'),
      });
    });
  });
});
