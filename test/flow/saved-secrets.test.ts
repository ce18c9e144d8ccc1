import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { renderStack } from '../../src/artifacts/stack-file.ts';
import { readStack } from '../../src/flow/repository.ts';
import { smallStack } from '../stack/stacks.ts';

const HEX = `0x${'1a2b3c4d'.repeat(8)}`;

function saved(environment: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const dir = mkdtempSync(join(tmpdir(), 'saved-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const stack = smallStack({});
  const [name = ''] = Object.keys(stack.services);
  const service = { ...stack.services[name], environment, args };
  writeFileSync(
    join(dir, 'trading-setup.yaml'),
    renderStack({ ...stack, services: { ...stack.services, [name]: service } } as typeof stack), // the same with other values
  );
  return readStack(dir);
}

it.each<[string, Record<string, string>, string[]]>([
  ['a key by its name and form', { HYPERLIQUID_API_WALLET_KEY: HEX }, []],
  ['a key by its name', { KRAKEN_API_SECRET: 'abcd9876efgh' }, []],
  ['a key by its form', { WALLET: HEX }, []],
  ['a key among the arguments', {}, ['run', '--key', HEX]],
])('a stack with %s is refused, and its value is not said', async (_, environment, args) => {
  const error = await saved(environment, args).then(
    () => undefined,
    (reason: Error) => reason,
  );
  expect(error).toMatchObject({ code: 'secret-in-stack', exitCode: 2 });
  expect(JSON.stringify(error)).not.toMatch(/1a2b3c4d|abcd9876/);
});

it.each<[string, Record<string, string>]>([
  ['a hash', { ORDER_HASH: HEX }],
  ['the path of a key', { API_KEY_PATH: '/data/key.pem' }],
  ['a number', { TOKEN_TTL: '36000000' }],
  ['a URL', { DATABASE_URL: 'sqlite:///data/bots.db?mode=rwc' }],
])('a stack with %s is read', async (_, environment) => {
  await expect(saved(environment)).resolves.toBeDefined();
});
