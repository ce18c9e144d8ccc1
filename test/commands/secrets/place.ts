import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unpackSample } from '../../../src/flow/sample.ts';
import { type bundle, temporary } from '../program.ts';

type Program = ReturnType<typeof bundle>;

/** The sample, set up once for each way of opening its vault; every test gets a copy in a home of its own. */
export function places() {
  const folder = mkdtempSync(join(tmpdir(), 'places-'));
  const made = new Map<string, Promise<string>>();

  async function make(program: Program, unlock: string): Promise<string> {
    const home = join(folder, unlock);
    const dir = join(home, 'sample');
    await unpackSample(dir);
    const flags = ['--set', 'secrets.store=vault', '--set', `secrets.unlock=${unlock}`];
    const done = await program.run(['init', '--yes', '--no-start', ...flags, '--dir', dir], { home });
    if (done.code !== 0) throw new Error(`init ended with ${done.code}: ${done.stderr}`);
    return dir;
  }

  return {
    async copy(program: Program, unlock: 'key-file' | 'passphrase') {
      const from = made.get(unlock) ?? make(program, unlock);
      made.set(unlock, from);
      const home = temporary();
      const dir = join(home, 'sample');
      cpSync(await from, dir, { recursive: true });
      return { home, dir };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
