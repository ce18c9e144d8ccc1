import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createHmac } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { scramVerifier } from '../../src/secrets/scram.ts';

const NONCE = 'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
const RFC = {
  salt: 'W22ZaJ0SNY7soEsUEjb6gQ==',
  exchange: `n=user,r=rOprNGfwEbeRWgbNEkqO,${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,${NONCE}`,
  proof: 'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
  serverSignature: '6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=',
};
const sign = (key: Buffer): Buffer => createHmac('sha256', key).update(RFC.exchange).digest();

describe('scramVerifier', () => {
  it('computes keys that give the signatures of the exchange in RFC 7677', () => {
    const verifier = scramVerifier(new Secret('pencil'), Buffer.from(RFC.salt, 'base64'), 4096).reveal();
    expect(verifier).toMatch(/^SCRAM-SHA-256\$4096:W22ZaJ0SNY7soEsUEjb6gQ==\$[\w+/]{43}=:[\w+/]{43}=$/);
    const [stored, server] = (verifier.split('$').at(-1) ?? '').split(':').map((key) => Buffer.from(key, 'base64'));
    if (stored === undefined || server === undefined) throw new Error('no keys');
    expect(sign(server).toString('base64')).toBe(RFC.serverSignature);
    // The client proves that it has the key whose hash is the stored one: proof xor signature.
    const signature = sign(stored);
    const clientKey = Buffer.from(RFC.proof, 'base64').map((byte, at) => byte ^ (signature[at] ?? 0));
    expect(createHash('sha256').update(clientKey).digest()).toEqual(stored);
  });

  for (const password of ['ümlaut', 'tab\there', '']) {
    it(`refuses ${JSON.stringify(password)}, which clients prepare differently`, () => {
      expect(() => scramVerifier(new Secret(password), Buffer.alloc(16))).toThrow(
        expect.objectContaining({ kind: 'usage' }),
      );
    });
  }
});

const [bin] = existsSync('/usr/lib/postgresql')
  ? readdirSync('/usr/lib/postgresql').map((version) => `/usr/lib/postgresql/${version}/bin`)
  : [];
if (bin === undefined)
  console.log('skipped: login with a verifier (no PostgreSQL in /usr/lib/postgresql); the live tests cover it too');

describe.skipIf(bin === undefined)('a real PostgreSQL', () => {
  const dir = mkdtempSync(join(tmpdir(), 'pg-'));
  // initdb refuses root.
  const asOwner =
    userInfo().uid === 0 ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : ['env'];
  const [program = 'env', ...prefix] = asOwner;
  const run = (...argv: string[]) => execFileSync(program, [...prefix, ...argv], { stdio: 'pipe', cwd: '/' });

  afterAll(() => {
    spawnSync(program, [...prefix, `${bin}/pg_ctl`, '-D', `${dir}/data`, '-m', 'immediate', 'stop'], { cwd: '/' });
    rmSync(dir, { recursive: true, force: true });
  });

  it('accepts the password of a role that was given only the verifier, and refuses another', () => {
    chmodSync(dir, 0o777);
    run(`${bin}/initdb`, '-D', `${dir}/data`, '-U', 'postgres', '--auth=trust', '--no-sync');
    run(
      `${bin}/pg_ctl`,
      '-D',
      `${dir}/data`,
      '-l',
      `${dir}/log`,
      '-w',
      '-o',
      `-k ${dir} -c listen_addresses=''`,
      'start',
    );
    const password = "it's a p@ss: 100%";
    const verifier = scramVerifier(new Secret(password), Buffer.from('0123456789abcdef')).reveal();
    run(`${bin}/psql`, '-h', dir, '-U', 'postgres', '-c', `CREATE ROLE trader LOGIN PASSWORD '${verifier}'`);
    writeFileSync(`${dir}/pg_hba.conf`, 'local all postgres trust\nlocal all all scram-sha-256\n');
    run('sh', '-c', `cat ${dir}/pg_hba.conf > ${dir}/data/pg_hba.conf`);
    run(`${bin}/pg_ctl`, '-D', `${dir}/data`, 'reload');
    const login = (entered: string) =>
      spawnSync(`${bin}/psql`, ['-h', dir, '-U', 'trader', '-d', 'postgres', '-Atc', 'select current_user'], {
        env: { PGPASSWORD: entered },
        encoding: 'utf8',
      });
    expect(login(password).stdout).toBe('trader\n');
    expect(login(`${password}x`).stderr).toContain('password authentication failed');
  });
});
