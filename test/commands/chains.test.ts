import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readChains, rememberChain } from '../../src/commands/chains.ts';
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
