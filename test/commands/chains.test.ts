import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readChains, rememberChain } from '../../src/commands/chains.ts';
import { withChains } from '../../src/commands/rotate/chains.ts';
import { rememberTold } from '../../src/commands/secrets/accept.ts';
import { chainsBefore, forgetChains } from '../../src/commands/secrets/chain-before.ts';
import { Secret } from '../../src/secret.ts';
import type { SecretStore } from '../../src/secrets/store.ts';
import type { Http } from '../../src/system/http.ts';
import { smallStack } from '../stack/stacks.ts';
import { temporary } from './program.ts';

const STACK = { id: 'toy-5a3b1e' };
const before = process.env.XDG_DATA_HOME;
beforeEach(() => {
  process.env.XDG_DATA_HOME = temporary();
});
afterEach(() => {
  if (before === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = before;
});

it('the chain of a node is remembered by the name of its address, and forgotten where it was not asked', async () => {
  expect(await readChains(STACK)).toEqual(new Map());
  await rememberChain(STACK, 'WS_RPC_URL', 14);
  await rememberChain(STACK, 'WS_RPC_URL_ALPACA', 1);
  expect(await readChains(STACK)).toEqual(
    new Map([
      ['WS_RPC_URL', 14],
      ['WS_RPC_URL_ALPACA', 1],
    ]),
  );
  await rememberChain(STACK, 'WS_RPC_URL', undefined);
  expect(await readChains(STACK)).toEqual(new Map([['WS_RPC_URL_ALPACA', 1]]));
});

it('what is damaged is known no more, and is written anew', async () => {
  await rememberChain(STACK, 'WS_RPC_URL', 14);
  const file = join(process.env.XDG_DATA_HOME ?? '', 'trading-setup', STACK.id, 'chains.json');
  expect(readFileSync(file, 'utf8')).not.toContain('://');
  writeFileSync(file, '{');
  expect(await readChains(STACK)).toEqual(new Map());
});

const NODE = 'WS_RPC_URL';
const TOY = smallStack({
  services: { app: { secrets: { [NODE]: '${WS_RPC_URL}' } } },
  secrets: { entries: { [NODE]: { kind: 'entered', required: true, format: 'ws-url', about: 'a node' } } },
});
const OLD = new Secret('wss://old.example/v2/customer-key');
const NEW = new Secret('wss://new.example/v2/customer-key');
const unknown = { level: 'unknown', text: 'nobody answered' } as const;
const told = (chain: number) => ({ level: 'good', text: 'a node answers', chain }) as const;
const accepted = (verdict: typeof unknown | ReturnType<typeof told> | undefined) => [
  { name: NODE, verdict, expires: undefined },
];

describe('the chain of a node that is kept', () => {
  it('is known no more when another address is kept and its node has not told its own', async () => {
    for (const verdict of [unknown, undefined]) {
      await rememberTold(TOY, accepted(told(14)), [NODE]);
      await rememberTold(TOY, accepted(verdict), []);
      expect(await readChains(TOY)).toEqual(new Map([[NODE, 14]]));
      await rememberTold(TOY, accepted(verdict), [NODE]);
      expect(await readChains(TOY)).toEqual(new Map());
    }
    await rememberChain(TOY, NODE, 14);
    await forgetChains(TOY, ['TOY_TOKEN', NODE]);
    expect(await readChains(TOY)).toEqual(new Map());
  });

  it('is asked for where nobody has asked it: its address was entered by the way', async () => {
    const urls: string[] = [];
    const http: Http = async ({ url }) => {
      urls.push(url);
      return { status: 101, body: '{"jsonrpc":"2.0","id":1,"result":"0xe"}' };
    };
    const ports = { http, now: () => 0, env: {} };
    const chains = (before: Secret | undefined, value = NEW) =>
      chainsBefore(TOY, NODE, { get: async () => before }, new Map([[NODE, value]]), ports);
    expect(await chains(OLD)).toEqual(new Map([[NODE, 14]]));
    expect(urls).toEqual([OLD.reveal()]);
    await rememberChain(TOY, NODE, 1);
    expect(await chains(OLD)).toEqual(new Map([[NODE, 1]]));
    // What is remembered of a value that is gone says nothing of the next.
    expect(await chains(undefined)).toEqual(new Map());
    expect(urls).toHaveLength(1);
  });

  it('changes with a rotation, when its new value becomes the current one', async () => {
    const slots = new Map([['pending', NEW]]);
    const promoted: string[] = [];
    const store = {
      get: async (_name: string, slot = 'current') => slots.get(slot),
      promote: async (names: readonly string[]) => void promoted.push(...names),
    } as unknown as SecretStore; // what it is asked for
    await rememberChain(TOY, NODE, 14);
    await withChains(TOY, store, (_, value) => (value === NEW ? 1 : 14)).promote([NODE, 'TOY_TOKEN']);
    expect(promoted).toEqual([NODE, 'TOY_TOKEN']);
    expect(await readChains(TOY)).toEqual(new Map([[NODE, 1]]));
    // Said again after a crash: nothing is pending any more.
    slots.clear();
    await withChains(TOY, store, () => undefined).promote([NODE]);
    expect(await readChains(TOY)).toEqual(new Map([[NODE, 1]]));
    slots.set('pending', OLD);
    await withChains(TOY, store, () => undefined).promote([NODE]);
    expect(await readChains(TOY)).toEqual(new Map());
  });
});
