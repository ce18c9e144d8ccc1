import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { type KeychainOptions, openKeychain, probeKeychain } from '../../src/secrets/keychain.ts';
import type { SecretStore } from '../../src/secrets/store.ts';
import { noKeyring } from './keyring.ts';

const dir = mkdtempSync(join(tmpdir(), 'keychain-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A stand-in for the native module, run in the same child process as the real one. */
function withModule(name: string, body: string): KeychainOptions {
  const path = join(dir, `${name}.cjs`);
  writeFileSync(path, body);
  return {
    env: { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/none' },
    platform: 'linux',
    modulePath: () => path,
    timeoutMs: 1_000,
  };
}

const failing = (message: string) => `const fail = async () => { throw new Error(${JSON.stringify(message)}); };
  module.exports = { getPassword: fail, setPassword: fail, deletePassword: fail, findCredentials: fail };`;

describe('trouble with the keychain is named, with the way out', () => {
  const cases: readonly [string, string, string][] = [
    ['no library', 'throw new Error("Failed to load keytar native addon")', 'keychain-missing'],
    // The next five are sentences of GDBus 2.74 and libsecret 0.20.
    ['a bus that is gone', failing('Could not connect: No such file or directory'), 'keychain-missing'],
    ['no bus', failing('Cannot autolaunch D-Bus without X11 $DISPLAY'), 'keychain-missing'],
    [
      'no service',
      failing('The name org.freedesktop.secrets was not provided by any .service files'),
      'keychain-missing',
    ],
    ['a locked collection', failing('Cannot create an item in a locked collection'), 'keychain-locked'],
    [
      'no collection',
      failing('Object does not exist at path “/org/freedesktop/secrets/collection/login”'),
      'keychain-locked',
    ],
    [
      'a crash of the library',
      'module.exports = { getPassword: () => process.kill(process.pid, "SIGSEGV") };',
      'keychain-hangs',
    ],
    ['silence', 'module.exports = { getPassword: () => new Promise(() => {}) };', 'keychain-hangs'],
    ['a call that blocks its process', 'module.exports = { getPassword: () => { for (;;); } };', 'keychain-hangs'],
  ];
  for (const [name, body, code] of cases) {
    it(`${name}: ${code}`, async () => {
      const error = await openKeychain('x-0a1b2c', withModule(name.replaceAll(' ', '-'), body))
        .get('NAME')
        .catch((reason) => reason);
      expect(error).toMatchObject({ kind: 'needs-you', code });
      expect(error.next.at(-1)).toContain('--set secrets.store=vault');
      expect(error.next.at(-1)).toContain('trading-setup secrets move --to vault');
    });
  }

  it('an empty answer of a keychain that cannot be written is not believed', async () => {
    const options = withModule(
      'locked',
      `module.exports = { getPassword: async () => null, setPassword: async () => { throw new Error('locked'); } };`,
    );
    await expect(openKeychain('x-0a1b2c', options).get('NAME')).rejects.toMatchObject({ code: 'keychain-locked' });
  });

  it('the next call after a crash has a new process', async () => {
    const body = `const { existsSync, writeFileSync } = require('node:fs');
      module.exports = { getPassword: async () => {
        if (existsSync(__filename + '.seen')) return 'a value';
        writeFileSync(__filename + '.seen', '');
        process.kill(process.pid, 'SIGKILL');
      } };`;
    const store = openKeychain('x-0a1b2c', withModule('once', body));
    await expect(store.get('NAME')).rejects.toMatchObject({ code: 'keychain-hangs' });
    expect((await store.get('NAME'))?.reveal()).toBe('a value');
  });

  it('an entry that vanishes while it is looked for is no lock', async () => {
    const body = `let calls = 0;
      const gone = 'No such interface “org.freedesktop.Secret.Item” on object at path /org/freedesktop/secrets/collection/login/351';
      module.exports = {
        setPassword: async () => {}, deletePassword: async () => true,
        findCredentials: async () => { if (calls++ === 0) throw new Error(gone); return [{ account: 'NAME', password: 'a value' }]; },
      };`;
    const store = openKeychain('x-0a1b2c', { ...withModule('vanishing', body), dir: join(dir, 'vanishing') });
    expect(await store.names()).toEqual(['NAME']);
  });

  it('values that are not text are refused before they are cut off', async () => {
    const store = openKeychain('x-0a1b2c', withModule('unused', 'module.exports = {}'));
    for (const value of ['', 'secret-before\0after']) {
      const error = await store.set('NAME', new Secret(value)).catch((reason) => reason);
      expect(error).toMatchObject({ kind: 'usage', code: 'secret-value-invalid' });
      expect(error.message).not.toContain('secret-before');
    }
  });
});

it('without a bus the answer is immediate and loads nothing', async () => {
  const options = { env: {}, platform: 'linux', modulePath: () => expect.fail('loaded') };
  const start = performance.now();
  expect(await probeKeychain(options)).toEqual({
    available: false,
    why: expect.stringContaining('DBUS_SESSION_BUS_ADDRESS'),
  });
  await expect(openKeychain('x-0a1b2c', options).get('NAME')).rejects.toMatchObject({ code: 'keychain-missing' });
  expect(performance.now() - start).toBeLessThan(100);
});

const absent = noKeyring();
const skip = absent !== undefined && process.env.CI !== 'true';
if (skip) console.log(`skipped: the test with a silent bus (${absent})`);

describe.skipIf(skip)('a bus that accepts and never answers, with the real library', () => {
  let server: Server;
  const address = join(dir, 'bus');
  const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${address}` };
  beforeAll(
    () => new Promise<void>((listening) => (server = createServer(() => undefined).listen(address, listening))),
  );
  afterAll(() => server.close());

  it('is noticed within 3 s, while the event loop goes on', async () => {
    if (absent !== undefined) throw new Error(absent);
    let ticks = 0;
    const ticking = setInterval(() => ticks++, 50);
    const start = performance.now();
    await expect(openKeychain('x-0a1b2c', { env, platform: 'linux' }).get('NAME')).rejects.toMatchObject({
      code: 'keychain-hangs',
    });
    clearInterval(ticking);
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(ticks).toBeGreaterThan(30);
  });

  it.each([
    ['list', (store: SecretStore) => store.list()],
    ['stage', (store: SecretStore) => store.stage(new Map([['NAME', new Secret('x')]]))],
    ['promote', (store: SecretStore) => store.promote(['NAME'])],
    ['fingerprint', (store: SecretStore) => store.fingerprint(new Secret('x'))],
  ] as const)('is noticed within 3 s by what a rotation asks of it: %s', async (_, work) => {
    const start = performance.now();
    const store = openKeychain('x-0a1b2c', { env, platform: 'linux', dir: join(dir, 'no-list') });
    await expect(work(store)).rejects.toMatchObject({ code: 'keychain-hangs' });
    expect(performance.now() - start).toBeLessThan(3_000);
    expect(existsSync(join(dir, 'no-list'))).toBe(false);
  });

  /** A command that asks the keychain, as its own program; its keychain process is recognised by the module's path. */
  const program = join(dir, 'program.mjs');
  const marked = join(dir, 'marked-keytar');
  beforeAll(async () => {
    symlinkSync(dirname(createRequire(import.meta.url).resolve('keytar/package.json')), marked);
    const contents = `
      import { openKeychain } from ${JSON.stringify(new URL('../../src/secrets/keychain.ts', import.meta.url).pathname)};
      const modulePath = () => ${JSON.stringify(marked)};
      await openKeychain('x-0a1b2c', { platform: 'linux', modulePath, timeoutMs: 1000 }).get('NAME').catch((e) => console.log(e.code));
      if (process.argv[2]) process.exit(Number(process.argv[2]));`;
    await build({
      stdin: { contents, resolveDir: import.meta.dirname },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: program,
      logLevel: 'error',
    });
  });
  const left = () => spawnSync('pgrep', ['-f', marked], { encoding: 'utf8' }).stdout;

  for (const [how, code] of [
    ['by process.exit', 7],
    ['by itself', 0],
  ] as const) {
    it(`does not keep a command from ending ${how}, and leaves no process behind`, () => {
      const start = performance.now();
      const { status, stdout } = spawnSync(process.execPath, [program, ...(code === 0 ? [] : [String(code)])], {
        env,
        encoding: 'utf8',
        timeout: 15_000,
      });
      expect({ status, stdout }).toEqual({ status: code, stdout: 'keychain-hangs\n' });
      expect(performance.now() - start).toBeLessThan(5_000);
      expect(left()).toBe('');
    });
  }

  it('leaves no process behind when the command is killed meanwhile', async () => {
    const command = spawn(process.execPath, [program], { env, stdio: 'ignore' });
    await expect.poll(left, { timeout: 5_000 }).not.toBe('');
    command.kill('SIGKILL');
    await expect.poll(left, { timeout: 5_000 }).toBe('');
  });
});

describe('the keychain process', () => {
  it('ends when it has nothing to do, and comes back when it has', async () => {
    const options = withModule('idle', 'module.exports = { getPassword: async () => "a value" }');
    const running = () => spawnSync('pgrep', ['-f', options.modulePath?.() ?? ''], { encoding: 'utf8' }).stdout;
    const store = openKeychain('x-0a1b2c', options);
    await store.get('NAME');
    expect(running()).not.toBe('');
    await expect.poll(running, { timeout: 5_000 }).toBe('');
    expect((await store.get('NAME'))?.reveal()).toBe('a value');
  });
});
