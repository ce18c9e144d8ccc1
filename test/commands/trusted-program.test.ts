import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { places } from './secrets/place.ts';

const place = places();
const ENTRY = '    ENCRYPTION_KEY: { kind: generated, required: false, format: hex-32, about: a key }\n';
const COMMAND = '  commands:\n    reencrypt: { service: app, run: [algo-trade, reencrypt] }\n';

it('gives the keys to no command of the repository that nobody has agreed to', async () => {
  const { home, dir, program } = await place.copy('key-file');
  const file = join(dir, 'trading-setup.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/^secrets:\n/m, `secrets:\n${COMMAND}`).replace(/^ {2}entries:\n/m, `$&${ENTRY}`));
  const set = await program.run(['secrets', 'set', 'ENCRYPTION_KEY', '--dir', dir], { home, input: '5c'.repeat(32) });
  expect(set.code, set.stderr).toBe(0);
  const rotate = ['rotate', 'ENCRYPTION_KEY', '--yes', '--dir', dir];
  const refused = await program.run(rotate, { home });
  expect(refused.stderr).toContain('algo-trade reencrypt');
  expect(refused.stderr).toContain('--accept-command');
  expect(refused.code).toBe(4);
  // No engine is there: so far it comes once it is agreed to, and the second time without a word.
  for (const more of [['--accept-command'], []]) {
    const { stderr } = await program.run([...rotate, ...more], { home });
    expect(stderr).not.toContain('algo-trade reencrypt');
    expect(stderr).toContain('Docker');
  }
}, 60_000);
