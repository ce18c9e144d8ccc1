import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { LIVE, run } from './support/run.ts';
import { deployed, type Stack, superuserSql } from './support/stack.ts';

const LEDGER = 'SELECT name, checksum, how, applied_at FROM trading_setup.migrations ORDER BY applied_at, name;';
const TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1;";

let stack: Stack;
beforeAll(async () => {
  stack = await deployed('sample');
});

let count = 0;

/** An empty database on the stack's server, and a folder of SQL files for the stack's own migrate service. */
async function scratchDatabase() {
  count += 1;
  const database = `scratch_${count}`;
  const folder = join(LIVE, 'migrations', database);
  mkdirSync(folder, { recursive: true });
  await superuserSql(stack, `DROP DATABASE IF EXISTS ${database};`, 'postgres');
  await superuserSql(stack, `CREATE DATABASE ${database};`, 'postgres');
  return {
    write: (name: string, text: string) => writeFileSync(join(folder, name), text),
    ask: async (query: string) => (await superuserSql(stack, query, database)).trim().split('\n').filter(Boolean),
    migrate: (files: readonly string[], baseline = '') => {
      const settings = ['-e', `PGDATABASE=${database}`, '-e', `MIGRATE_BASELINE=${baseline}`];
      const argv = [
        'run',
        '--rm',
        '-T',
        '--no-deps',
        '-v',
        `${folder}:/migrations:ro`,
        ...settings,
        'migrate',
        ...files,
      ];
      return run(['docker', 'compose', ...argv], { cwd: stack.dir });
    },
  };
}

const names = (rows: readonly string[]) => rows.map((row) => row.split('|')[0]);

describe('migrate', () => {
  it('applies nothing a second time: the ledger keeps its rows', async () => {
    const before = await superuserSql(stack, LEDGER);
    expect(before.trim().split('\n')).toHaveLength(4);
    const { code, stdout } = await run(['docker', 'compose', 'run', '--rm', '-T', 'migrate'], { cwd: stack.dir });
    expect(code).toBe(0);
    expect(stdout).not.toContain('applying');
    expect(await superuserSql(stack, LEDGER)).toBe(before);
  });

  it('applies only what is new', async () => {
    const { write, ask, migrate } = await scratchDatabase();
    write('a.sql', 'CREATE TABLE a (x int);');
    expect((await migrate(['a.sql'])).code).toBe(0);
    const [first] = await ask(LEDGER);
    write('b.sql', 'CREATE TABLE b (x int);');
    expect((await migrate(['a.sql', 'b.sql'])).code).toBe(0);
    const ledger = await ask(LEDGER);
    expect(names(ledger)).toEqual(['a.sql', 'b.sql']);
    expect(ledger[0]).toBe(first);
  });

  it('refuses a file that was changed after it had been applied, by its name', async () => {
    const { write, ask, migrate } = await scratchDatabase();
    write('a.sql', 'CREATE TABLE a (x int);');
    expect((await migrate(['a.sql'])).code).toBe(0);
    const before = await ask(LEDGER);
    write('a.sql', 'CREATE TABLE a (x int); CREATE TABLE more (x int);');
    write('b.sql', 'CREATE TABLE b (x int);');
    const { code, stdout, stderr } = await migrate(['a.sql', 'b.sql']);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('migration a.sql was changed after it had been applied');
    expect(await ask(LEDGER)).toEqual(before);
    expect(await ask(TABLES)).toEqual(['a']);
  });

  it('keeps nothing of a file that fails, and everything before it', async () => {
    const { write, ask, migrate } = await scratchDatabase();
    write('a.sql', 'CREATE TABLE a (x int);');
    write('b.sql', 'CREATE TABLE b (x int);\nINSERT INTO b VALUES (1);\nSELECT 1 / 0;\n');
    write('c.sql', 'CREATE TABLE c (x int);');
    const { code, stdout, stderr } = await migrate(['a.sql', 'b.sql', 'c.sql']);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('division by zero');
    expect(stdout + stderr).toContain('b.sql');
    expect(await ask(TABLES)).toEqual(['a']);
    expect(names(await ask(LEDGER))).toEqual(['a.sql']);

    write('b.sql', 'CREATE TABLE b (x int);');
    expect((await migrate(['a.sql', 'b.sql', 'c.sql'])).code).toBe(0);
    expect(await ask(TABLES)).toEqual(['a', 'b', 'c']);
  });

  it('runs what cannot run inside a transaction', async () => {
    const { write, ask, migrate } = await scratchDatabase();
    write('a.sql', 'CREATE TABLE a (x int);');
    write('b.sql', 'CREATE INDEX CONCURRENTLY a_x ON a (x);');
    const { code, stderr } = await migrate(['a.sql', 'b.sql']);
    expect(code, stderr).toBe(0);
    expect(await ask("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_x'::regclass;")).toEqual(['t']);
  });

  it('refuses a schema without a ledger, and takes it over with a baseline', async () => {
    const { write, ask, migrate } = await scratchDatabase();
    write('a.sql', 'CREATE TABLE a (x int);');
    write('b.sql', 'ALTER TABLE a ADD COLUMN y int;');
    write('c.sql', 'CREATE TABLE c (x int);');
    await ask('CREATE TABLE a (x int, y int); INSERT INTO a VALUES (1, 2);');
    const refused = await migrate(['a.sql', 'b.sql', 'c.sql']);
    expect(refused.code).toBe(1);
    expect(refused.stdout + refused.stderr).toContain('MIGRATE_BASELINE');
    expect(await ask(TABLES)).toEqual(['a']);

    const taken = await migrate(['a.sql', 'b.sql', 'c.sql'], 'b.sql');
    expect(taken.code, taken.stderr).toBe(0);
    const how = await ask('SELECT name, how FROM trading_setup.migrations ORDER BY name;');
    expect(how).toEqual(['a.sql|baseline', 'b.sql|baseline', 'c.sql|applied']);
    expect(await ask('SELECT * FROM a;')).toEqual(['1|2']);
  });

  it('takes nothing as applied in an empty database, whatever baseline .env still names', async () => {
    const { write, ask, migrate } = await scratchDatabase();
    write('a.sql', 'CREATE TABLE a (x int);');
    expect((await migrate(['a.sql'], 'a.sql')).code).toBe(0);
    expect(await ask(TABLES)).toEqual(['a']);
    expect(await ask('SELECT name, how FROM trading_setup.migrations;')).toEqual(['a.sql|applied']);
  });

  it('refuses a baseline that is none of its files', async () => {
    const { write, ask, migrate } = await scratchDatabase();
    write('a.sql', 'CREATE TABLE a (x int);');
    await ask('CREATE TABLE other (x int);');
    expect((await migrate(['a.sql'], 'no-such.sql')).code).toBe(1);
    expect(await ask(TABLES)).toEqual(['other']);
  });

  it('lets two runs at once wait for each other', async () => {
    const { write, ask, migrate } = await scratchDatabase();
    write('a.sql', 'SELECT pg_sleep(2); CREATE TABLE a (x int);');
    const both = await Promise.all([migrate(['a.sql']), migrate(['a.sql'])]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.filter(({ stdout }) => stdout.includes('applying'))).toHaveLength(1);
    expect(names(await ask(LEDGER))).toEqual(['a.sql']);
  });
});
