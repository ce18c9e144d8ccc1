import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { learnValues } from '../../src/commands/known-values.ts';
import { Secret } from '../../src/secret.ts';
import { openVault } from '../../src/secrets/vault.ts';
import { vaultDir, vaultKeyPath } from '../../src/secrets/vault-place.ts';
import { smallStack } from '../stack/stacks.ts';
import { temporary } from './program.ts';

const OURS = ['XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'TRADING_SETUP_PASSPHRASE_FILE'] as const;
const before = OURS.map((name) => [name, process.env[name]] as const);
beforeEach(() => {
  delete process.env.TRADING_SETUP_PASSPHRASE_FILE;
  process.env.XDG_DATA_HOME = temporary();
  process.env.XDG_CONFIG_HOME = temporary();
});
afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

const askSecret = vi.fn(async () => undefined);
const face = { askSecret } as unknown as Parameters<typeof learnValues>[0]['face']; // the only question

it('blanks the values of a stack from then on, where nobody has to be asked', async () => {
  const stack = smallStack();
  const value = 'zx81-spectrum-48k';
  const dir = vaultDir(stack.id, process.env);
  const unlock = { kind: 'key-file', path: vaultKeyPath(stack.id, process.env) } as const;
  await openVault({ dir, unlock, now: Date.now }).set('TOY_TOKEN', new Secret(value));
  // Another run, which knows of no value yet.
  vi.resetModules();
  const [later, { redact }] = await Promise.all([
    import('../../src/commands/known-values.ts'),
    import('../../src/secret.ts'),
  ]);
  expect(redact(`it says ${value}`)).toContain(value);
  expect(await later.learnValues({ face }, stack)).toBeUndefined();
  expect(redact(`it says ${value}`)).not.toContain(value);
  expect(askSecret).not.toHaveBeenCalled();
});

it('asks for no passphrase, and says what that means', async () => {
  const small = smallStack();
  const stack = { ...small, secrets: { ...small.secrets, unlock: 'passphrase' as const } };
  const unlock = { kind: 'passphrase', ask: async () => new Secret('correct horse battery'), tries: 1 } as const;
  const dir = vaultDir(stack.id, process.env);
  await openVault({ dir, unlock, now: Date.now }).set('TOY_TOKEN', new Secret('another-value-1234'));
  expect(await learnValues({ face }, stack)).toContain('is not searched for secret values');
  expect(askSecret).not.toHaveBeenCalled();
});
