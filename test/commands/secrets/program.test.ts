import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { journalFor } from '../../support/journal.ts';
import { GOOD_KEY, KEY, places } from './place.ts';

const ready = places();

const ADDRESS = 'HYPERLIQUID_ACCOUNT_ADDRESS';
const OTHER_KEY = `0x${'5d0883a69102937d'.repeat(4)}`;
const ACCOUNT = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

/** The sample with a vault, in a home of its own. */
async function setUp(unlock: 'key-file' | 'passphrase' = 'key-file') {
  const { home, dir, program } = await ready.copy(unlock);
  const secrets = (args: readonly string[], input = '', env: Record<string, string> = {}) =>
    program.run(['secrets', ...args, '--dir', dir], { home, input, env });
  const listed = async () => JSON.parse((await secrets(['list', '--json'])).stdout);
  const reveal = async (name: string) => (await secrets(['reveal', name, '--yes'])).stdout.trimEnd();
  return { home, dir, secrets, listed, reveal };
}

function everyFileOf(folder: string): string {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path));
  return paths
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'latin1'))
    .join('\n');
}

describe('secrets set', () => {
  it('refuses a key of 63 digits: exit 2, the rule named, the value not echoed and nowhere kept', async () => {
    const { home, secrets, listed } = await setUp();
    const bad = GOOD_KEY.slice(0, -1);
    const { code, stdout, stderr } = await secrets(['set', KEY], bad);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^error: HYPERLIQUID_API_WALLET_KEY: it has 63 digits.*64 hexadecimal digits\.\nnext: /);
    expect(`${stdout}${stderr}${everyFileOf(home)}`).not.toContain(bad.slice(2, 30));
    expect((await listed()).secrets.find(({ name }: { name: string }) => name === KEY).state).toBe('not set');
  });

  it('keeps what nobody could be asked about, and says so; --no-check asks nobody', async () => {
    const { secrets, listed } = await setUp();
    expect(await secrets(['set', ADDRESS], ACCOUNT)).toMatchObject({ code: 0 });
    const kept = await secrets(['set', KEY], GOOD_KEY);
    expect(kept.code).toBe(0);
    expect(kept.stdout).toMatch(/could not be checked: .*It is kept as it is\./);
    expect(kept.stdout).toMatch(/is in the vault .*expires in 1\d\d days at the latest.*Next: trading-setup deploy/);
    expect((await secrets(['list'])).stdout).toMatch(/in 1\d\d days at the latest/);
    const again = await secrets(['set', KEY, '--no-check', '--expires', '2099-01-31'], OTHER_KEY);
    expect(again.stdout).toContain(`${KEY} is replaced in the vault`);
    expect(again.stdout).not.toContain('checked');
    expect(again.stdout).toMatch(/expires in \d+ days.*trading-setup deploy.*trading-setup rotate HYPERLIQUID_API/s);
    const { secrets: rows } = await listed();
    expect(rows.find(({ name }: { name: string }) => name === KEY)).toMatchObject({
      expires: '2099-01-31T00:00:00.000Z',
      expiry: 'ok',
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
  });

  it('takes a value from a file', async () => {
    const { home, secrets, reveal } = await setUp();
    writeFileSync(join(home, 'key'), `${GOOD_KEY}\n`);
    expect(await secrets(['set', KEY, '--from-file', join(home, 'key')])).toMatchObject({ code: 0 });
    expect(await reveal(KEY)).toBe(GOOD_KEY);
    const absent = await secrets(['set', KEY, '--from-file', join(home, 'nothing')]);
    expect([absent.code, absent.stderr]).toEqual([2, expect.stringContaining('There is no file')]);
  });

  describe('asks the provider before anything is kept', () => {
    let venue: Server;
    let asked: { readonly type: string; readonly user: string }[] = [];
    let answers: Readonly<Record<string, (user: string) => unknown>> = {};
    beforeAll(async () => {
      venue = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk) => {
          body += chunk;
        });
        request.on('end', () => {
          const question = JSON.parse(body);
          asked.push(question);
          response.end(JSON.stringify(answers[question.type]?.(question.user)));
        });
      });
      await new Promise<void>((listening) => venue.listen(0, '127.0.0.1', listening));
    });
    afterAll(() => venue.close());
    // AddressInfo: it listens on a port.
    const env = () => ({
      TRADING_SETUP_HYPERLIQUID_URL: `http://127.0.0.1:${(venue.address() as AddressInfo).port}`,
    });
    const agentOf = (user: string) => () => ({ role: 'agent', data: { user } });

    async function withAccount() {
      const place = await setUp();
      await place.secrets(['set', ADDRESS, '--no-check'], ACCOUNT);
      asked = [];
      return place;
    }

    it.each([
      ['the key of an account, which can withdraw', () => ({ role: 'user' }), false],
      ['an API wallet of somebody else', agentOf(`0x${'1'.repeat(40)}`), true],
    ])('and refuses %s', async (_, userRole, way) => {
      const { secrets, listed } = await withAccount();
      answers = { userRole };
      const { code, stdout, stderr } = await secrets(['set', KEY], GOOD_KEY, env());
      expect(code).toBe(2);
      expect(stderr.includes('--no-check')).toBe(way);
      expect(asked.length).toBeGreaterThan(0);
      expect(`${JSON.stringify(asked)}${stdout}${stderr}`).not.toContain(GOOD_KEY.slice(2, 30));
      expect((await listed()).secrets.find(({ name }: { name: string }) => name === KEY).state).toBe('not set');
    });

    it('and keeps what is right, with its end', async () => {
      const { secrets, listed } = await withAccount();
      const validUntil = Date.UTC(2098, 0, 31);
      answers = {
        userRole: agentOf(ACCOUNT),
        extraAgents: () => [{ address: asked[0]?.user, name: 'desk', validUntil }],
      };
      const { code, stdout } = await secrets(['set', KEY], GOOD_KEY, env());
      expect([code, stdout]).toEqual([0, expect.stringMatching(/approved API wallet of .*until 2098-01-31/)]);
      expect((await listed()).secrets.find(({ name }: { name: string }) => name === KEY)).toMatchObject({
        expires: '2098-01-31T00:00:00.000Z',
      });
    });

    it('and keeps what still waits for a person, and says for what', async () => {
      const { secrets } = await withAccount();
      answers = { userRole: () => ({ role: 'missing' }) };
      const { code, stdout } = await secrets(['set', KEY], GOOD_KEY, env());
      expect([code, stdout]).toEqual([0, expect.stringMatching(/waits for you: .*not approved/)]);
    });
  });

  it('does not replace what would be lost: the superuser’s password', async () => {
    const { secrets } = await setUp();
    expect(await secrets(['set', 'DATABASE_SUPERUSER_PASSWORD'], 'first-password')).toMatchObject({ code: 0 });
    expect(await secrets(['set', 'DATABASE_SUPERUSER_PASSWORD'], 'first-password')).toMatchObject({ code: 0 });
    const again = await secrets(['set', 'DATABASE_SUPERUSER_PASSWORD'], 'second-password');
    expect(again.code).toBe(2);
    expect(again.stderr).toContain(
      'next: Replace it everywhere at once: trading-setup rotate DATABASE_SUPERUSER_PASSWORD',
    );
  });

  describe('while a rotation is not finished', () => {
    const journal = journalFor(KEY, { noReturn: true, touched: true });

    async function begun() {
      const place = await setUp();
      await place.secrets(['set', KEY, '--no-check'], GOOD_KEY);
      const id = /^id: (.*)$/m.exec(readFileSync(join(place.dir, 'trading-setup.yaml'), 'utf8'))?.[1] ?? '';
      return { ...place, file: join(place.home, '.local/share/trading-setup', id, 'rotation.json') };
    }

    it('leaves its values alone, and the list says so', async () => {
      const { dir, file, secrets, reveal } = await begun();
      writeFileSync(file, JSON.stringify(journal));
      const env = join(dir, 'old.env');
      writeFileSync(env, `${KEY}=${OTHER_KEY}\n`);
      for (const args of [
        ['set', KEY, '--no-check'],
        ['remove', KEY, '--yes'],
        ['import', env, '--blank'],
        ['move', '--to', 'keychain', '--yes'],
      ]) {
        const { code, stderr } = await secrets(args, OTHER_KEY);
        expect([code, stderr]).toEqual([4, expect.stringContaining('trading-setup rotate --resume')]);
      }
      expect(await reveal(KEY)).toBe(GOOD_KEY);
      expect((await secrets(['list'])).stdout).toMatch(
        /^The rotation of HYPERLIQUID_API_WALLET_KEY is not finished\..*--resume$/m,
      );
      // What it does not touch is free.
      expect(await secrets(['set', 'GATE_PASSWORD'], 'a password of the gate')).toMatchObject({ code: 0 });
    });

    it('leaves what its services read beside them alone as well, until only a person has something left to do', async () => {
      const { dir, file, secrets } = await begun();
      const env = join(dir, 'old.env');
      writeFileSync(env, `${ADDRESS}=${ACCOUNT}\n`);
      const set = () => secrets(['set', ADDRESS, '--no-check'], ACCOUNT);
      const changes = [set, () => secrets(['import', env, '--no-check']), () => secrets(['remove', ADDRESS, '--yes'])];
      expect(await set()).toMatchObject({ code: 0 });
      writeFileSync(file, JSON.stringify(journal));
      for (const change of changes) {
        const { code, stderr } = await change();
        expect([code, stderr]).toEqual([4, expect.stringContaining(`it restarts what reads ${ADDRESS}`)]);
      }
      writeFileSync(file, JSON.stringify({ ...journal, direction: 'waiting' }));
      for (const change of changes) expect(await change()).toMatchObject({ code: 0 });
    });
  });
});

describe('secrets import', () => {
  const ENV = `# mine\nexport ${KEY}="${GOOD_KEY}" # key\n${ADDRESS}='${ACCOUNT}'\r\nRUST_LOG=debug\n`;
  const write = (dir: string, text = ENV, mode = 0o640): string => {
    const path = join(dir, 'old.env');
    writeFileSync(path, text);
    chmodSync(path, mode);
    return path;
  };

  it('takes what the stack has names for, says names only, and leaves the file as it is', async () => {
    const { dir, secrets, reveal } = await setUp();
    const file = write(dir);
    const { code, stdout, stderr } = await secrets(['import', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`has values for ${ADDRESS}, ${KEY}; its other value stays where it is`));
    expect(stdout).toContain(`trading-setup secrets import ${file} --blank`);
    expect(stdout).not.toMatch(/RUST_LOG|4c0883a6|5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed/);
    expect(await reveal(KEY)).toBe(GOOD_KEY);
    expect(readFileSync(file, 'utf8')).toBe(ENV);
  });

  it('takes them out of the file on request: these lines only, its mode kept, and tells what git has', async () => {
    const { dir, secrets } = await setUp();
    const file = write(dir);
    execFileSync('git', ['init', '-q'], { cwd: dir });
    execFileSync('git', ['add', '-f', file], { cwd: dir });
    const { code, stdout } = await secrets(['import', file, '--blank', '--no-check']);
    expect(code).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe(`# mine\nexport ${KEY}= # key\n${ADDRESS}=\r\nRUST_LOG=debug\n`);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    // An address is public: nobody has to replace it.
    expect(stdout).toMatch(
      /git tracks .*its history has HYPERLIQUID_API_WALLET_KEY, .*trading-setup rotate HYPERLIQUID_API_WALLET_KEY --compromised/,
    );
  });

  it('keeps none where one is wrong', async () => {
    const { dir, secrets, listed } = await setUp();
    const file = write(dir, `${ADDRESS}=${ACCOUNT}\n${KEY}=${GOOD_KEY.slice(0, -1)}\n`);
    const { code, stderr } = await secrets(['import', file, '--blank']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('63 digits')]);
    expect(stderr).toContain(`next: Mend ${KEY} in ${file} and import it again`);
    expect((await listed()).secrets.filter(({ state }: { state: string }) => state === 'set')).toEqual([]);
    expect(readFileSync(file, 'utf8')).toContain(GOOD_KEY.slice(0, -1));
  });

  it('with --json is one document without a value', async () => {
    const { dir, secrets } = await setUp();
    const { stdout } = await secrets(['import', write(dir), '--json', '--no-check']);
    const lines = stdout.trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      version: 1,
      secrets: [{ name: ADDRESS }, { name: KEY }],
      blanked: false,
      trackedByGit: false,
    });
    for (const line of lines) JSON.parse(line);
    expect(stdout).not.toContain('4c0883a6');
  });

  it.each([
    ['a file that is not there', undefined, 'There is no file'],
    ['a file with nothing for the stack', 'RUST_LOG=debug\n', 'for none of the secrets'],
    ['a file with empty values', `${KEY}=\n`, 'for none of the secrets'],
  ])('of %s is exit 2', async (_, text, words) => {
    const { dir, secrets } = await setUp();
    const file = text === undefined ? join(dir, 'nothing') : write(dir, text);
    const { code, stderr } = await secrets(['import', file]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});

it('says what was replaced by an import', async () => {
  const { dir, secrets } = await setUp();
  await secrets(['set', KEY, '--no-check'], GOOD_KEY);
  const file = join(dir, 'new.env');
  writeFileSync(file, `${KEY}=${OTHER_KEY}\n`);
  const { stdout } = await secrets(['import', file, '--no-check']);
  expect(stdout).toContain(`Replaced, with the value before forgotten: ${KEY}.`);
});

it('points to the name that was meant, and to the help of the command', async () => {
  const { secrets } = await setUp();
  expect((await secrets(['set', 'GATE_PASWORD'], 'x')).stderr).toContain('next: Did you mean GATE_PASSWORD?');
  expect((await secrets(['reveal', 'gate_password', '--yes'])).stderr).toContain('next: Did you mean GATE_PASSWORD?');
  expect((await secrets(['set'])).stderr).toContain('trading-setup secrets set --help');
  expect((await secrets(['lst'])).stderr).toContain('trading-setup secrets --help');
  expect(await secrets(['help', 'set'])).toMatchObject({ code: 0 });
});

describe('secrets remove', () => {
  it('says who reads it, needs a word, and forgets', async () => {
    const { secrets, listed } = await setUp();
    await secrets(['set', KEY, '--no-check'], GOOD_KEY);
    const unasked = await secrets(['remove', KEY]);
    expect([unasked.code, unasked.stderr]).toEqual([4, expect.stringMatching(/read by app[\s\S]*--yes/)]);
    const done = await secrets(['remove', KEY, '--yes']);
    expect([done.code, done.stdout]).toEqual([0, expect.stringMatching(/read by app[\s\S]*no longer in the vault/)]);
    expect((await listed()).secrets.find(({ name }: { name: string }) => name === KEY).state).toBe('not set');
    expect((await secrets(['remove', KEY, '--yes'])).stdout).toContain('nothing was removed');
    expect(await secrets(['remove', 'NOBODY', '--yes'])).toMatchObject({ code: 2 });
  });

  it('of the superuser’s password needs an engine that says whether there is a database', async () => {
    const { secrets } = await setUp();
    await secrets(['set', 'DATABASE_SUPERUSER_PASSWORD'], 'first-password');
    const { code } = await secrets(['remove', 'DATABASE_SUPERUSER_PASSWORD', '--yes']);
    expect(code).toBe(4);
    expect((await secrets(['reveal', 'DATABASE_SUPERUSER_PASSWORD', '--yes'])).stdout).toBe('first-password\n');
  });

  it('cleans up what the stack no longer uses', async () => {
    const { dir, secrets, listed } = await setUp();
    await secrets(['set', KEY, '--no-check'], GOOD_KEY);
    const file = join(dir, 'trading-setup.yaml');
    const text = readFileSync(file, 'utf8');
    const renamed = text
      .replace(`\${${KEY}}`, `\${RENAMED_KEY}`)
      .replace(new RegExp(`^ {4}${KEY}:`, 'm'), '    RENAMED_KEY:');
    writeFileSync(file, renamed);
    expect((await listed()).secrets.find(({ name }: { name: string }) => name === KEY)).toMatchObject({
      kind: 'left over',
      services: [],
    });
    expect((await secrets(['remove', KEY, '--yes'])).stdout).toContain(`Nothing in this stack reads ${KEY}.`);
  });
});

it('secrets list of a vault with a passphrase asks for none, and shows no value', async () => {
  const { home, secrets } = await setUp('passphrase');
  const file = join(home, 'passphrase');
  writeFileSync(file, 'correct horse battery\n', { mode: 0o600 });
  const opened = { TRADING_SETUP_PASSPHRASE_FILE: file };
  expect(await secrets(['set', KEY, '--no-check'], GOOD_KEY, opened)).toMatchObject({ code: 0 });
  const { code, stdout } = await secrets(['list']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/HYPERLIQUID_API_WALLET_KEY +set just now .*[0-9a-f]{16} +app$/m);
  expect(stdout).not.toContain('4c0883a6');
  // It was made, and it stays shut.
  expect(existsSync(join(home, '.config'))).toBe(false);
});

describe('secrets move', () => {
  it('to where the secrets are already changes nothing', async () => {
    const { dir, secrets } = await setUp();
    await secrets(['set', KEY, '--no-check'], GOOD_KEY);
    const before = readFileSync(join(dir, 'trading-setup.yaml'), 'utf8');
    const { code, stdout } = await secrets(['move', '--to', 'vault']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^The secrets are in the vault .* already\.$/m)]);
    expect(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8')).toBe(before);
  });

  it('gives the vault another lock where it is, and says so in trading-setup.yaml', async () => {
    const { home, dir, secrets } = await setUp();
    await secrets(['set', KEY, '--no-check'], GOOD_KEY);
    const file = join(home, 'passphrase');
    writeFileSync(file, 'correct horse battery\n', { mode: 0o600 });
    const opened = { TRADING_SETUP_PASSPHRASE_FILE: file };
    const done = await secrets(['move', '--to', 'vault', '--unlock', 'passphrase'], '', opened);
    expect([done.code, done.stdout]).toEqual([
      0,
      expect.stringMatching(/^The vault is opened by a passphrase now\.$/m),
    ]);
    expect(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8')).toMatch(/^ {2}unlock: passphrase$/m);
    expect((await secrets(['reveal', KEY, '--yes'], '', opened)).stdout).toBe(`${GOOD_KEY}\n`);
    expect(everyFileOf(home)).not.toContain('AGE-SECRET-KEY');
    writeFileSync(file, 'another horse battery\n', { mode: 0o600 });
    const wrong = await secrets(['reveal', KEY, '--yes'], '', opened);
    expect([wrong.code, wrong.stderr]).toEqual([4, expect.stringContaining(`The passphrase in ${file} does not open`)]);
    const folder = await secrets(['reveal', KEY, '--yes'], '', { TRADING_SETUP_PASSPHRASE_FILE: home });
    expect([folder.code, folder.stderr]).toEqual([4, expect.stringContaining('which is a folder')]);
    expect(folder.stderr).not.toContain('chmod');
  });

  it('to a keychain that is not there leaves everything as it is', async () => {
    const { dir, secrets, reveal } = await setUp();
    await secrets(['set', KEY, '--no-check'], GOOD_KEY);
    const { code, stderr } = await secrets(['move', '--to', 'keychain', '--yes']);
    expect([code, stderr]).toEqual([4, expect.stringContaining('No keychain is available')]);
    expect(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8')).toMatch(/^ {2}store: vault$/m);
    expect(await reveal(KEY)).toBe(GOOD_KEY);
  });

  it.each([['--to'], ['--to', 'file'], ['--to', 'vault', '--unlock', 'nothing']])(
    '%s %s is exit 2',
    async (...args) => {
      expect(await ready.run(['secrets', 'move', ...args])).toMatchObject({ code: 2 });
    },
  );
});
