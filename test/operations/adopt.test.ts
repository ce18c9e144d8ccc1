import { appendFileSync, chmodSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { extract } from 'tar-stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkAdoptions } from '../../src/operations/adopt.ts';
import { checkDatabaseSource } from '../../src/operations/adopt-database.ts';
import { isUnchanged, readSource, refuseOpen, sendSource } from '../../src/operations/adopt-source.ts';
import { proposeBaseline } from '../../src/operations/baseline.ts';
import { execute } from '../../src/operations/execute.ts';
import { planDeploy, planPush } from '../../src/operations/plan.ts';
import type { Snapshot } from '../../src/operations/snapshot.ts';
import { printPlan } from '../../src/operations/step.ts';
import { checkTraders, refuseOtherTrader, requireAnswer } from '../../src/operations/traders.ts';
import type { Overlay } from '../../src/stack/overlay.ts';
import type { Stack } from '../../src/stack/schema.ts';
import type { Command } from '../../src/system/run.ts';
import { smallStack } from '../stack/stacks.ts';
import { type Answer, fakeRunner, type Table } from '../support/fake-runner.ts';
import { fakeEngine, memoryStore, workbench } from './engine.ts';

const NOTHING: Snapshot = { volumes: new Set(), known: new Set(), begun: new Set() };
const OWNER = { uid: 10_001, gid: 10_001, mode: 0o600 };

function folder(): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'adopt-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** What a killed program leaves: a page, and rows that only the log has. */
function database(dir: string, name = 'bots.db'): string {
  const path = join(dir, name);
  writeFileSync(path, 'SQLite format 3\0'.padEnd(4096, '\0'));
  writeFileSync(`${path}-wal`, 'rows in the log');
  return path;
}

function adopting(adopt: Overlay): Stack {
  return smallStack({
    services: { app: { environment: { DB: 'sqlite:///data/bots.db?mode=rwc' } } },
    adopt,
  });
}

const SQLITE = { sqlite: { app: 'bots.db' } };

describe('the plan', () => {
  it('fills a data volume with what was there when it makes it the first time', () => {
    expect(printPlan(planPush(adopting(SQLITE), NOTHING))).toMatchInlineSnapshot(`
      "Make the volume app-data with a copy of bots.db (it is missing)
      Make the volume app-secrets (it is missing)
      Deliver the secrets (containers read them at their start)"
    `);
  });

  it('begins a copy anew that was interrupted', () => {
    const begun = { ...NOTHING, volumes: new Set(['app-data']), begun: new Set(['app-data']) };
    expect(printPlan(planPush(adopting(SQLITE), begun))).toContain(
      'with a copy of bots.db (its making was interrupted)',
    );
  });

  it('never copies into a volume that is there', () => {
    const there = { ...NOTHING, volumes: new Set(['app-data']), known: new Set(['app-data']) };
    expect(printPlan(planPush(adopting(SQLITE), there))).not.toContain('copy of');
    // Who says that lost volumes start empty does not get the old data back.
    expect(printPlan(planPush(adopting(SQLITE), NOTHING, true))).not.toContain('copy of');
  });

  it('puts nothing old in the place of a volume that was lost: a person said that it starts empty', () => {
    const lost = { ...NOTHING, known: new Set(['app-data']) };
    expect(printPlan(planDeploy(adopting(SQLITE), lost, true))).toContain('Make the volume app-data (it is missing)');
  });
});

describe('the source of a copy', () => {
  it('is the file and what is not yet folded into it, links followed', async () => {
    const dir = folder();
    const path = database(dir, 'real.db');
    writeFileSync(`${path}-journal`, 'j');
    writeFileSync(`${path}-shm`, 'not part of the data');
    symlinkSync(path, join(dir, 'bots.db'));
    const source = await readSource(dir, 'app', 'bots.db');
    expect(source).toMatchObject({ path, name: 'real.db' });
    expect(source.parts.map((part) => part.path)).toEqual([path, `${path}-wal`, `${path}-journal`]);
  });

  it.each([
    ['is not there', 'adopt-missing', () => undefined],
    ['is a folder', 'adopt-missing', (dir: string) => symlinkSync('/tmp', join(dir, 'bots.db'))],
    ['is something else', 'adopt-not-sqlite', (dir: string) => writeFileSync(join(dir, 'bots.db'), 'text')],
  ])('that %s is refused with the way to go on without it', async (_, code, make) => {
    const dir = folder();
    make(dir);
    await expect(readSource(dir, 'app', 'bots.db')).rejects.toMatchObject({
      code,
      exitCode: 4,
      next: expect.arrayContaining([expect.stringContaining('--set adopt.sqlite.app=null')]),
    });
  });

  it('that may not be read is refused', async () => {
    const dir = folder();
    chmodSync(dir, 0o755);
    chmodSync(database(dir), 0);
    // Root may read everything: for a moment we are nobody.
    const isRoot = process.geteuid?.() === 0;
    if (isRoot) process.seteuid?.(65_534);
    try {
      await expect(readSource(dir, 'app', 'bots.db')).rejects.toMatchObject({ code: 'adopt-unreadable' });
    } finally {
      if (isRoot) process.seteuid?.(0);
    }
  });

  it('is refused while somebody has it open, who is named with the command that stops it', async () => {
    const bench = { whoHasOpen: async () => ['algo-trade (pid 812)', 'a program in a container'] };
    await expect(refuseOpen(bench, 'app', { path: '/x/bots.db' })).rejects.toMatchObject({
      code: 'adopt-open',
      exitCode: 4,
      message: expect.stringContaining('algo-trade (pid 812), a program in a container'),
      next: [expect.stringContaining('kill -TERM 812'), expect.stringContaining('adopt.sqlite.app=null')],
    });
    await expect(refuseOpen({ whoHasOpen: async () => [] }, 'app', { path: '/x' })).resolves.toBeUndefined();
  });

  it.each([
    ['written to', (path: string) => appendFileSync(path, 'x')],
    ['checkpointed', (path: string) => rmSync(`${path}-wal`)],
    ['given a journal', (path: string) => writeFileSync(`${path}-journal`, 'x')],
    [
      'replaced by one of the same size',
      (path: string) => {
        rmSync(path);
        writeFileSync(path, 'SQLite format 3\0'.padEnd(4096, '\0'));
      },
    ],
  ])('is noticed when it is %s', async (_, change) => {
    const dir = folder();
    const path = database(dir);
    const source = await readSource(dir, 'app', 'bots.db');
    expect(await isUnchanged(source)).toBe(true);
    change(path);
    expect(await isUnchanged(source)).toBe(false);
  });
});

describe('what is sent', () => {
  async function entriesOf(tar: Buffer) {
    const reader = extract();
    reader.end(tar);
    const found: [string, string, number | undefined, number | undefined][] = [];
    for await (const entry of reader)
      found.push([entry.header.name, (await buffer(entry)).toString('latin1'), entry.header.uid, entry.header.mode]);
    return found;
  }

  it('is every part with the owner of the volume, and at its end that it is complete', async () => {
    const dir = folder();
    database(dir);
    const source = await readSource(dir, 'app', 'bots.db');
    const entries = await entriesOf(await buffer(sendSource(source, OWNER, async () => true)));
    expect(entries.map(([name, text, uid, mode]) => [name, text.length, uid, mode])).toEqual([
      ['bots.db', 4096, 10_001, 0o600],
      ['bots.db-wal', 15, 10_001, 0o600],
      ['.complete', 0, 10_001, 0o600],
    ]);
  });

  it('is never complete when the source was written to meanwhile', async () => {
    const dir = folder();
    const path = database(dir);
    const source = await readSource(dir, 'app', 'bots.db');
    appendFileSync(path, 'more');
    const entries = await entriesOf(await buffer(sendSource(source, OWNER, () => isUnchanged(source))));
    expect(entries.map(([name]) => name)).toEqual(['bots.db', 'bots.db-wal']);
    expect(entries[0]?.[1]).toHaveLength(4096);
  });

  it('ends with an error when the source shrinks or goes away', async () => {
    const dir = folder();
    const path = database(dir);
    const source = await readSource(dir, 'app', 'bots.db');
    rmSync(path);
    await expect(buffer(sendSource(source, OWNER, async () => true))).rejects.toThrow();
  });
});

describe('the step', () => {
  const make = async (table: Table, over: Partial<Parameters<typeof workbench>[3]> = {}) => {
    const dir = folder();
    database(dir);
    const stack = adopting(SQLITE);
    const commands: Command[] = [];
    const note = (answer: Answer) => (command: Command) => {
      commands.push(command);
      return answer;
    };
    const engine = fakeEngine(stack, {
      'docker build': {},
      'docker image rm': {},
      'docker container rm --force': {},
      'docker container run': note({ stdout: ['noise', 'adopt: copying bots.db', 'adopt: 5 rows in 1 tables'] }),
      ...table,
    });
    const [step] = planPush(stack, NOTHING);
    if (!step) return expect.fail('no step');
    const texts: string[] = [];
    const run = async () => {
      for await (const event of execute(step, workbench(stack, dir, engine.runner, over)))
        if (event.type === 'step-progress') texts.push(event.text);
    };
    return { run, texts, commands, engine, volume: 'toy-5a3b1e_app-data' };
  };

  it('tells what the script says, and marks the volume when it ended well', async () => {
    const { run, texts, commands, engine, volume } = await make({});
    await run();
    expect(texts).toEqual(['preparing sqlite3', 'copying bots.db', '5 rows in 1 tables']);
    expect(engine.volumes.get(volume)?.at(-1)).toContain('toy-5a3b1e app-data\n');
    const typed = commands[0]?.argv.join(' ') ?? '';
    for (const wall of ['--network none', '--read-only', '--cap-drop ALL', '--user 10001:10001', 'no-new-privileges'])
      expect(typed).toContain(wall);
    expect(typed).not.toContain('--cap-add');
  });

  it('leaves the volume unmarked and begun when the script refuses, and says why', async () => {
    const refused = { stderr: ['adopt: the volume holds data already, and nothing is written over it.'], exitCode: 65 };
    const { run, engine, volume } = await make({ 'docker container run': refused });
    await expect(run()).rejects.toMatchObject({
      code: 'adopt-failed',
      exitCode: 1,
      message: expect.stringContaining('the volume holds data already'),
    });
    expect(engine.volumes.get(volume)?.join('')).not.toContain('toy-5a3b1e app-data\n');
  });

  it('copies nothing into a volume that was marked when its making was interrupted', async () => {
    const { run, engine, volume, commands } = await make({});
    await run();
    const first = commands.length;
    await run();
    expect(commands).toHaveLength(first);
    expect(engine.volumes.get(volume)?.at(-1)).toContain('toy-5a3b1e app-data\n');
  });

  it('is refused before the build as well', async () => {
    const dir = folder();
    const stack = adopting(SQLITE);
    const bench = workbench(stack, dir, fakeRunner({}));
    await expect(checkAdoptions(bench, planPush(stack, NOTHING))).rejects.toMatchObject({ code: 'adopt-missing' });
    database(dir);
    await expect(checkAdoptions(bench, planPush(stack, NOTHING))).resolves.toBeUndefined();
    const open = { ...bench, whoHasOpen: async () => ['algo-trade (pid 812)'] };
    await expect(checkAdoptions(open, planPush(stack, NOTHING))).rejects.toMatchObject({ code: 'adopt-open' });
  });
});

describe('an existing database volume', () => {
  const FILES: Readonly<Record<string, string>> = {
    'setup.sql':
      'CREATE TABLE public."Ticks" (x int); -- CREATE TABLE never (x int);\nCREATE INDEX IF NOT EXISTS by_x ON "Ticks" (x);',
    'grant.sql': 'GRANT ALL ON "Ticks" TO someone;',
    'V1.sql':
      'ALTER TABLE ONLY fills ADD COLUMN IF NOT EXISTS Bot_Id text, ADD CONSTRAINT c CHECK (true), ADD note text;',
    'V2.sql': 'CREATE MATERIALIZED VIEW daily AS SELECT 1;',
  };
  const files = Object.entries(FILES).map(([path, text]) => ({ path, text }));
  const V1 = ['relation Ticks', 'relation by_x', 'column fills bot_id', 'column fills note'];

  it.each([
    ['up to the last file of which it has everything', V1, 'V1.sql'],
    ['whole', [...V1, 'relation daily'], 'V2.sql'],
    ['not past a file of which a part is missing', V1.slice(0, 3), 'setup.sql'],
    ['not past the first gap', ['relation daily'], undefined],
  ])('is proposed %s', (_, schema, wanted) => {
    expect(proposeBaseline(files, new Set(schema))).toBe(wanted);
  });

  it.each<[string, Table, string]>([
    [
      'is not there',
      { 'docker volume inspect': { stderr: 'Error response from daemon: get old: no such volume', exitCode: 1 } },
      'adopt-missing',
    ],
    ['is in use', { 'docker container ls': { stdout: 'old-db-1\n' } }, 'adopt-open'],
  ])('that %s is refused', async (_, table, code) => {
    const runner = fakeRunner({ 'docker volume inspect': {}, 'docker container ls': {}, ...table });
    await expect(checkDatabaseSource({ runner }, 'old')).rejects.toMatchObject({ code, exitCode: 4 });
  });

  it('is copied read-only as root without a network, and prepared as the owner; no password is an argument', async () => {
    const dir = folder();
    const stack = smallStack({
      database: {
        kind: 'timescaledb',
        image: 'x:1-pg17',
        name: 'd',
        role: 'd',
        migrations: ['a.sql'],
        memory: '2GB',
        cpus: 2,
      },
      secrets: {
        entries: { DATABASE_SUPERUSER_PASSWORD: { kind: 'generated', required: true, format: 'any', about: 'x' } },
      },
      adopt: { database: { volume: 'old_pg', baseline: 'a.sql' } },
    });
    const runs: Command[] = [];
    const engine = fakeEngine(stack, {
      'docker container rm --force': {},
      'docker container ls': {},
      'docker container run': (command) => {
        runs.push(command);
        return { stdout: ['adopt: 3 tables'] };
      },
    });
    engine.volumes.set('old_pg', []);
    const store = memoryStore({ DATABASE_SUPERUSER_PASSWORD: 'hunter2-hunter2' });
    const [step] = planPush(stack, NOTHING);
    if (!step) return expect.fail('no step');
    for await (const _ of execute(step, workbench(stack, dir, engine.runner, { openStore: async () => store })));
    const [copy, prepare] = runs.map(({ argv }) => argv.join(' '));
    expect(copy).toContain('--user 0:0');
    expect(copy).toContain('--volume old_pg:/old:ro');
    expect(prepare).toContain('--user 70:70');
    expect(prepare).not.toContain('old_pg');
    expect(prepare).toMatch(/ prepare d a\.sql 512MB 1536MB$/);
    expect(runs.map(({ argv }) => argv.join(' ')).join('\n')).not.toMatch(/hunter2|SCRAM-SHA-256\$\d/);
  });

  it('without a known baseline becomes a question with a proposal', async () => {
    const dir = folder();
    for (const [path, text] of Object.entries(FILES)) writeFileSync(join(dir, path), text);
    const stack = smallStack({
      database: {
        kind: 'timescaledb',
        image: 'x:1-pg17',
        name: 'd',
        role: 'd',
        migrations: Object.keys(FILES),
        memory: '512MB',
        cpus: 2,
      },
      secrets: {
        entries: { DATABASE_SUPERUSER_PASSWORD: { kind: 'generated', required: true, format: 'any', about: 'x' } },
      },
      adopt: { database: { volume: 'old_pg', baseline: null } },
    });
    const engine = fakeEngine(stack, {
      'docker container rm --force': {},
      'docker container ls': {},
      'docker container run': { stdout: ['adopt: preparing the copy', ...V1.map((line) => `schema: ${line}`)] },
    });
    engine.volumes.set('old_pg', []);
    const [step] = planPush(stack, NOTHING);
    const run = async () => {
      for await (const _ of execute(
        step ?? expect.fail(),
        workbench(stack, dir, engine.runner, { openStore: async () => memoryStore() }),
      ));
    };
    await expect(run()).rejects.toMatchObject({
      code: 'baseline-needed',
      exitCode: 4,
      message: expect.stringContaining('everything up to V1.sql'),
      next: expect.arrayContaining([expect.stringContaining('--set adopt.database.baseline=V1.sql')]),
    });
    expect(engine.volumes.get('toy-5a3b1e_database-data')?.join('')).not.toContain('toy-5a3b1e database-data\n');
  });
});

describe('a LIVE start', () => {
  const trader = { who: 'algo-trade run (pid 812)', stop: 'kill -TERM 812', uncertain: false };
  const live = smallStack({ mode: 'live' });

  it('is refused beside a program that may trade, with what stops it', async () => {
    await expect(checkTraders({ stack: live, whoTrades: async () => [trader] })).rejects.toMatchObject({
      code: 'trader-running',
      exitCode: 4,
      message: expect.stringContaining(trader.who),
      next: ['Stop it: kill -TERM 812', expect.stringContaining('--other-account')],
    });
  });

  it.each([
    ['nothing runs', live, []],
    ['only a name speaks for it', live, [{ ...trader, uncertain: true }]],
    ['the stack is on paper', smallStack(), [trader]],
  ])('goes on where %s', async (_, stack, traders) => {
    await expect(checkTraders({ stack, whoTrades: async () => traders })).resolves.toBeUndefined();
  });

  it('is refused again when one came up during the build', async () => {
    const bench = workbench(live, folder(), fakeRunner({}), { whoTrades: async () => [trader] });
    const run = async () => {
      for await (const _ of execute({ kind: 'start', cause: 'x' }, bench));
    };
    await expect(run()).rejects.toMatchObject({ code: 'trader-running' });
  });

  it('is refused while the answer is that something else trades, and not on paper', () => {
    const account = { onlyTrader: false };
    expect(() => refuseOtherTrader({ stack: { ...live, account } })).toThrow(
      expect.objectContaining({ code: 'other-trader', exitCode: 4 }),
    );
    for (const stack of [live, { ...smallStack(), account }, { ...live, account: { onlyTrader: true } }])
      expect(() => refuseOtherTrader({ stack })).not.toThrow();
  });

  it('is not confirmed before somebody has answered', () => {
    expect(() => requireAnswer({ stack: live })).toThrow(
      expect.objectContaining({
        code: 'unanswered',
        exitCode: 4,
        next: [expect.stringContaining('--set account.onlyTrader=true')],
      }),
    );
    expect(() => requireAnswer({ stack: { ...live, account: { onlyTrader: true } } })).not.toThrow();
  });
});
