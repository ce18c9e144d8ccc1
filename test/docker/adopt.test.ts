import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folder, put } from './shell.ts';

const SCRIPT = readFileSync(new URL('../../docker/adopt-sqlite.sh', import.meta.url), 'utf8');
const MARK = 'toy-5a3b1e app-data';
const missing = ['sqlite3', 'tar'].find((tool) => spawnSync(tool, ['--version']).error);
if (missing)
  process.stderr.write(
    `skipped: adopt-sqlite: no ${missing} on this machine; the live tests run it in its container\n`,
  );

function sqlite(path: string, sql: string): string {
  const { stdout, stderr } = spawnSync('sqlite3', ['-batch', '-bail', '-init', '/dev/null', path], {
    input: sql,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout.trim();
}

/** A database whose last rows are in its log only, as a killed program leaves it. */
function database(dir: string): string {
  const [live, path] = [join(dir, 'live.db'), join(dir, 'bots.db')];
  sqlite(
    live,
    'PRAGMA journal_mode = wal; PRAGMA user_version = 7; CREATE TABLE "odd "" name" (x); CREATE TABLE bots (id INTEGER PRIMARY KEY, name TEXT); CREATE INDEX n ON bots (name); CREATE VIRTUAL TABLE words USING fts5(w);',
  );
  // The shell copies both files while the connection that wrote them is open: when it closes, the log is folded in.
  sqlite(
    live,
    `PRAGMA wal_autocheckpoint = 0; INSERT INTO bots (name) SELECT 'b' || value FROM generate_series(1, 300); INSERT INTO words VALUES ('hello');\n.system cp ${live} ${path}\n.system cp ${live}-wal ${path}-wal\n`,
  );
  return path;
}

/** Runs the script on folders in the place of its mounts. */
function adopt(dir: string, parts: readonly string[] = ['bots.db', 'bots.db-wal'], complete = true) {
  const place = (name: string) => {
    mkdirSync(join(dir, name), { recursive: true });
    return join(dir, name);
  };
  const places: Readonly<Record<string, string>> = {
    '/volume': place('volume'),
    '/incoming': place('incoming'),
    '/tmp/': `${place('scratch')}/`,
  };
  const script = SCRIPT.replace(/\/volume|\/incoming|\/tmp\//g, (path) => places[path] ?? path);
  if (complete) put(join(dir, '.complete'), '');
  const names = [...parts, ...(complete ? ['.complete'] : [])];
  const tar = spawnSync('tar', ['-C', dir, '-c', ...names], { maxBuffer: 1e8 });
  const ran = spawnSync('sh', ['-euc', script, 'adopt', 'bots.db', 'data.db', MARK], {
    input: tar.stdout,
    encoding: 'utf8',
  });
  return { ...ran, volume: join(dir, 'volume'), files: readdirSync(join(dir, 'volume')).sort() };
}

describe.skipIf(missing)('adopt-sqlite', () => {
  it('takes every row, those of the log too, and puts the mark in', () => {
    const dir = folder();
    const path = database(dir);
    const before = readFileSync(path);
    const { status, stdout, stderr, volume, files } = adopt(dir);
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^adopt: 30\d rows in \d+ tables$/m);
    expect(files).toEqual(['.trading-setup', 'data.db']);
    expect(readFileSync(join(volume, '.trading-setup'), 'utf8')).toBe(`${MARK}\n`);
    expect(statSync(join(volume, 'data.db')).mode & 0o777).toBe(0o600);
    const copy = join(volume, 'data.db');
    expect(
      sqlite(copy, 'SELECT count(*) FROM bots; PRAGMA user_version; PRAGMA journal_mode; SELECT w FROM words;'),
    ).toBe('300\n7\nwal\nhello');
    expect(readFileSync(path)).toEqual(before);
  });

  it('would have lost them with the file alone', () => {
    const dir = folder();
    database(dir);
    const { volume } = adopt(dir, ['bots.db']);
    expect(sqlite(join(volume, 'data.db'), 'SELECT count(*) FROM bots;')).toBe('0');
  });

  it('begins anew where an earlier run was interrupted', () => {
    const dir = folder();
    database(dir);
    for (const name of ['.trading-setup.importing', '.trading-setup.new', 'data.db', 'folder/x'])
      put(join(dir, 'volume', name), 'half');
    const { status, files } = adopt(dir);
    expect([status, files]).toEqual([0, ['.trading-setup', 'data.db']]);
  });

  it.each([
    ['holds data', 'data.db', 'holds data already'],
    ['is marked', '.trading-setup', 'in use already'],
  ])('leaves a volume alone that %s', (_, name, why) => {
    const dir = folder();
    database(dir);
    put(join(dir, 'volume', name), 'precious');
    const { status, stderr, volume, files } = adopt(dir);
    expect([status, files]).toEqual([65, [name]]);
    expect(stderr).toContain(why);
    expect(readFileSync(join(volume, name), 'utf8')).toBe('precious');
  });

  it('marks nothing that was not sent to its end', () => {
    const dir = folder();
    database(dir);
    const { status, stderr, files } = adopt(dir, ['bots.db', 'bots.db-wal'], false);
    expect([status, files]).toEqual([65, ['.trading-setup.importing']]);
    expect(stderr).toContain('not sent to its end');
  });

  it('marks nothing that fails its integrity check', () => {
    const dir = folder();
    const path = join(dir, 'bots.db');
    sqlite(
      path,
      "CREATE TABLE a (x); CREATE INDEX i ON a (x); INSERT INTO a SELECT 'row ' || value FROM generate_series(1, 3000);",
    );
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096 * 6, 4096 * 6 + 3000);
    writeFileSync(path, bytes);
    const { status, stdout, stderr, volume } = adopt(dir, ['bots.db']);
    expect(status).not.toBe(0);
    expect(stdout + stderr).toMatch(/integrity check|malformed/);
    expect(existsSync(join(volume, '.trading-setup'))).toBe(false);
  });
});
