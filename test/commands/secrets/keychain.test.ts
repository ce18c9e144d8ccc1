import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackSample } from '../../../src/flow/sample.ts';
import { type Keyring, noKeyring, startKeyring } from '../../secrets/keyring.ts';
import { bundle, temporary } from '../program.ts';
import { GOOD_KEY, KEY } from './place.ts';

let program: ReturnType<typeof bundle>;
beforeAll(() => {
  program = bundle();
}, 60_000);
afterAll(() => program.remove());

/** The sample, set up with this store. */
async function setUp(store: 'keychain' | 'vault', env: Record<string, string>) {
  const home = temporary();
  const dir = join(home, 'sample');
  await unpackSample(dir);
  const flags = ['--set', `secrets.store=${store}`, ...(store === 'vault' ? ['--set', 'secrets.unlock=key-file'] : [])];
  expect(await program.run(['init', '--yes', '--no-start', ...flags, '--dir', dir], { home, env })).toMatchObject({
    code: 0,
  });
  const yaml = join(dir, 'trading-setup.yaml');
  const id = /^id: (.*)$/m.exec(readFileSync(yaml, 'utf8'))?.[1] ?? '';
  const secrets = (args: readonly string[], input = '', more: Record<string, string> = {}) =>
    program.run(['secrets', ...args, '--dir', dir], { home, input, env: { ...env, ...more } });
  return {
    ...{ home, dir, id, yaml, secrets },
    data: join(home, '.local/share/trading-setup', id),
    store: () => /^ {2}store: (.*)$/m.exec(readFileSync(yaml, 'utf8'))?.[1],
    reveal: async (name: string) => (await secrets(['reveal', name, '--yes'])).stdout.trimEnd(),
  };
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

type Place = Awaited<ReturnType<typeof setUp>>;

/** Every command that needs the store says so in time, and nothing weaker is taken instead. */
async function refusesAll({ secrets, data, home }: Place, words: RegExp): Promise<void> {
  for (const [args, input] of [
    [['list'], ''],
    [['list', '--json'], ''],
    [['set', KEY, '--no-check'], GOOD_KEY],
    [['reveal', KEY, '--yes'], ''],
    [['remove', KEY, '--yes'], ''],
    [['move', '--to', 'vault', '--unlock', 'key-file'], ''],
  ] as const) {
    // What the start of the program alone takes is the machine's: it may be busy.
    const startUp = await timeOf(() => program.run(['--help']));
    const start = performance.now();
    const { code, stdout, stderr } = await secrets(args, input);
    expect(performance.now() - start, args.join(' ')).toBeLessThan(3_000 + startUp);
    expect(code, args.join(' ')).toBe(4);
    expect(`${stdout}${stderr}`).toMatch(words);
    expect(`${stdout}${stderr}`).toMatch(/next/);
    expect(`${stdout}${stderr}`).not.toContain('4c0883a6');
  }
  for (const path of [join(data, 'vault.age'), join(home, '.config/trading-setup')])
    expect(existsSync(path)).toBe(false);
}

describe('without a keychain', () => {
  it('every command says so within 3 s', async () => {
    await refusesAll(await setUp('keychain', {}), /No keychain is available/);
  }, 40_000);

  it('on a bus that accepts and never answers too', async () => {
    const place = await setUp('keychain', {});
    const bus = join(place.home, 'bus');
    const server: Server = createServer(() => undefined);
    await new Promise<void>((listening) => server.listen(bus, listening));
    try {
      const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${bus}` };
      const secrets: Place['secrets'] = (args, input, more) => place.secrets(args, input, { ...env, ...more });
      await refusesAll({ ...place, secrets }, /The keychain does not answer/);
    } finally {
      server.close();
    }
  }, 60_000);
});

const absent = noKeyring();
const skip = absent !== undefined && process.env.CI !== 'true';
if (skip) console.log(`skipped: the commands with a real keychain (${absent})`);

describe.skipIf(skip)('with a real keychain', () => {
  let keyring: Keyring;
  const env = () => ({ DBUS_SESSION_BUS_ADDRESS: keyring.env.DBUS_SESSION_BUS_ADDRESS ?? '' });
  beforeAll(async () => {
    if (absent !== undefined) throw new Error(absent);
    keyring = await startKeyring();
  });
  afterAll(() => keyring?.stop());

  it('a value is set, listed, revealed and removed', async () => {
    const { secrets, reveal } = await setUp('keychain', env());
    expect(await secrets(['set', KEY], GOOD_KEY)).toMatchObject({ code: 0 });
    expect((await secrets(['list'])).stdout).toMatch(
      /^Kept in the login keychain\.\n[\s\S]*HYPERLIQUID_API_WALLET_KEY +set just now .*[0-9a-f]{16} +app$/m,
    );
    expect(await reveal(KEY)).toBe(GOOD_KEY);
    expect(await secrets(['remove', KEY, '--yes'])).toMatchObject({ code: 0 });
    expect((await secrets(['list'])).stdout).toMatch(/HYPERLIQUID_API_WALLET_KEY +not set/);
  });

  describe('a move', () => {
    /** Everything a stack can have: three slots, dates, the keys of the store itself. */
    async function filled(store: 'keychain' | 'vault') {
      const place = await setUp(store, env());
      await place.secrets(['set', KEY, '--no-check', '--expires', '2099-01-31'], GOOD_KEY);
      await place.secrets(['set', 'GATE_PASSWORD'], 'a password of the gate');
      const rows = async () => JSON.parse((await place.secrets(['list', '--json'])).stdout).secrets;
      return { ...place, rows };
    }

    it('to the vault and back takes values, dates and fingerprints along, and leaves nothing behind', async () => {
      const { dir, home, data, yaml, secrets, store, reveal, rows } = await filled('keychain');
      writeFileSync(yaml, readFileSync(yaml, 'utf8').replace(/^secrets:/m, '# mine\nsecrets:\n  # of the desk'));
      const before = await rows();
      const there = await secrets(['move', '--to', 'vault', '--unlock', 'key-file']);
      expect(there).toMatchObject({ code: 0, stderr: '' });
      expect(there.stdout).toMatch(/2 secrets moved: kept in the vault .*, and no longer in the login keychain\./);
      expect(there.stdout).toContain('opens the vault: keep a copy of it elsewhere');
      expect(store()).toBe('vault');
      expect(readFileSync(yaml, 'utf8')).toContain('# mine\nsecrets:\n  # of the desk\n');
      expect([await reveal(KEY), await reveal('GATE_PASSWORD')]).toEqual([GOOD_KEY, 'a password of the gate']);
      expect(await rows()).toEqual(before);
      // What check sees is what init would write.
      expect(await program.run(['check', '--dir', dir], { home })).toMatchObject({ code: 0 });

      const back = await secrets(['move', '--to', 'keychain']);
      expect(back).toMatchObject({ code: 0, stderr: '' });
      expect(store()).toBe('keychain');
      expect(await rows()).toEqual(before);
      expect(existsSync(join(data, 'vault.age'))).toBe(false);
      expect(existsSync(join(home, '.config/trading-setup'))).toBe(true);
      expect(existsSync(join(home, '.config/trading-setup', data.split('/').at(-1) ?? '', 'vault.key'))).toBe(false);
      expect((await secrets(['move', '--to', 'keychain'])).stdout).toContain('in the login keychain already');
    }, 60_000);

    it('that was stopped after the copy, or before the originals were deleted, is finished by the same command', async () => {
      const { yaml, secrets, store, reveal, rows } = await filled('keychain');
      const before = await rows();
      const text = readFileSync(yaml, 'utf8');
      await secrets(['move', '--to', 'vault', '--unlock', 'key-file']);
      const moved = readFileSync(yaml, 'utf8');
      await secrets(['move', '--to', 'keychain']);
      // Copied into the vault, and the file not yet rewritten.
      await secrets(['move', '--to', 'vault', '--unlock', 'key-file']);
      keyring.edit(
        `const service = 'trading-setup/${/^id: (.*)$/m.exec(text)?.[1]}';
         await keytar.setPassword(service, '${KEY}', '${GOOD_KEY}'); await keytar.setPassword(service, 'GATE_PASSWORD', 'a password of the gate');`,
      );
      writeFileSync(yaml, text);
      expect(await reveal(KEY)).toBe(GOOD_KEY);
      expect(await secrets(['move', '--to', 'vault', '--unlock', 'key-file'])).toMatchObject({ code: 0 });
      expect([store(), await reveal(KEY)]).toEqual(['vault', GOOD_KEY]);
      // Rewritten, and the originals still there.
      keyring.edit(
        `await keytar.setPassword('trading-setup/${/^id: (.*)$/m.exec(text)?.[1]}', '${KEY}', '${GOOD_KEY}')`,
      );
      writeFileSync(yaml, moved);
      const { code, stdout } = await secrets(['move', '--to', 'vault']);
      expect([code, stdout]).toEqual([0, expect.stringContaining('What was left in')]);
      expect(await reveal('GATE_PASSWORD')).toBe('a password of the gate');
      expect((await rows()).map(({ name }: { name: string }) => name)).toEqual(
        before.map(({ name }: { name: string }) => name),
      );
      expect((await secrets(['move', '--to', 'vault'])).stdout).toContain('already');
    }, 60_000);

    it('does not replace another value in silence', async () => {
      const { id, secrets, reveal, store } = await filled('vault');
      keyring.edit(`await keytar.setPassword('trading-setup/${id}', '${KEY}', 'another value')`);
      const { code, stderr } = await secrets(['move', '--to', 'keychain']);
      expect([code, stderr]).toEqual([
        4,
        expect.stringMatching(/other values of HYPERLIQUID_API_WALLET_KEY[\s\S]*--yes/),
      ]);
      expect([store(), await reveal(KEY)]).toEqual(['vault', GOOD_KEY]);
      expect(await secrets(['move', '--to', 'keychain', '--yes'])).toMatchObject({ code: 0 });
      expect([store(), await reveal(KEY)]).toEqual(['keychain', GOOD_KEY]);
    }, 60_000);

    it('that is killed at any moment loses no value, and is finished by the same command', async () => {
      // Where the kill fell: before the copy, between copy and file, after the file.
      const fell = new Set<string>();
      const { home, dir, data, secrets, store, reveal } = await filled('vault');
      for (let round = 0; round < 12; round += 1) {
        const to = store() === 'vault' ? 'keychain' : 'vault';
        const args = [program.start, 'secrets', 'move', '--to', to, '--unlock', 'key-file', '--dir', dir];
        const child = spawn(process.execPath, args, {
          env: {
            PATH: process.env.PATH ?? '',
            HOME: home,
            DOCKER_HOST: `unix://${home}/no-engine.sock`,
            ...env(),
          },
          stdio: 'ignore',
        });
        const ended = new Promise((done) => child.on('exit', done));
        await new Promise((later) => setTimeout(later, 180 + round * 50));
        child.kill('SIGKILL');
        await ended;
        expect([await reveal(KEY), await reveal('GATE_PASSWORD')]).toEqual([GOOD_KEY, 'a password of the gate']);
        const isMoved = store() === to;
        const { code, stdout } = await secrets(['move', '--to', to, '--unlock', 'key-file', '--yes']);
        expect(code).toBe(0);
        fell.add(isMoved ? (stdout.includes('What was left in') ? 'after the file' : 'after all') : 'before');
        expect(store()).toBe(to);
        expect([await reveal(KEY), await reveal('GATE_PASSWORD')]).toEqual([GOOD_KEY, 'a password of the gate']);
      }
      console.info(`kills of a move fell: ${[...fell].sort().join(', ')}`);
      expect(fell.has('before')).toBe(true);
      rmSync(join(data, 'vault.lock'), { force: true });
    }, 120_000);
  });

  // Last, because it stays locked.
  it('once it is locked, every command says so within 3 s', async () => {
    const place = await setUp('keychain', env());
    keyring.lock();
    await refusesAll(place, /The keychain is locked/);
  }, 40_000);
});
