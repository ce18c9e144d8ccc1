import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { unpackSample } from '../../../src/flow/sample.ts';
import { bundle, temporary } from '../program.ts';

type Program = ReturnType<typeof bundle>;

export const KEY = 'HYPERLIQUID_API_WALLET_KEY';
/** A key of nobody. */
export const GOOD_KEY = `0x${'4c0883a69102937d'.repeat(4)}`;

/**
 * For the tests of a file: the program, and the sample, set up once for each way of opening its vault; every test gets a
 * copy in a home of its own.
 */
export function places() {
  const folder = mkdtempSync(join(tmpdir(), 'places-'));
  let program: Program;
  beforeAll(() => {
    program = bundle();
  }, 60_000);
  afterAll(() => {
    program.remove();
    rmSync(folder, { recursive: true, force: true });
  });
  const made = new Map<string, Promise<string>>();

  async function make(unlock: string): Promise<string> {
    const home = join(folder, unlock);
    const dir = join(home, 'sample');
    await unpackSample(dir);
    const flags = ['--set', 'secrets.store=vault', '--set', `secrets.unlock=${unlock}`];
    const done = await program.run(['init', '--yes', '--no-start', ...flags, '--dir', dir], { home });
    if (done.code !== 0) throw new Error(`init ended with ${done.code}: ${done.stderr}`);
    return dir;
  }

  return {
    async copy(unlock: 'key-file' | 'passphrase') {
      const from = made.get(unlock) ?? make(unlock);
      made.set(unlock, from);
      const home = temporary();
      const dir = join(home, 'sample');
      cpSync(await from, dir, { recursive: true });
      return { home, dir, program };
    },
    run: (args: readonly string[]) => program.run(args),
  };
}
