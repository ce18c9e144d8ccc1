import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireTrueMode } from '../../src/commands/true-mode.ts';
import { detect } from '../../src/detect/detect.ts';
import { unpackSample } from '../../src/flow/sample.ts';
import { designed } from '../stack/stacks.ts';
import { temporary } from './program.ts';

async function sample() {
  const dir = join(temporary(), 'sample');
  await unpackSample(dir);
  return { dir, stack: designed(await detect(dir)) };
}

function toLive(dir: string): void {
  const config = join(dir, 'config/Config.toml');
  writeFileSync(config, readFileSync(config, 'utf8').replaceAll('hyperliquid-testnet', 'hyperliquid'));
}

describe('the mode of a stack that is started', () => {
  it('is PAPER as long as the repository proves it', async () => {
    const { dir, stack } = await sample();
    expect(stack.mode).toBe('paper');
    await expect(requireTrueMode(dir, stack)).resolves.toBeUndefined();
  });

  it('is refused as PAPER when the sources name a live network since: exit 4 with the next step', async () => {
    const { dir, stack } = await sample();
    toLive(dir);
    await expect(requireTrueMode(dir, stack)).rejects.toMatchObject({
      kind: 'needs-you',
      code: 'mode-changed',
      message: expect.stringContaining('https://api.hyperliquid.xyz'),
    });
  });

  it('is LIVE without a look: its start is confirmed anyway', async () => {
    const { dir, stack } = await sample();
    toLive(dir);
    await expect(requireTrueMode(dir, { ...stack, mode: 'live' })).resolves.toBeUndefined();
  });
});
