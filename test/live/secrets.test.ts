import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { containerOf, containersOf, healthy, pidsOf } from './support/engine.ts';
import { CLI, cli, docker, run } from './support/run.ts';
import { compose, deploy, deployed, type Stack } from './support/stack.ts';

/** Entered values that exist nowhere else; a sample of the key's form. */
const KEY = `0x${'9d4e1c7a3b5f8e2604d7c9b1a8f3e6d5'.repeat(2)}`;
const ADDRESS = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

let stack: Stack;
beforeAll(async () => {
  stack = await deployed('sample');
});

async function setSecret(name: string, stdin: string): Promise<void> {
  const { code, stderr } = await cli(['secrets', 'set', name, '--dir', stack.dir], { stdin });
  expect(code, stderr).toBe(0);
}

/** What the daemon itself has in its environment, read on the host. */
async function environmentOfDaemon(): Promise<readonly string[]> {
  const pids = await pidsOf(await containerOf(stack.id, 'app'));
  const program = pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('algo-trade\0'));
  return readFileSync(`/proc/${program}/environ`, 'utf8').split('\0');
}

describe('a changed secret', () => {
  it('reaches its consumer and recreates nobody else', async () => {
    const before = await containersOf(stack.id);
    await setSecret('HYPERLIQUID_API_WALLET_KEY', KEY);
    await setSecret('HYPERLIQUID_ACCOUNT_ADDRESS', ADDRESS);
    await deploy(stack.dir);
    const after = await containersOf(stack.id);
    const recreated = [...after].filter(([name, { Id }]) => before.get(name)?.Id !== Id).map(([name]) => name);
    expect(recreated).toEqual(['app']);
    expect(await environmentOfDaemon()).toContain(`HYPERLIQUID_API_WALLET_KEY=${KEY}`);
    expect(JSON.stringify(JSON.parse(await docker('inspect', after.get('app')?.Id ?? '')))).not.toContain(KEY.slice(2));
  });

  it('recreates nobody when it is the same value again', async () => {
    const before = await containersOf(stack.id);
    await setSecret('HYPERLIQUID_API_WALLET_KEY', KEY);
    await deploy(stack.dir);
    const after = await containersOf(stack.id);
    expect([...after].map(([name, { Id }]) => [name, Id])).toEqual([...before].map(([name, { Id }]) => [name, Id]));
  });

  it('is refused when its form is wrong, without being repeated', async () => {
    const wrong = KEY.slice(0, -2);
    const how = { stdin: wrong };
    const { code, stdout, stderr } = await cli(
      ['secrets', 'set', 'HYPERLIQUID_API_WALLET_KEY', '--dir', stack.dir],
      how,
    );
    expect(code).toBe(2);
    expect(stdout + stderr).not.toContain(wrong);
  });

  it('has no argument to be passed by', async () => {
    const { code, stdout, stderr } = await run([
      process.execPath,
      CLI,
      'secrets',
      'set',
      'GATE_PASSWORD',
      'x',
      '--dir',
      stack.dir,
    ]);
    expect(code).toBe(2);
    expect(stdout + stderr).toMatch(/too many arguments/);
  });
});

describe('secrets stay where they are', () => {
  it('when docker compose up -d runs without trading-setup', async () => {
    await compose(stack, 'up', '-d', '--force-recreate', 'app');
    await healthy(stack.id);
    expect(await environmentOfDaemon()).toContain(`HYPERLIQUID_API_WALLET_KEY=${KEY}`);
  });
});
