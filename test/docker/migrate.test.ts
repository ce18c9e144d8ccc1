import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, moved, put, run } from './shell.ts';

/** `migrate` with a psql that only keeps what it was given; PostgreSQL itself is asked in the live tests. */
async function migrate(
  files: Readonly<Record<string, string>>,
  order: readonly string[],
  env: Record<string, string> = {},
  exit = 0,
) {
  const dir = folder();
  put(join(dir, 'secrets/superuser_password'), 'hunter2-hunter2');
  for (const [name, text] of Object.entries(files)) put(join(dir, 'migrations', name), text);
  put(join(dir, 'bin/psql'), `#!/bin/sh\nprintf '%s\\n' "$@" > ${dir}/arguments\nexit ${exit}\n`);
  const ended = await run(
    [
      'sh',
      '-c',
      `chmod +x ${dir}/bin/psql; PATH=${dir}/bin:$PATH exec sh ${moved('migrate.sh', dir)} "$@"`,
      'sh',
      ...order,
    ],
    env,
  );
  const read = (name: string) => {
    try {
      return readFileSync(join(dir, name), 'utf8');
    } catch {
      return '';
    }
  };
  return { ...ended, sql: read('script.sql'), arguments: read('arguments') };
}

const sum = (text: string) => createHash('sha256').update(text).digest('hex');

describe('migrate', () => {
  const FILES = { 'setup.sql': 'CREATE TABLE a ();\n', 'V2.sql': 'ALTER TABLE a ADD b int;\n' };

  it('applies the files in their order, each in a transaction with its entry in the ledger', async () => {
    const { code, sql } = await migrate(FILES, ['setup.sql', 'V2.sql']);
    expect(code).toBe(0);
    expect(sql.indexOf("'setup.sql'")).toBeLessThan(sql.indexOf("'V2.sql'"));
    expect(sql).toContain(`\\set sum '${sum(FILES['setup.sql'])}'`);
    expect(sql.match(/^BEGIN;$/gm)).toHaveLength(2);
    expect(sql.match(/^COMMIT;$/gm)).toHaveLength(2);
    expect(sql.startsWith('\\set ON_ERROR_STOP on')).toBe(true);
    expect(sql).toContain('pg_advisory_lock');
  });

  it.each([
    ['asks for it', '-- no-transaction\nCREATE TABLE x ();', false],
    ['builds an index concurrently', 'CREATE UNIQUE INDEX CONCURRENTLY x ON a (b);', false],
    ['vacuums', 'VACUUM ANALYZE a;', false],
    ['only mentions it', "-- concurrently\nINSERT INTO a VALUES ('vacuum');", true],
  ])('uses a transaction unless the file %s', async (_, text, used) => {
    const { sql } = await migrate({ 'x.sql': text }, ['x.sql']);
    expect(/^BEGIN;$/m.test(sql)).toBe(used);
  });

  it('takes everything up to the baseline as applied, and runs none of it', async () => {
    const { sql } = await migrate(FILES, ['setup.sql', 'V2.sql'], { MIGRATE_BASELINE: 'setup.sql' });
    expect(sql.match(/'baseline'/g)).toHaveLength(1);
    expect(sql).toContain(`VALUES ('setup.sql', '${sum(FILES['setup.sql'])}', 'baseline')`);
  });

  it('passes no secret as argument or in the script', async () => {
    const { sql, arguments: given, stdout, stderr } = await migrate(FILES, ['setup.sql']);
    expect(given).toContain('--no-psqlrc');
    expect(`${sql}${given}${stdout}${stderr}`).not.toContain('hunter2');
  });

  it('does not even start when a file is missing', async () => {
    const { code, stderr, arguments: given } = await migrate(FILES, ['setup.sql', 'V3.sql']);
    expect([code, given]).toEqual([1, '']);
    expect(stderr).toMatch(/^migrate: V3\.sql is not in this image\.$/m);
  });

  it('never takes every file as applied because the baseline is misspelt', async () => {
    const { code, stderr, arguments: given } = await migrate(FILES, ['setup.sql'], { MIGRATE_BASELINE: 'set-up.sql' });
    expect([code, given]).toEqual([1, '']);
    expect(stderr).toContain('MIGRATE_BASELINE=set-up.sql is none of: setup.sql');
  });

  it('says what is true when PostgreSQL refuses', async () => {
    const { code, stderr } = await migrate(FILES, ['setup.sql'], {}, 3);
    expect(code).toBe(1);
    expect(stderr).toMatch(/rolled back, earlier files stay applied/);
    expect(stderr).toMatch(/^next: mend the SQL file/m);
  });

  it('can be run without any file', async () => {
    expect(await migrate({}, [])).toMatchObject({ code: 0 });
  });
});
