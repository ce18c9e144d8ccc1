import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { armor, Decrypter } from 'age-encryption';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { redact, Secret } from '../../src/secret.ts';
import { openVault } from '../../src/secrets/vault.ts';
import type { Unlock } from '../../src/secrets/vault-key.ts';

const root = mkdtempSync(join(tmpdir(), 'vault-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

let dir: string;
let count = 0;
beforeEach(() => {
  dir = join(root, String(count++), 'data');
});
const keyPath = () => join(dir, '../config/vault.key');
const byKey = () => openVault({ dir, unlock: { kind: 'key-file', path: keyPath() }, now: () => Date.UTC(2026, 0, 1) });
const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);
const values = (all: Record<string, string>) =>
  new Map(Object.entries(all).map(([name, value]) => [name, new Secret(value)]));

function byPassphrase(...answers: readonly string[]) {
  const asked: string[] = [];
  const ask = async (purpose: string) => {
    asked.push(purpose);
    return new Secret(answers[asked.length - 1] ?? expect.fail('asked too often'));
  };
  const unlock: Unlock = { kind: 'passphrase', ask };
  return { asked, store: openVault({ dir, unlock, now: () => 0 }) };
}

describe('a vault with a key file', () => {
  it('gives back what was set, byte for byte', async () => {
    const all = {
      PLAIN: 'plain',
      SIGNS: 'a"b\\c\n\0é😀',
      HALF: 'x\ud800y',
      EMPTY: '',
      __proto__name: 'p',
      LONG: 'x'.repeat(200_000),
    };
    await byKey().setAll(new Map([...values(all), ['__proto__', new Secret('own property')]]));
    const other = byKey();
    for (const [name, value] of Object.entries(all)) expect((await other.get(name))?.reveal()).toBe(value);
    expect((await other.get('__proto__'))?.reveal()).toBe('own property');
    expect(await other.get('constructor')).toBeUndefined();
  });

  it('is readable by its owner only, and shows names but no values on disk', async () => {
    await byKey().setAll(values({ NAME: 'value-on-disk' }));
    expect([dir, join(dir, 'vault.age'), join(dir, 'names.json'), keyPath()].map(mode)).toEqual([
      '700',
      '600',
      '600',
      '600',
    ]);
    expect(readdirSync(dir).sort()).toEqual(['names.json', 'vault.age']);
    for (const name of readdirSync(dir)) {
      const text = readFileSync(join(dir, name), 'utf8');
      expect(redact(text)).toBe(text);
    }
    expect(JSON.parse(readFileSync(join(dir, 'names.json'), 'utf8'))).toEqual({
      version: 2,
      vault: [
        {
          name: 'NAME',
          slot: 'current',
          set: '2026-01-01T00:00:00.000Z',
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
        },
      ],
      vaultFile: createHash('sha256')
        .update(readFileSync(join(dir, 'vault.age')))
        .digest('hex'),
    });
  });

  it('keeps the date of what was not set again', async () => {
    await byKey().setAll(values({ OLD: 'x', NEW: 'x' }));
    await openVault({ dir, unlock: { kind: 'key-file', path: keyPath() }, now: () => Date.UTC(2027, 0, 1) }).set(
      'NEW',
      new Secret('y'),
    );
    expect((await byKey().list()).map(({ name, set }) => `${name} ${set?.slice(0, 4)}`)).toEqual([
      'NEW 2027',
      'OLD 2026',
    ]);
  });

  it('deletes, and says whether there was something', async () => {
    await byKey().setAll(values({ A: 'x', B: 'y' }));
    expect(await byKey().delete('A')).toBe(true);
    expect(await byKey().delete('A')).toBe(false);
    expect(await byKey().names()).toEqual(['B']);
  });

  it('is empty before it exists, and makes neither file nor key for a question', async () => {
    expect(await byKey().names()).toEqual([]);
    expect(await byKey().get('NAME')).toBeUndefined();
    expect(await byKey().delete('NAME')).toBe(false);
    expect(() => statSync(dir)).toThrow('ENOENT');
    expect(() => statSync(keyPath())).toThrow('ENOENT');
  });

  const troubles: readonly [string, (files: { vault: string; names: string; key: string }) => unknown, string][] = [
    ['a key that the group reads', ({ key }) => chmod(key, 0o640), 'vault-key-readable'],
    ['a key that all read', ({ key }) => chmod(key, 0o604), 'vault-key-readable'],
    ['no key', ({ key }) => rmSync(key), 'vault-key-missing'],
    ['a key file without a key', ({ key }) => writeFileSync(key, 'hello'), 'vault-key-damaged'],
    [
      'a key with a wrong checksum',
      ({ key }) => writeFileSync(key, `AGE-SECRET-KEY-1${'Q'.repeat(58)}`),
      'vault-key-damaged',
    ],
    [
      'the key of another vault',
      ({ key }) => writeFileSync(key, 'AGE-SECRET-KEY-184JMZMVQH3E6U0PSL869004Y3U2NYV7R30EU99CSEDNPH02YUVFSZW44VU'),
      'vault-wrong-key',
    ],
    [
      'a vault cut short',
      ({ vault }) => writeFileSync(vault, readFileSync(vault, 'utf8').slice(0, 300)),
      'vault-damaged',
    ],
    ['an empty vault file', ({ vault }) => writeFileSync(vault, ''), 'vault-damaged'],
    ['a vault with a changed byte', ({ vault }) => flip(vault), 'vault-damaged'],
    ['a vault that is gone', ({ vault }) => rmSync(vault), 'vault-missing'],
    ['a list that is damaged', ({ vault, names }) => [rmSync(vault), writeFileSync(names, '{')], 'vault-names-damaged'],
  ];
  for (const [name, spoil, code] of troubles) {
    it(`${name}: ${code}, for reading and writing, and nothing is overwritten`, async () => {
      await byKey().setAll(values({ NAME: 'value-of-name' }));
      const files = { vault: join(dir, 'vault.age'), names: join(dir, 'names.json'), key: keyPath() };
      await spoil(files);
      const before = contents(dir);
      for (const work of [
        () => byKey().get('NAME'),
        () => byKey().set('OTHER', new Secret('y')),
        () => byKey().delete('NAME'),
      ]) {
        const error = await work().catch((reason) => reason);
        expect(error).toMatchObject({ kind: 'needs-you', code, next: [expect.any(String)] });
        const shown = inspect(error, { depth: null });
        expect(redact(shown)).toBe(shown);
      }
      expect(contents(dir)).toEqual(before);
    });
  }

  it('names its secrets even without the list, from the vault itself', async () => {
    await byKey().setAll(values({ A: 'x', B: 'y' }));
    rmSync(join(dir, 'names.json'));
    expect(await byKey().names()).toEqual(['A', 'B']);
  });

  it('replaces a damaged list with the next write', async () => {
    await byKey().set('A', new Secret('x'));
    writeFileSync(join(dir, 'names.json'), '{');
    await expect(byKey().names()).rejects.toMatchObject({ code: 'vault-names-damaged' });
    await byKey().set('B', new Secret('y'));
    expect(await byKey().names()).toEqual(['A', 'B']);
  });
});

// Every key takes a second, and longer where the machine is busy.
describe('a vault with a passphrase', { timeout: 60_000 }, () => {
  it('asks once, when a value is needed, and never for names', async () => {
    const made = byPassphrase('correct horse battery');
    await made.store.setAll(values({ A: 'a value', B: 'another' }));
    await made.store.set('C', new Secret('third'));
    expect(made.asked).toEqual(['create']);

    const opened = byPassphrase('correct horse battery');
    expect(await opened.store.names()).toEqual(['A', 'B', 'C']);
    expect(opened.asked).toEqual([]);
    expect(
      (await Promise.all(['A', 'B', 'C'].map((name) => opened.store.get(name)))).map((value) => value?.reveal()),
    ).toEqual(['a value', 'another', 'third']);
    expect(opened.asked).toEqual(['open']);
    // Another implementation of age opens it too.
    const age = new Decrypter();
    age.addPassphrase('correct horse battery');
    const text = await age.decrypt(armor.decode(readFileSync(join(dir, 'vault.age'), 'utf8')), 'text');
    expect(JSON.parse(text)).toEqual({
      A: 'a value',
      B: 'another',
      C: 'third',
      TRADING_SETUP_PRINT_KEY: expect.any(String),
    });
  });

  it('refuses a wrong one, and asks again', async () => {
    await byPassphrase('correct horse battery').store.set('A', new Secret('a value'));
    const { asked, store } = byPassphrase('wrong horse battery', 'correct horse battery');
    const error = await store.get('A').catch((reason) => reason);
    expect(error).toMatchObject({ kind: 'needs-you', code: 'vault-wrong-passphrase' });
    expect(inspect(error, { depth: null })).not.toContain('horse');
    expect((await store.get('A'))?.reveal()).toBe('a value');
    expect(asked).toEqual(['open', 'open']);
  });

  it('asks again in place as often as it may, and says how many were wrong', async () => {
    await byPassphrase('correct horse battery').store.set('A', new Secret('a value'));
    const given = ['wrong horse battery', 'wrong again battery', 'correct horse battery'];
    const wrong: number[] = [];
    const ask = async (_purpose: string, wrongBefore: number) => {
      wrong.push(wrongBefore);
      return new Secret(given[wrongBefore] ?? 'never right');
    };
    const openAsking = (tries: number) => openVault({ dir, unlock: { kind: 'passphrase', ask, tries }, now: () => 0 });
    expect((await openAsking(3).get('A'))?.reveal()).toBe('a value');
    expect(wrong).toEqual([0, 1, 2]);
    await expect(openAsking(2).get('A')).rejects.toMatchObject({ code: 'vault-wrong-passphrase' });
    expect(wrong).toEqual([0, 1, 2, 0, 1]);
  });

  it('refuses a short one for a new vault', async () => {
    const { store } = byPassphrase('short');
    await expect(store.set('A', new Secret('x'))).rejects.toMatchObject({ code: 'vault-short-passphrase' });
    expect(readdirSync(dir)).toEqual([]);
  });

  it('says so when the vault has the other kind of lock', async () => {
    await byKey().set('A', new Secret('x'));
    await expect(byPassphrase('correct horse battery').store.get('A')).rejects.toMatchObject({
      code: 'vault-other-unlock',
    });
  });

  it('leaves the event loop free while it derives the key', async () => {
    let longest = 0;
    let last = performance.now();
    const ticking = setInterval(() => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    }, 10);
    await byPassphrase('correct horse battery').store.set('A', new Secret('x'));
    clearInterval(ticking);
    expect(longest).toBeLessThan(400);
  });
});

describe('several processes at one vault', () => {
  const program = join(root, 'writer.mjs');
  beforeAll(async () => {
    const source = (name: string) => JSON.stringify(new URL(`../../src/${name}`, import.meta.url).pathname);
    const contents = `
      import { openVault } from ${source('secrets/vault.ts')};
      import { Secret } from ${source('secret.ts')};
      const [, , dir, path, name, values] = process.argv;
      const store = openVault({ dir, unlock: { kind: 'key-file', path }, now: Date.now });
      for (let count = 0; count < Number(values); count++) await store.set(name + count, new Secret('x'.repeat(9)));
      console.log('done');`;
    await build({
      stdin: { contents, resolveDir: import.meta.dirname },
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile: program,
      logLevel: 'error',
    });
  });
  const writer = (name: string, times: number) =>
    spawn(process.execPath, [program, dir, keyPath(), name, String(times)], { stdio: ['ignore', 'pipe', 'inherit'] });

  it('lose no value of each other, not even the first, which makes the key', async () => {
    const writers = ['A', 'B', 'C', 'D'].map((name) => writer(name, 10));
    expect(await Promise.all(writers.map(async (child) => (await once(child, 'exit'))[0]))).toEqual([0, 0, 0, 0]);
    expect(await byKey().names()).toHaveLength(40);
    expect((await byKey().get('D9'))?.reveal()).toBe('xxxxxxxxx');
    expect(readdirSync(dir).sort()).toEqual(['names.json', 'vault.age']);
  });

  it('go on after one was killed at any moment, and the vault stays whole', async () => {
    await byKey().set('FIRST', new Secret('x'));
    for (let round = 0; round < 15; round++) {
      const child = writer(`R${round}N`, 1000);
      const started = Date.now();
      // Until it writes, then a little longer each time.
      while (!(await byKey().names()).some((name) => name.startsWith(`R${round}N`)) && Date.now() - started < 5_000);
      await new Promise((resolve) => setTimeout(resolve, round * 3));
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect((await byKey().get('FIRST'))?.reveal()).toBe('x');
    }
    await byKey().set('LAST', new Secret('y'));
    expect(await byKey().names()).toContain('LAST');
    expect(readdirSync(dir)).not.toContain('vault.lock');
  });

  it('take over the lock of a dead process, all at once, one after the other', async () => {
    await byKey().set('FIRST', new Secret('x'));
    const dead = spawn('true');
    await once(dead, 'exit');
    await mkdir(join(root, 'lock'), { recursive: true });
    const lock = join(root, 'lock', String(count));
    const { hostname } = await import('node:os');
    writeFileSync(lock, `${dead.pid} ${hostname()} some-id`);
    await copyFile(lock, join(dir, 'vault.lock'));
    await Promise.all(['A', 'B', 'C', 'D', 'E'].map((name) => byKey().set(name, new Secret('x'))));
    expect(await byKey().names()).toEqual(['A', 'B', 'C', 'D', 'E', 'FIRST']);
  });
});

function flip(path: string): void {
  const bytes = armor.decode(readFileSync(path, 'utf8'));
  const last = bytes.length - 5;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  writeFileSync(path, armor.encode(bytes));
}

function contents(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => `${name} ${readFileSync(join(folder, name), 'utf8')}`);
}
