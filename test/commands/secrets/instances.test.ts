import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renderStack } from '../../../src/artifacts/stack-file.ts';
import { smallStack } from '../../stack/stacks.ts';
import { bundle } from '../program.ts';

// Two services run the same program, each with secrets of its own behind the names that the program reads.

const KEYS = { one: 'ab'.repeat(32), two: 'cd'.repeat(32) } as const;

const entered = (format: string, as?: string) =>
  ({ kind: 'entered', required: true, format, about: 'x', ...(as ? { as } : {}) }) as const;

const STACK = (() => {
  const { app, ...others } = smallStack().services;
  const both = (suffix: string) => ({
    SCHWAB_APP_SECRET: `\${SCHWAB_APP_SECRET${suffix}}`,
    ENCRYPTION_KEY: `\${ENCRYPTION_KEY${suffix}}`,
  });
  return {
    ...smallStack(),
    services: {
      ...others,
      ...(app && { one: { ...app, secrets: both('') }, two: { ...app, secrets: both('_TWO') } }),
    },
    ports: { bind: '127.0.0.1', api: null, tui: null },
    secrets: {
      ...smallStack().secrets,
      entries: {
        SCHWAB_APP_SECRET: entered('token'),
        ENCRYPTION_KEY: entered('hex-32'),
        SCHWAB_APP_SECRET_TWO: entered('token', 'SCHWAB_APP_SECRET'),
        ENCRYPTION_KEY_TWO: entered('hex-32', 'ENCRYPTION_KEY'),
      },
      commands: { login: { service: 'one', run: ['toy', 'auth'] } },
    },
  };
})();

let program: ReturnType<typeof bundle>;
let home = '';
let dir = '';
beforeAll(() => {
  program = bundle();
  home = realpathSync(mkdtempSync(join(tmpdir(), 'instances-')));
  dir = join(home, 'repository');
  mkdirSync(dir);
  writeFileSync(join(dir, 'trading-setup.yaml'), renderStack(STACK as never)); // what is read again is judged
}, 60_000);
afterAll(() => {
  program.remove();
  rmSync(home, { recursive: true, force: true });
});

const run = (...args: readonly string[]) => program.run([...args, '--dir', dir], { home, input: '' });

function envFile(name: string, key: string): string {
  const path = join(home, name);
  writeFileSync(path, `ENCRYPTION_KEY=${key}\nSCHWAB_APP_SECRET=secret-of-${name}\n`, { mode: 0o600 });
  return path;
}

describe('an .env file for each instance', () => {
  it('is imported for the one that is named, under the names that its program reads', async () => {
    const file = envFile('two.env', KEYS.two);
    const refused = await run('secrets', 'import', file, '--yes');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(`If it is that of two: trading-setup secrets import ${file} --service two`);
    const done = await run('secrets', 'import', file, '--service', 'two', '--blank', '--yes');
    expect(done).toMatchObject({ code: 0, stderr: '' });
    expect(done.stdout).toContain('SCHWAB_APP_SECRET_TWO, ENCRYPTION_KEY_TWO: in the vault');
    expect(readFileSync(file, 'utf8')).not.toContain(KEYS.two);
    expect((await run('secrets', 'import', file, '--service', 'three')).code).toBe(2);
    const list = JSON.parse((await run('secrets', 'list', '--json')).stdout);
    expect(list.secrets.map(({ name, state, as }: Record<string, string>) => [name, state, as])).toEqual([
      ['SCHWAB_APP_SECRET', 'not set', undefined],
      ['ENCRYPTION_KEY', 'not set', undefined],
      ['SCHWAB_APP_SECRET_TWO', 'set', 'SCHWAB_APP_SECRET'],
      ['ENCRYPTION_KEY_TWO', 'set', 'ENCRYPTION_KEY'],
    ]);
    const shown = await run('secrets', 'reveal', 'ENCRYPTION_KEY_TWO', '--yes');
    expect(shown.stdout.trim()).toBe(KEYS.two);
  });

  it("is nobody's under another name of the same credential either: one value is not given to both", async () => {
    const path = join(home, 'alias.env');
    writeFileSync(path, 'SCHWAB_CLIENT_SECRET=secret-of-somebody\n', { mode: 0o600 });
    const refused = await run('secrets', 'import', path, '--yes');
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(`If it is that of one: trading-setup secrets import ${path} --service one`);
    expect(refused.stderr).toContain(`If it is that of two: trading-setup secrets import ${path} --service two`);
    expect(readFileSync(path, 'utf8')).toContain('secret-of-somebody');
  });

  it('and the key of one is not replaced in passing: what it has sealed could not be read', async () => {
    await run('secrets', 'import', envFile('one.env', KEYS.one), '--service', 'one', '--yes');
    const { code, stderr } = await run('secrets', 'import', envFile('other.env', 'ef'.repeat(32)), '--service', 'one');
    expect(code).toBe(2);
    expect(stderr).toContain('trading-setup rotate ENCRYPTION_KEY');
  });

  it('a key of the wrong form, or none, is refused by its name in the store', async () => {
    const { code, stderr } = await program.run(['secrets', 'set', 'ENCRYPTION_KEY_TWO', '--dir', dir], {
      home,
      input: 'ab'.repeat(31),
    });
    expect([code, stderr.includes('62 digits')]).toEqual([2, true]);
    const blank = await program.run(['secrets', 'set', 'ENCRYPTION_KEY_TWO', '--dir', dir], { home, input: '  \n' });
    expect(blank.code).not.toBe(0);
  });
});

describe('secrets login', () => {
  it('asks which, where several services log in, and takes no other', async () => {
    const unclear = await run('secrets', 'login', '--yes');
    expect(unclear.code).toBe(4);
    expect(unclear.stderr).toContain('next: trading-setup secrets login --service two');
    const other = await run('secrets', 'login', '--service', 'nobody', '--yes');
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('nobody has no login of its own');
  });
});
