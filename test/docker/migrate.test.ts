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
  /** What psql noted of the file at which it ended. */
  at = '',
) {
  const dir = folder();
  put(join(dir, 'secrets/superuser_password'), 'hunter2-hunter2');
  for (const [name, text] of Object.entries(files)) put(join(dir, 'migrations', name), text);
  put(
    join(dir, 'bin/psql'),
    `#!/bin/sh\nprintf '%s\\n' "$@" > ${dir}/arguments\nprintf %s '${at}' > ${dir}/script.sql.at\nexit ${exit}\n`,
  );
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
    ['builds one over several lines', 'create unique index\n  -- without a lock\n  concurrently x ON a (b);', false],
    ['drops one', 'SELECT 1; DROP INDEX /* ; */ CONCURRENTLY x;', false],
    ['reindexes with options', 'REINDEX (CONCURRENTLY, VERBOSE) TABLE a;', false],
    ['detaches', 'ALTER TABLE a DETACH PARTITION b CONCURRENTLY', false],
    ['fills an aggregate', 'CREATE MATERIALIZED VIEW m\nWITH (timescaledb.continuous) AS\nSELECT 1;', false],
    ['refreshes one', "CALL\n  refresh_continuous_aggregate('m', NULL, NULL);", false],
    ['changes the server', "ALTER SYSTEM SET work_mem = '1GB';", false],
    ['makes a database', 'CREATE DATABASE other;', false],
    ['vacuums after a text with escapes', "SELECT E'it\\'s; -- '; VACUUM;", false],
    ['vacuums after rows', "COPY a FROM stdin;\nit's\n\\.\nVACUUM;", false],
    ['only mentions it', "-- concurrently\nINSERT INTO a VALUES ('vacuum');", true],
    ['mentions it in a text', "INSERT INTO a VALUES ('x;\nVACUUM;\n it''s');", true],
    ['mentions it in a comment', '/* a /* b */\nVACUUM;\n*/ SELECT 1;', true],
    ['mentions it in a function', 'CREATE FUNCTION f() AS $b$\n;VACUUM;\n$b$ LANGUAGE sql;', true],
    [
      'makes an empty aggregate',
      'CREATE MATERIALIZED VIEW m WITH (timescaledb.continuous) AS SELECT 1 WITH NO DATA;',
      true,
    ],
    ['refreshes a view', 'REFRESH MATERIALIZED VIEW CONCURRENTLY m;', true],
    ['makes a schema', 'CREATE TABLE a (vacuum int);\nALTER TABLE a ADD system int;', true],
  ])('uses a transaction unless the file %s', async (_, text, used) => {
    const { sql } = await migrate({ 'x.sql': text }, ['x.sql']);
    expect(/^BEGIN;$/m.test(sql)).toBe(used);
  });

  it('takes everything up to the baseline as applied, and runs none of it', async () => {
    const { sql } = await migrate(FILES, ['setup.sql', 'V2.sql'], { MIGRATE_BASELINE: 'setup.sql' });
    expect(sql.match(/'baseline'/g)).toHaveLength(1);
    expect(sql).toContain(`VALUES ('setup.sql', '${sum(FILES['setup.sql'])}', 'baseline')`);
  });

  it("takes the stack's own baseline once, where there is no ledger yet, and all of it or none", async () => {
    const { sql } = await migrate(FILES, ['setup.sql', 'V2.sql'], { ADOPT_BASELINE: 'setup.sql' });
    const [, block = ''] = /\\if :is_adopted\n([\s\S]*?)\\endif/.exec(sql) ?? [];
    expect(block).toMatch(/^BEGIN;\n[\s\S]*COMMIT;\n$/);
    expect(block.match(/'baseline'/g)).toHaveLength(1);
    expect(sql).toContain('SELECT NOT EXISTS (SELECT FROM trading_setup.migrations)\n   AND EXISTS');
  });

  it('lets the word of the operator in .env beat it', async () => {
    const both = { ADOPT_BASELINE: 'setup.sql', MIGRATE_BASELINE: 'V2.sql' };
    const { sql } = await migrate(FILES, ['setup.sql', 'V2.sql'], both);
    expect(sql).not.toContain('is_adopted');
    expect(sql.match(/'baseline'/g)).toHaveLength(2);
  });

  it('refuses a baseline of the stack that is none of its files', async () => {
    const { code, stderr } = await migrate(FILES, ['setup.sql'], { ADOPT_BASELINE: 'V9.sql' });
    expect(code).toBe(1);
    expect(stderr).toContain('the baseline V9.sql is none of: setup.sql');
    expect(stderr).toContain('adopt.database.baseline');
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

  it.each([
    ['in a transaction', 'transaction V2 x.sql\n', /^migrate: failed; what V2 x\.sql began was rolled back, earlier/m],
    [
      'without one',
      'alone V2 x.sql\n',
      /^migrate: failed; V2 x\.sql ran without a transaction: look at what it has done/m,
    ],
    ['outside of a file', '', /^migrate: failed before or between the files/m],
  ])('says what is true when PostgreSQL refuses %s', async (_, at, sentence) => {
    const { code, stdout, stderr } = await migrate(FILES, ['setup.sql'], {}, 3, at);
    expect(code).toBe(1);
    expect(stderr).toMatch(sentence);
    expect(stderr.includes('rolled back')).toBe(at.startsWith('transaction'));
    expect(stderr).toMatch(at === '' ? /^next: mend what/m : /^next: mend the SQL file.*"-- no-transaction"/m);
    expect(stdout).not.toContain('up to date');
  });

  it('can be run without any file', async () => {
    expect(await migrate({}, [])).toMatchObject({ code: 0 });
  });
});
