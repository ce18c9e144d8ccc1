import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { openStore } from '../../src/secrets/open.ts';
import { vaultDir, vaultKeyPath } from '../../src/secrets/vault-place.ts';
import { sampleStack } from './sample.ts';

describe('a vault is outside the repository', () => {
  const places: readonly [string, Record<string, string>, string, string][] = [
    [
      'in the home folder',
      { HOME: '/home/me' },
      '/home/me/.local/share/trading-setup/x-0a1b2c',
      '/home/me/.config/trading-setup/x-0a1b2c/vault.key',
    ],
    [
      'where XDG says',
      { HOME: '/h', XDG_DATA_HOME: '/data', XDG_CONFIG_HOME: '/conf' },
      '/data/trading-setup/x-0a1b2c',
      '/conf/trading-setup/x-0a1b2c/vault.key',
    ],
    [
      'not where XDG is relative or empty',
      { HOME: '/h', XDG_DATA_HOME: 'data', XDG_CONFIG_HOME: '' },
      '/h/.local/share/trading-setup/x-0a1b2c',
      '/h/.config/trading-setup/x-0a1b2c/vault.key',
    ],
  ];
  for (const [name, env, dir, key] of places) {
    it(name, () => expect([vaultDir('x-0a1b2c', env), vaultKeyPath('x-0a1b2c', env)]).toEqual([dir, key]));
  }
});

describe('openStore opens what the stack names, and nothing else', () => {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const ports = { env: { HOME: home }, now: () => 0, ask: async () => expect.fail('asked') };
  const stack = (store: string, unlock = 'passphrase') =>
    sampleStack({}, { secrets: { store, unlock, gateUser: 'x', entries: {} } });

  it('a vault with its key file, without asking', async () => {
    const store = await openStore(stack('vault', 'key-file'), ports);
    await store.set('NAME', new Secret('a value'));
    expect(store).toMatchObject({
      kind: 'vault',
      place: `the vault ${home}/.local/share/trading-setup/algo-trade-0a1b2c/vault.age`,
    });
    expect((await (await openStore(stack('vault', 'key-file'), ports)).get('NAME'))?.reveal()).toBe('a value');
  });

  it('a vault with a passphrase asks the face', async () => {
    const ask = async () => Promise.reject(new Error('the face was asked'));
    const store = await openStore(sampleStack({}, { ...stack('vault'), id: 'other-0a1b2c' }), { ...ports, ask });
    await expect(store.set('NAME', new Secret('a value'))).rejects.toThrow('the face was asked');
  });

  it.skipIf(process.platform === 'darwin')('a keychain that is not there is an error, not a file', async () => {
    rmSync(join(home, '.local'), { recursive: true, force: true });
    rmSync(join(home, '.config'), { recursive: true, force: true });
    const store = await openStore(stack('keychain'), ports);
    expect(store.kind).toBe('keychain');
    await expect(store.set('NAME', new Secret('a value'))).rejects.toMatchObject({
      kind: 'needs-you',
      code: 'keychain-missing',
    });
    expect(readdirSync(home)).toEqual([]);
  });
});
