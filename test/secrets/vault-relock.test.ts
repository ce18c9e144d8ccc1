import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { openVault } from '../../src/secrets/vault.ts';
import type { Unlock } from '../../src/secrets/vault-key.ts';
import { relockVault } from '../../src/secrets/vault-relock.ts';

const root = mkdtempSync(join(tmpdir(), 'relock-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let dir: string;
let count = 0;
beforeEach(() => {
  dir = join(root, String(count++), 'data');
});

const byKey = (): Unlock => ({ kind: 'key-file', path: join(dir, '../config/vault.key') });
const byWord = (word = 'correct horse battery'): Unlock => ({ kind: 'passphrase', ask: async () => new Secret(word) });
const vault = (unlock: Unlock) => openVault({ dir, unlock, now: () => Date.UTC(2026, 0, 1) });

it.each([
  ['a key file', 'a passphrase', byKey, byWord],
  ['a passphrase', 'a key file', byWord, byKey],
])('a vault that %s opens is opened by %s, and by nothing else, with all that it had', async (_, __, from, to) => {
  await vault(from()).set('TOKEN', new Secret('token-token'), '2026-03-01T00:00:00.000Z');
  await vault(from()).stage(new Map([['TOKEN', new Secret('next-token')]]));
  const listed = await vault(from()).list();
  expect(await relockVault(dir, from(), to())).toBe(true);
  expect((await vault(to()).get('TOKEN'))?.reveal()).toBe('token-token');
  expect((await vault(to()).get('TOKEN', 'pending'))?.reveal()).toBe('next-token');
  expect(await vault(to()).list()).toEqual(listed);
  await expect(vault(from()).get('TOKEN')).rejects.toMatchObject({ code: 'vault-other-unlock' });
  // Cut off before trading-setup.yaml was written: said again, it finishes.
  expect(await relockVault(dir, from(), to())).toBe(true);
});

it('a wrong passphrase, or a new one that is too short, leaves the vault as it was', async () => {
  await vault(byWord()).set('TOKEN', new Secret('token-token'));
  const before = readFileSync(join(dir, 'vault.age'), 'utf8');
  await expect(relockVault(dir, byWord('another word'), byKey())).rejects.toMatchObject({
    code: 'vault-wrong-passphrase',
  });
  expect(readFileSync(join(dir, 'vault.age'), 'utf8')).toBe(before);
  expect(await relockVault(join(dir, 'empty'), byKey(), byWord())).toBe(false);
});

it('says which file has the wrong passphrase', async () => {
  await vault(byWord()).set('TOKEN', new Secret('token-token'));
  await expect(vault({ ...byWord('another word'), file: '/run/pass' } as Unlock).get('TOKEN')).rejects.toMatchObject({
    message: 'The passphrase in /run/pass does not open the vault.',
    next: [expect.stringContaining('/run/pass')],
  });
});
