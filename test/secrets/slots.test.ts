import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { redact, Secret } from '../../src/secret.ts';
import { readLedger } from '../../src/secrets/ledger.ts';
import type { SecretStore } from '../../src/secrets/store.ts';
import { openVault } from '../../src/secrets/vault.ts';
import { keepsSlots, slotsOf, values } from './store-contract.ts';

const home = mkdtempSync(join(tmpdir(), 'slots-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const env = { HOME: home, XDG_DATA_HOME: home };
const dirOf = (stack: string): string => join(home, 'trading-setup', stack);

const open = (stack: string, at = 0): SecretStore =>
  openVault({
    dir: dirOf(stack),
    unlock: { kind: 'key-file', path: join(home, 'keys', `${stack}.key`) },
    now: () => at,
  });

describe('a vault', () => {
  keepsSlots(open);
});

describe('the list beside a vault', () => {
  const path = (stack: string): string => join(dirOf(stack), 'names.json');

  it('is read without opening the vault, and holds no value', async () => {
    await open('read-0a1b2c', 5).setAll(
      values({ KEY: 'value-of-the-key' }),
      new Map([['KEY', '2026-06-30T12:00:00Z']]),
    );
    const text = readFileSync(path('read-0a1b2c'), 'utf8');
    expect(redact(text)).toBe(text);
    rmSync(join(home, 'keys', 'read-0a1b2c.key'));
    expect(await readLedger('read-0a1b2c', env)).toEqual([
      {
        name: 'KEY',
        slot: 'current',
        set: '1970-01-01T00:00:00.005Z',
        expires: '2026-06-30T12:00:00Z',
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      },
    ]);
    expect(await open('read-0a1b2c').list()).toEqual(await readLedger('read-0a1b2c', env));
  });

  it('of an earlier version is understood, and gets fingerprints with the next write', async () => {
    const stack = 'earlier-0a1b2c';
    await open(stack).setAll(values({ OLD: 'old value', TRADING_SETUP_FINGERPRINT_KEY: 'x'.repeat(32) }));
    const set = '2025-05-05T00:00:00.000Z';
    const names = ['OLD', 'TRADING_SETUP_FINGERPRINT_KEY'].map((name) => ({ name, set }));
    writeFileSync(path(stack), JSON.stringify({ version: 1, names }));
    expect(await open(stack).names()).toEqual(['OLD', 'TRADING_SETUP_FINGERPRINT_KEY']);
    expect(await open(stack).list()).toEqual([{ name: 'OLD', slot: 'current', set }]);
    await open(stack, 7).set('NEW', new Secret('new value'));
    expect(await open(stack).list()).toEqual([
      { name: 'NEW', slot: 'current', set: '1970-01-01T00:00:00.007Z', fingerprint: expect.any(String) },
      { name: 'OLD', slot: 'current', set, fingerprint: expect.any(String) },
    ]);
  });

  it('that a crash left behind what is in the vault is mended by whoever opens it', async () => {
    const stack = 'behind-0a1b2c';
    await open(stack, 1).set('KEY', new Secret('the old value'));
    await open(stack, 2).stage(values({ KEY: 'the new value' }));
    const before = readFileSync(path(stack), 'utf8');
    await open(stack, 3).promote(['KEY']);
    writeFileSync(path(stack), before);
    expect((await open(stack).list()).map(({ slot }) => slot)).toEqual(['current', 'pending']);
    expect(await slotsOf(open(stack), 'KEY')).toEqual(['the new value', undefined, 'the old value']);
    expect((await open(stack).list()).map(({ slot, set }) => [slot, set])).toEqual([
      ['current', '1970-01-01T00:00:00.002Z'],
      ['previous', '1970-01-01T00:00:00.001Z'],
    ]);
  });

  it('that is lost is written again by whoever opens the vault; with a passphrase nobody is asked for a list', async () => {
    const stack = 'lost-0a1b2c';
    await open(stack).set('KEY', new Secret('a value'));
    rmSync(path(stack));
    expect((await open(stack).list()).map(({ name }) => name)).toEqual(['KEY']);
    rmSync(path(stack));
    const locked = openVault({
      dir: dirOf(stack),
      unlock: { kind: 'passphrase', ask: async () => expect.fail('asked') },
      now: () => 0,
    });
    await expect(locked.list()).rejects.toMatchObject({ kind: 'needs-you', code: 'vault-names-missing' });
    expect(await readLedger(stack, env)).toEqual([]);
  });

  it('keeps what it says of the other store', async () => {
    const stack = 'both-0a1b2c';
    mkdirSync(dirOf(stack), { recursive: true });
    const entry = { name: 'IN_KEYCHAIN', slot: 'current', set: '2025-05-05T00:00:00.000Z' };
    writeFileSync(path(stack), JSON.stringify({ version: 2, keychain: [entry] }));
    await open(stack).set('IN_VAULT', new Secret('a value'));
    expect((await readLedger(stack, env)).map(({ name }) => name)).toEqual(['IN_KEYCHAIN', 'IN_VAULT']);
    expect(await readLedger(stack, env, 'keychain')).toEqual([entry]);
    expect(await open(stack).names()).toEqual(['IN_VAULT']);
  });
});

it('several at once are kept or none: a vault that cannot be written keeps what it had', async () => {
  const stack = 'none-0a1b2c';
  await open(stack).set('KEY', new Secret('the old value'));
  const vault = readFileSync(join(dirOf(stack), 'vault.age'), 'utf8');
  rmSync(join(home, 'keys', `${stack}.key`));
  await expect(open(stack).stage(values({ KEY: 'new', OTHER: 'new' }))).rejects.toMatchObject({
    code: 'vault-key-missing',
  });
  expect(readFileSync(join(dirOf(stack), 'vault.age'), 'utf8')).toBe(vault);
});
