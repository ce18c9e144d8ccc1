import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folder, put, run } from './shell.ts';

const SCRIPT = new URL('../../docker/migrate-sqlite.sh', import.meta.url).pathname;
const MARK = 'toy-5a3b1e app-data';
const FIRST = 'CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n';
const SECOND = 'ALTER TABLE accounts ADD COLUMN balance INTEGER NOT NULL DEFAULT 0;\n';

/** A data volume, a folder of migrations and the script with its fixed paths moved there. */
function place(files: Readonly<Record<string, string>> = { '1_accounts.sql': FIRST }) {
  const dir = folder();
  for (const [name, text] of Object.entries(files)) put(join(dir, 'migrations/sql', name), text);
  mkdirSync(join(dir, 'migrations/sql'), { recursive: true });
  mkdirSync(join(dir, 'tmp'));
  put(join(dir, 'data/.trading-setup'), `${MARK}\n`);
  const script = join(dir, 'migrate-sqlite.sh');
  const paths = `data=${dir}/data migrations=${dir}/migrations scratch=${dir}/tmp`;
  writeFileSync(script, readFileSync(SCRIPT, 'utf8').replace('data=/data migrations=/migrations scratch=/tmp', paths));
  const database = join(dir, 'data/bot.db');
  return {
    dir,
    database,
    put: (name: string, text: string) => put(join(dir, 'migrations/sql', name), text),
    remove: (name: string) => rmSync(join(dir, 'migrations/sql', name)),
    migrate: (words: readonly string[] = ['sql', 'bot.db'], env: Readonly<Record<string, string>> = {}) =>
      run(['sh', script, ...words], { TRADING_SETUP_MARK: MARK, TRADING_SETUP_SERVICE: 'app', ...env }),
    sql: (query: string, path = database) =>
      execFileSync('sqlite3', ['-batch', '-init', '/dev/null', path, query], { encoding: 'utf8' }).trim(),
    data: () => readdirSync(join(dir, 'data')).sort(),
  };
}

/** Nothing was changed. */
const REFUSED = 12;

const sum = (text: string) => createHash('sha384').update(text).digest('hex').toUpperCase();
const LEDGER = 'SELECT version, description, success, hex(checksum) FROM _sqlx_migrations ORDER BY version';

const missing = ['sqlite3', 'flock'].find((tool) => spawnSync(tool, ['--version']).error);
if (missing)
  process.stderr.write(
    `skipped: migrate-sqlite: no ${missing} on this machine; the live tests run it in its container\n`,
  );

describe.skipIf(missing)('a new database', () => {
  it('is there before the program: for its owner and group only, with a log that is written ahead', async () => {
    const { migrate, database, sql, data } = place();
    expect(await migrate()).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(database).mode & 0o777).toBe(0o640);
    expect(sql('PRAGMA journal_mode')).toBe('wal');
    expect(data()).toEqual(['.trading-setup', 'bot.db']);
  });

  it('gets the files in the order of their numbers, whatever their digits, and never the way down', async () => {
    const { migrate, sql } = place({
      '10_last.sql': 'INSERT INTO said VALUES (10)',
      '0002_more.up.sql': 'INSERT INTO said VALUES (2); -- no end of line',
      '0002_more.down.sql': 'DROP TABLE said;',
      '1_first.sql': 'CREATE TABLE said (number INTEGER);',
      'notes.txt': 'nothing',
      'README.sql': 'nothing',
    });
    expect((await migrate()).code).toBe(0);
    expect(sql('SELECT group_concat(number) FROM said')).toBe('2,10');
    expect(
      sql(LEDGER)
        .split('\n')
        .map((line) => line.split('|').slice(0, 3).join('|')),
    ).toEqual(['1|first|1', '2|more|1', '10|last|1']);
  });

  it('has the ledger of sqlx, with its checksums', async () => {
    const { migrate, sql } = place({ '20240101120000_open_the_accounts.sql': FIRST });
    await migrate();
    expect(sql(LEDGER)).toBe(`20240101120000|open the accounts|1|${sum(FIRST)}`);
    expect(Number(sql('SELECT execution_time FROM _sqlx_migrations'))).toBeGreaterThanOrEqual(0);
    // As sqlx 0.8.6 makes it, byte for byte.
    expect(sql("SELECT sql FROM sqlite_schema WHERE name = '_sqlx_migrations'")).toBe(
      [
        'CREATE TABLE _sqlx_migrations (',
        '    version BIGINT PRIMARY KEY,',
        '    description TEXT NOT NULL,',
        '    installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,',
        '    success BOOLEAN NOT NULL,',
        '    checksum BLOB NOT NULL,',
        '    execution_time BIGINT NOT NULL',
        ')',
      ].join('\n'),
    );
  });

  it('is not made where a file fails', async () => {
    const { migrate, data } = place({ '1_accounts.sql': FIRST, '2_bad.sql': 'CREATE TABEL x (a);' });
    const { code, stderr } = await migrate();
    expect(code).toBe(REFUSED);
    expect(stderr).toContain('near "TABEL": syntax error');
    expect(stderr).toMatch(/^migrate: 2_bad.sql was tried on a copy and failed: nothing was changed in bot.db/m);
    expect(stderr).toMatch(/^next: mend the SQL file/m);
    expect(data()).toEqual(['.trading-setup']);
  });

  it('is not made on a volume of somebody else, or on one that was emptied', async () => {
    const { migrate, dir, database } = place();
    put(join(dir, 'data/.trading-setup'), 'other-5a3b1e app-data\n');
    expect(await migrate()).toMatchObject({ code: 78, stderr: expect.stringContaining('is not marked as') });
    rmSync(join(dir, 'data/.trading-setup'));
    expect((await migrate()).code).toBe(78);
    expect(existsSync(database)).toBe(false);
  });
});

describe.skipIf(missing)('a database with a ledger', () => {
  async function begun(files?: Readonly<Record<string, string>>) {
    const at = place(files);
    expect((await at.migrate()).code).toBe(0);
    at.sql("INSERT INTO accounts (name) VALUES ('first')");
    return at;
  }

  it('is left alone where nothing is new, also while the program has it open', async () => {
    const { migrate, database } = await begun();
    const hold = await held(database);
    expect(await migrate()).toMatchObject({ code: 0, stdout: 'migrate: the schema of bot.db is up to date\n' });
    hold.end();
  });

  it('gets what is new, keeps its rows, and a copy from before stays', async () => {
    const { migrate, put: write, sql, dir } = await begun();
    write('2_balance.sql', SECOND);
    const { code, stdout, stderr } = await migrate();
    expect([code, stderr]).toEqual([0, '']);
    expect(sql('SELECT name, balance FROM accounts')).toBe('first|0');
    const copy = join(dir, 'data/bot.db.before-2');
    expect(sql('SELECT * FROM accounts', copy)).toBe('1|first');
    expect(statSync(copy).mode & 0o777).toBe(0o640);
    expect(stdout).toContain('migrate: applying 2_balance.sql');
    expect(stdout).toContain('--back bot.db bot.db.before-2');
  });

  it('takes what is committed and not yet folded in along with the copy', async () => {
    const { migrate, put: write, sql, database, dir } = await begun();
    // A program that was killed leaves its log behind.
    const killed = await held(database, "INSERT INTO accounts (name) VALUES ('late');");
    killed.kill();
    await killed.ended;
    expect(statSync(`${database}-wal`).size).toBeGreaterThan(0);
    write('2_balance.sql', SECOND);
    expect((await migrate()).code).toBe(0);
    expect(sql('SELECT count(*) FROM accounts', join(dir, 'data/bot.db.before-2'))).toBe('2');
    expect(sql('SELECT count(*) FROM accounts')).toBe('2');
  });

  it('says what it would do, and does nothing, where it is only asked', async () => {
    const { migrate, put: write, sql } = await begun();
    expect((await migrate(['--pending', 'sql', 'bot.db'])).code).toBe(0);
    write('2_balance.sql', SECOND);
    const { code, stdout } = await migrate(['--pending', 'sql', 'bot.db']);
    expect([code, stdout]).toEqual([10, 'migrate: to be applied to bot.db: 2_balance.sql\n']);
    expect(sql('SELECT count(*) FROM _sqlx_migrations')).toBe('1');
  });

  it('is tried on a copy when it is asked about, also while the program writes: a bad file stops nobody', async () => {
    const { migrate, put: write, sql, database, data } = await begun();
    const hold = await held(database, "INSERT INTO accounts (name) VALUES ('late');");
    write('2_balance.sql', SECOND);
    expect((await migrate(['--pending', 'sql', 'bot.db'])).code).toBe(10);
    write('3_bad.sql', 'DROP TABLE nothing;');
    const { code, stderr } = await migrate(['--pending', 'sql', 'bot.db']);
    expect(code).toBe(REFUSED);
    expect(stderr).toContain('3_bad.sql was tried on a copy and failed');
    expect(sql('SELECT count(*) FROM accounts')).toBe('2');
    expect(data().filter((name) => name.includes('try'))).toEqual([]);
    hold.end();
  });

  it('is refused while another process has it open', async () => {
    const { migrate, put: write, database, sql, data } = await begun();
    write('2_balance.sql', SECOND);
    const hold = await held(database);
    const { code, stderr } = await migrate();
    expect(code).toBe(REFUSED);
    expect(stderr).toMatch(/^migrate: another process has bot.db open/m);
    hold.end();
    await hold.ended;
    expect(sql('SELECT count(*) FROM _sqlx_migrations')).toBe('1');
    expect(data().filter((name) => !name.startsWith('bot.db-'))).toEqual(['.trading-setup', 'bot.db']);
  });

  it('is changed by no file where one of them fails', async () => {
    const { migrate, put: write, sql, data } = await begun();
    write('2_balance.sql', SECOND);
    write('3_bad.sql', 'UPDATE accounts SET owner = 1;');
    const { code, stderr } = await migrate();
    expect(code).toBe(REFUSED);
    expect(stderr).toContain('no such column: owner');
    expect(stderr).toContain('3_bad.sql was tried on a copy and failed: nothing was changed in bot.db');
    expect(sql('SELECT max(version) FROM _sqlx_migrations')).toBe('1');
    expect(data()).toEqual(['.trading-setup', 'bot.db']);
  });

  it.each([
    ['ends its own transaction', 'CREATE TABLE x (a); COMMIT;'],
    ['begins one', 'BEGIN; CREATE TABLE x (a);'],
    ['takes the ledger away', 'DROP TABLE _sqlx_migrations;'],
  ])('is not changed by a file that %s', async (_, text) => {
    const { migrate, put: write, sql } = await begun();
    write('2_odd.sql', text);
    expect(await migrate()).toMatchObject({ code: REFUSED, stderr: expect.stringContaining('nothing was changed') });
    expect(sql("SELECT count(*) FROM sqlite_schema WHERE name = 'x'")).toBe('0');
    expect(sql('SELECT max(version) FROM _sqlx_migrations')).toBe('1');
  });

  it.each([
    ['a comment that is left open', 'CREATE TABLE x (a); /* and so on'],
    ['no semicolon', 'CREATE TABLE x (a)'],
    ['a comment as its last line', 'CREATE TABLE x (a); -- done'],
    ['texts that look like commands', "CREATE TABLE x (a TEXT DEFAULT '\n.quit\n');"],
  ])('gets a file with %s', async (_, text) => {
    const { migrate, put: write, sql } = await begun();
    write('2_odd.sql', text);
    expect(await migrate()).toMatchObject({ code: 0, stderr: '' });
    expect(sql("SELECT count(*) FROM sqlite_schema WHERE name = 'x'")).toBe('1');
    expect(sql(LEDGER).split('\n')[1]).toBe(`2|odd|1|${sum(text)}`);
  });

  it('runs a file without a transaction where it asks for that as sqlx wants it', async () => {
    const { migrate, put: write, sql } = await begun();
    write('2_alone.sql', '-- no-transaction\nVACUUM;');
    expect(await migrate()).toMatchObject({ code: 0, stderr: '' });
    expect(sql('SELECT max(version) FROM _sqlx_migrations')).toBe('2');
  });

  it('checks references while it migrates, as sqlx does', async () => {
    const { migrate, put: write } = await begun();
    write(
      '2_orders.sql',
      'CREATE TABLE orders (account INTEGER REFERENCES accounts (id)); INSERT INTO orders VALUES (7);',
    );
    expect(await migrate()).toMatchObject({ code: REFUSED, stderr: expect.stringContaining('FOREIGN KEY') });
  });

  it('prints nothing of what a file selects', async () => {
    const { migrate, put: write } = await begun();
    write('2_look.sql', "SELECT 'hunter2' || 'x' FROM accounts;");
    const { code, stdout, stderr } = await migrate();
    expect([code, `${stdout}${stderr}`.includes('hunter2')]).toEqual([0, false]);
  });

  it('is refused where a file was changed after it had been applied', async () => {
    const { migrate, put: write } = await begun();
    write('1_accounts.sql', `${FIRST}-- other\n`);
    const { code, stderr } = await migrate();
    expect(code).toBe(REFUSED);
    expect(stderr).toMatch(/^migrate: sql\/1_accounts.sql was changed after it had been applied/m);
  });

  it('is refused by an image that is older than it, with the copy from before', async () => {
    const { migrate, put: write, remove } = await begun();
    write('2_balance.sql', SECOND);
    await migrate();
    remove('2_balance.sql');
    const { code, stderr } = await migrate();
    expect(code).toBe(REFUSED);
    expect(stderr).toContain('bot.db has version 2, and this image has no file of it');
    expect(stderr).toContain('app-migrate --back bot.db bot.db.before-2');
  });

  it('is refused where a version ended half-way', async () => {
    const { migrate, sql } = await begun();
    sql('UPDATE _sqlx_migrations SET success = 0');
    expect(await migrate()).toMatchObject({
      code: REFUSED,
      stderr: expect.stringContaining('version 1 ended half-way'),
    });
  });

  it('keeps the last three copies', async () => {
    const { migrate, put: write, data, dir } = await begun();
    for (const version of [2, 3, 4, 5, 6]) {
      write(`${version}_more.sql`, `CREATE TABLE t${version} (a);`);
      expect((await migrate()).code).toBe(0);
      // Their age decides, and these are made within one second.
      execFileSync('touch', ['-d', `2026-01-0${version}`, join(dir, `data/bot.db.before-${version}`)]);
    }
    expect(data()).toEqual(['.trading-setup', 'bot.db', 'bot.db.before-4', 'bot.db.before-5', 'bot.db.before-6']);
  });

  it('goes back to a copy, and what it replaces is kept', async () => {
    const { migrate, put: write, remove, sql, dir } = await begun();
    write('2_drop.sql', 'DROP TABLE accounts;');
    await migrate();
    expect((await migrate(['--back', 'bot.db', 'bot.db.before-2'])).code).toBe(0);
    expect(sql('SELECT * FROM accounts')).toBe('1|first');
    expect(sql('SELECT max(version) FROM _sqlx_migrations', join(dir, 'data/bot.db.after-1'))).toBe('2');
    remove('2_drop.sql');
    expect(await migrate()).toMatchObject({ code: 0 });
  });

  it('keeps each of what it went back from under a name of its own, and goes forward to it again', async () => {
    const { migrate, put: write, sql, dir } = await begun();
    write('2_balance.sql', SECOND);
    await migrate();
    sql("INSERT INTO accounts (id, name) VALUES (999, 'newest')");
    const back = ['--back', 'bot.db', 'bot.db.before-2'];
    expect((await migrate(back)).stdout).toContain('what it was until now is kept as bot.db.after-1');
    expect((await migrate(back)).stdout).toContain('what it was until now is kept as bot.db.after-2');
    expect(sql('SELECT name FROM accounts WHERE id = 999', join(dir, 'data/bot.db.after-1'))).toBe('newest');
    expect((await migrate(['--back', 'bot.db', 'bot.db.after-1'])).code).toBe(0);
    expect(sql('SELECT name FROM accounts WHERE id = 999')).toBe('newest');
  });

  it('loses nothing that is committed while it goes back: who comes meanwhile waits for it', async () => {
    const { migrate, put: write, sql, dir, database } = await begun();
    write('2_balance.sql', SECOND);
    await migrate();
    const bin = join(dir, 'bin');
    put(join(bin, 'cp'), `#!/bin/sh\ntouch ${dir}/copying\nsleep 1\nexec /bin/cp "$@"\n`);
    chmodSync(join(bin, 'cp'), 0o755);
    const back = migrate(['--back', 'bot.db', 'bot.db.before-2'], { PATH: `${bin}:${process.env.PATH}` });
    while (!existsSync(join(dir, 'copying'))) await sleep(20);
    const late = "INSERT INTO accounts (id, name) VALUES (77, 'late')";
    const writer = await run(['sqlite3', '-batch', '-init', '/dev/null', '-cmd', '.timeout 9000', database, late]);
    expect([writer.code, (await back).code]).toEqual([0, 0]);
    expect(sql('SELECT name FROM accounts ORDER BY id')).toBe('first\nlate');
    expect(sql('PRAGMA integrity_check')).toBe('ok');
  });

  it('goes back from a file that is no database, which is set aside unchanged', async () => {
    const { migrate, put: write, sql, dir, database } = await begun();
    write('2_balance.sql', SECOND);
    await migrate();
    writeFileSync(database, 'nonsense '.repeat(1000));
    const { code, stderr } = await migrate();
    expect([code, stderr]).toEqual([REFUSED, expect.stringContaining('--back bot.db bot.db.before-2')]);
    expect(await migrate(['--back', 'bot.db', 'bot.db.before-2'])).toMatchObject({ code: 0, stderr: '' });
    expect(sql('SELECT name FROM accounts')).toBe('first');
    expect(readFileSync(join(dir, 'data/bot.db.after-1'), 'utf8')).toBe('nonsense '.repeat(1000));
  });

  it('does not go back to a copy that is damaged, or to none', async () => {
    const { migrate, put: write, sql, dir } = await begun();
    write('2_balance.sql', SECOND);
    await migrate();
    writeFileSync(join(dir, 'data/bot.db.before-1'), 'nonsense '.repeat(1000));
    for (const copy of ['bot.db.before-1', 'bot.db.before-3', 'bot.db'])
      expect(await migrate(['--back', 'bot.db', copy])).toMatchObject({
        code: REFUSED,
        stderr: expect.stringContaining('bot.db.before-2'),
      });
    expect(sql('SELECT max(version) FROM _sqlx_migrations')).toBe('2');
  });

  it('that is lost while its log is left goes back to the newest copy, without that log', async () => {
    const { migrate, put: write, sql, database, dir } = await begun();
    for (const version of [9, 10]) {
      write(`${version}_more.sql`, `CREATE TABLE t${version} (a);`);
      await migrate();
    }
    // Their age decides, not the order of their names.
    execFileSync('touch', ['-d', '2026-01-01', join(dir, 'data/bot.db.before-10')]);
    const killed = await held(database, "INSERT INTO accounts (name) VALUES ('late');");
    killed.kill();
    await killed.ended;
    const log = readFileSync(`${database}-wal`);
    rmSync(database);
    const { code, stderr } = await migrate();
    expect(code).toBe(REFUSED);
    expect(stderr).toContain('bot.db is gone or empty, and bot.db-wal is in the data volume');
    const way = 'docker compose stop app && docker compose run --rm --no-deps app-migrate';
    expect(stderr).toContain(`${way} --back bot.db bot.db.before-9\n`);
    expect(await migrate(['--back', 'bot.db', 'bot.db.before-9'])).toMatchObject({ code: 0, stderr: '' });
    expect(sql('PRAGMA integrity_check; SELECT name FROM accounts')).toBe('ok\nfirst');
    expect(readFileSync(join(dir, 'data/bot.db.after-1-wal')).equals(log)).toBe(true);
  });

  it.each(['-wal', '-journal'])('is not made anew where only its %s is left', async (tail) => {
    const { migrate, database, data } = await begun();
    rmSync(database);
    writeFileSync(`${database}${tail}`, 'left');
    expect(await migrate()).toMatchObject({ code: REFUSED, stderr: expect.stringContaining(`bot.db${tail} is in`) });
    expect(data()).toEqual(['.trading-setup', `bot.db${tail}`]);
  });

  it.each([
    ['an empty file', ''],
    ['a database without tables', 'PRAGMA user_version = 1;'],
  ])('is not made anew in %s beside copies', async (_, text) => {
    const { migrate, put: write, sql, database } = await begun();
    write('2_balance.sql', SECOND);
    await migrate();
    rmSync(database);
    if (text === '') writeFileSync(database, '');
    else sql(text);
    expect(await migrate()).toMatchObject({
      code: REFUSED,
      stderr: expect.stringContaining('--back bot.db bot.db.before-2'),
    });
  });

  it('that a killed program left in the middle of a transaction is taken back to before it', async () => {
    const { migrate, put: write, sql, database } = await begun();
    const killed = await held(
      database,
      "PRAGMA journal_mode = delete; PRAGMA cache_size = 1; BEGIN; WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO accounts (name) SELECT hex(randomblob(32)) FROM n; UPDATE accounts SET name = 'lost';",
    );
    killed.kill();
    await killed.ended;
    expect(statSync(`${database}-journal`).size).toBeGreaterThan(0);
    write('2_balance.sql', SECOND);
    expect(await migrate(['--pending', 'sql', 'bot.db'])).toMatchObject({ code: 10, stderr: '' });
    expect(await migrate()).toMatchObject({ code: 0, stderr: '' });
    expect(sql('SELECT name, balance FROM accounts')).toBe('first|0');
  });

  it('is changed once by two that start at the same time: one waits for the other', async () => {
    const { migrate, put: write, sql, data } = await begun();
    write('2_balance.sql', SECOND);
    const both = await Promise.all([migrate(), migrate(), migrate(['--pending', 'sql', 'bot.db'])]);
    expect(both.map(({ stderr }) => stderr)).toEqual(['', '', '']);
    expect(both.slice(0, 2).map(({ code }) => code)).toEqual([0, 0]);
    expect(sql('SELECT count(*) FROM _sqlx_migrations')).toBe('2');
    expect(data()).toEqual(['.trading-setup', 'bot.db', 'bot.db.before-2']);
  });

  it('has nothing left beside it of a run that was killed', async () => {
    const { migrate, dir, data } = await begun();
    for (const tail of ['', '-journal', '-wal']) put(join(dir, `data/.bot.db.draft${tail}`), 'half');
    expect((await migrate()).code).toBe(0);
    expect(data()).toEqual(['.trading-setup', 'bot.db']);
  });

  it('is not made anew in the place of one that is gone', async () => {
    const { migrate, put: write, database } = await begun();
    write('2_balance.sql', SECOND);
    await migrate();
    rmSync(database);
    expect(await migrate()).toMatchObject({ code: REFUSED, stderr: expect.stringContaining('bot.db is gone') });
    expect(existsSync(database)).toBe(false);
  });

  it('does not go back while another process has it open', async () => {
    const { migrate, put: write, sql, database } = await begun();
    write('2_balance.sql', SECOND);
    await migrate();
    const hold = await held(database);
    expect(await migrate(['--back', 'bot.db', 'bot.db.before-2'])).toMatchObject({
      code: REFUSED,
      stderr: expect.stringContaining('another process has bot.db open'),
    });
    hold.end();
    await hold.ended;
    expect(sql('SELECT max(version) FROM _sqlx_migrations')).toBe('2');
  });
});

describe.skipIf(missing)('the files', () => {
  it.each([
    ['have one number twice', { '1_a.sql': FIRST, '01_b.sql': SECOND }, 'two files of sql have the version 1'],
    ['have no number', { 'V1_a.sql': FIRST }, 'V1_a.sql does not begin with a number'],
    ['have a name that is no name', { "1_a'b.sql": FIRST }, 'a name may have letters'],
  ])('are refused where they %s', async (_, files, words) => {
    const { migrate, data } = place(files);
    expect(await migrate()).toMatchObject({ code: REFUSED, stderr: expect.stringContaining(words) });
    expect(data()).toEqual(['.trading-setup']);
  });

  it('are refused where the image has no such folder', async () => {
    const { migrate } = place();
    expect(await migrate(['other', 'bot.db'])).toMatchObject({
      code: REFUSED,
      stderr: expect.stringContaining('other'),
    });
  });
});

describe.skipIf(missing)('a database with tables and no ledger', () => {
  function taken() {
    const at = place({ '1_accounts.sql': FIRST, '2_balance.sql': SECOND });
    at.sql(FIRST);
    return at;
  }

  it('needs the word of a person, and nothing is changed without it', async () => {
    const { migrate, sql } = taken();
    const { code, stderr } = await migrate();
    expect(code).toBe(REFUSED);
    expect(stderr).toContain('set MIGRATE_BASELINE_APP in .env');
    expect(sql("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")).toBe('0');
  });

  it('takes everything up to the baseline as applied and runs the rest', async () => {
    const { migrate, sql } = taken();
    const { code, stdout } = await migrate(undefined, { MIGRATE_BASELINE: '1' });
    expect(code).toBe(0);
    expect(stdout).toContain('migrate: taken as applied 1_accounts.sql\nmigrate: applying 2_balance.sql');
    expect(sql("SELECT count(*) FROM pragma_table_info('accounts')")).toBe('3');
    expect(await migrate(undefined, { MIGRATE_BASELINE: '1' })).toMatchObject({ code: 0 });
  });

  it('is refused a baseline that is none of the files', async () => {
    const { migrate } = taken();
    expect(await migrate(undefined, { MIGRATE_BASELINE: '7' })).toMatchObject({
      code: REFUSED,
      stderr: expect.stringContaining('the baseline 7 is none of: 1 2'),
    });
  });
});

describe.skipIf(missing)('a full disk', () => {
  /** The script on a volume of this size, which needs a mount of its own. */
  async function small(kilobytes: number, words: string, { second = SECOND, df = '' } = {}) {
    const at = place();
    expect((await at.migrate()).code).toBe(0);
    at.sql(
      'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO accounts (name) SELECT hex(randomblob(32)) FROM n',
    );
    at.put('2_balance.sql', second);
    const [data, bin] = [join(at.dir, 'data'), join(at.dir, 'bin')];
    mkdirSync(bin);
    if (df) {
      put(join(bin, 'df'), df);
      chmodSync(join(bin, 'df'), 0o755);
    }
    const mount = `cp -a ${data} ${at.dir}/kept; mount -t tmpfs -o size=${kilobytes}k none ${data} || exit 99; cp -a ${at.dir}/kept/. ${data}`;
    const script = `${mount}; sh ${at.dir}/migrate-sqlite.sh ${words} sql bot.db; code=$?; ls -A ${data}; sqlite3 ${data}/bot.db 'PRAGMA integrity_check; SELECT max(version) FROM _sqlx_migrations'; exit $code`;
    const env = { TRADING_SETUP_MARK: MARK, PATH: `${bin}:${process.env.PATH}` };
    const ended = await run(['unshare', '--user', '--map-root-user', '--mount', 'sh', '-c', script], env);
    if (ended.code === 99 && !process.env.CI) return console.warn('skipped: no mount of its own is allowed here');
    expect([ended.code, ended.stdout.replace('bot.db-shm\n', '')]).toEqual([
      REFUSED,
      '.trading-setup\nbot.db\nok\n1\n',
    ]);
    expect(ended.stderr).toMatch(/^next: make room on the disk/m);
    return ended.stderr;
  }

  const FULL = /^migrate: the disk of the data volume is full: a migration needs room for copies of bot.db/m;

  it('is known when it is only asked, before anybody is stopped', async () => {
    const said = await small(8000, '--pending');
    if (said) expect(said).toMatch(/^migrate: the disk of the data volume has \d+ KB free, and \d+ are wanted/);
  });

  it('that only the files of this version fill is known when it is only asked', async () => {
    const second = 'CREATE TABLE large AS SELECT zeroblob(20000000);';
    const said = await small(16000, '--pending', { second });
    if (said) expect(said).toMatch(FULL);
  });

  it('that fills meanwhile is told in words', async () => {
    const said = await small(400, '', { df: '#!/bin/sh\necho\necho none 0 0 999999\n' });
    if (said) expect(said).toMatch(FULL);
  });
});

/** Another process that has a database open, as a program has. */
async function held(database: string, more = '') {
  const child = spawn('sqlite3', ['-batch', '-init', '/dev/null', database], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise<void>((done) => child.on('close', () => done()));
  child.stdin.write(`${more}\nSELECT 'open' FROM sqlite_schema LIMIT 1;\n`);
  await new Promise<void>((done) => child.stdout.once('data', () => done()));
  return { ended, end: () => child.stdin.end(), kill: () => void child.kill('SIGKILL') };
}
