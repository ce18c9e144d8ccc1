import { spawn } from 'node:child_process';
import { mkdirSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SystemFacts } from '../../src/host/facts.ts';
import { openersOf } from '../../src/host/openers.ts';
import { printSystem } from '../../src/host/print.ts';
import { fileOfUrl } from '../../src/host/sqlite.ts';
import { observeSystem } from '../../src/host/system.ts';
import { runningTraders, sizeWords, sleepingTraders } from '../../src/host/words.ts';
import { fakeRunner, type Table } from '../support/fake-runner.ts';
import { type Faked, fakeProc, folder, put, sought } from './machine.ts';

const PROJECT = 'com.docker.compose.project';
const ID = 'ab'.repeat(32);

/** A container as `docker ps --all` lists it. */
const row = (over: Readonly<Record<string, string>>) =>
  JSON.stringify({
    ID,
    Names: 'bot-1',
    Image: 'x',
    Command: '"x"',
    State: 'running',
    Mounts: '',
    Ports: '',
    Labels: '',
    ...over,
  });
const volume = (Name: string, project: string, more = '') =>
  JSON.stringify({ Name, Labels: `com.docker.compose.volume=x,${PROJECT}=${project}${more}` });

interface World {
  readonly root?: string;
  readonly processes?: Readonly<Record<number, Faked>>;
  readonly rows?: readonly string[];
  readonly volumes?: readonly string[];
  readonly units?: string;
  readonly table?: Table;
}

function observe({ root = folder(), processes = {}, rows = [], volumes = [], units, table = {} }: World) {
  const runner = fakeRunner({
    'docker ps': { stdout: rows.join('\n') },
    'docker volume ls': { stdout: volumes.join('\n') },
    ...table,
  });
  const folders = units === undefined ? [] : [{ path: units, scope: 'system' as const }];
  return observeSystem(runner, sought(root), { self: 1, home: '/none', proc: fakeProc(processes), units: folders });
}

/** What a killed program leaves: one page, and its rows in the write-ahead log only. */
function database(dir: string): string {
  const path = join(dir, 'bots.db');
  writeFileSync(path, 'SQLite format 3\0'.padEnd(4096, '\0'));
  writeFileSync(`${path}-wal`, Buffer.alloc(8272));
  return path;
}

describe('a container of the repository', () => {
  it('is found by the folder of its Compose project, and its volumes with it', async () => {
    const root = folder();
    const labels = `${PROJECT}=old,${PROJECT}.working_dir=${root}`;
    const { running, existing } = await observe({
      root,
      rows: [
        row({ Names: 'old-bot-1', Image: 'old-bot', Command: '"/entry.sh"', Labels: labels }),
        row({
          Names: 'old-db-1',
          Image: 'timescale/timescaledb:2.14.2-pg15',
          State: 'exited',
          Mounts: 'old_data',
          Labels: labels,
        }),
      ],
      volumes: [volume('old_data', 'old'), volume('other_data', 'other'), volume('old_cache', 'old')],
    });
    expect(running.containers).toMatchObject([
      { name: 'old-bot-1', running: true, trades: true, project: 'old', evidence: { confidence: 'certain' } },
      { name: 'old-db-1', running: false, trades: false, volumes: ['old_data'] },
    ]);
    expect(existing.volumes.map(({ name, holds, evidence }) => [name, holds, evidence.confidence])).toEqual([
      ['old_data', 'database', 'certain'],
      ['old_cache', 'unknown', 'likely'],
    ]);
  });

  it.each([
    ['its command', { Command: '"/entry.sh algo-trade run --key hunter2"' }, 'likely'],
    ['its image', { Image: 'registry:5000/bots/algo-trade:1.2' }, 'likely'],
    ['a name that says nothing', { Command: '"server"' }, 'guess'],
  ])('is found by %s, and nothing of its arguments is kept', async (_, over, confidence) => {
    const { running } = await observe({ rows: [row(over)] });
    expect(running.containers).toMatchObject([{ trades: true, evidence: { confidence } }]);
    expect(JSON.stringify(running)).not.toContain('hunter2');
  });

  it('is no other container', async () => {
    expect((await observe({ rows: [row({ Command: '"nginx"' })] })).running.containers).toEqual([]);
  });

  it('stands for its processes, which are not told twice', async () => {
    const processes = { 5: { exe: '/algo-trade', argv: ['algo-trade'], cgroup: `0::/docker/${ID}`, nspid: '5 1' } };
    const known = await observe({ processes, rows: [row({ Command: '"algo-trade"' })] });
    expect([known.running.processes.length, known.running.containers.length]).toEqual([0, 1]);
    const elsewhere = await observe({ processes });
    expect(elsewhere.running.processes).toMatchObject([
      { evidence: { confidence: 'guess', what: expect.stringContaining('in a container') } },
    ]);
  });
});

describe('volumes without a container', () => {
  it('are found by what Compose calls the folder, and those of our stacks are none', async () => {
    const root = join(folder(), 'My Bot');
    mkdirSync(root);
    put(join(root, 'docker-compose.yml'), 'name: desk\nservices: {}\n');
    const { existing } = await observe({
      root,
      volumes: [
        volume('mybot_pgdata', 'mybot'),
        volume('desk_db', 'desk'),
        volume('desk_x', 'desk', ',trading-setup.stack=a-000000'),
      ],
    });
    expect(existing.volumes.map(({ name, holds, evidence }) => [name, holds, evidence.confidence])).toEqual([
      ['mybot_pgdata', 'database', 'guess'],
      ['desk_db', 'database', 'guess'],
    ]);
  });
});

describe('an SQLite database that exists', () => {
  it('is found in the repository, with what is not yet folded into it', async () => {
    const root = folder();
    const path = database(root);
    const { existing } = await observe({ root });
    expect(existing.sqlite).toMatchObject([
      {
        path,
        size: 4096,
        key: 'BOT_DATABASE_URL',
        openIn: [],
        evidence: { what: 'in the repository, named by BOT_DATABASE_URL' },
      },
    ]);
    expect(existing.sqlite[0]?.unfolded).toBe(8272);
  });

  it('is found where a program of the repository works, and once', async () => {
    const [root, elsewhere] = [folder(), folder()];
    const path = database(elsewhere);
    symlinkSync(path, join(root, 'bots.db'));
    const processes = { 9: { exe: '/opt/algo-trade', argv: ['algo-trade', 'run'], cwd: elsewhere, open: [path] } };
    const { existing } = await observe({ root, processes });
    expect(existing.sqlite).toMatchObject([
      { path, openIn: ['algo-trade (pid 9)'], evidence: { confidence: 'certain' } },
    ]);
  });

  it('is found when a program of the repository has it open under another name', async () => {
    const elsewhere = folder();
    const path = join(elsewhere, 'x.db');
    renameSync(database(elsewhere), path);
    const processes = { 9: { exe: '/opt/algo-trade', argv: ['algo-trade'], open: [path] } };
    expect((await observe({ processes })).existing.sqlite).toMatchObject([{ path, openIn: ['algo-trade (pid 9)'] }]);
  });

  it.each([
    ['an empty file', ''],
    ['another file of that name', 'not a database, but long enough'],
  ])('is not %s', async (_, text) => {
    const root = folder();
    writeFileSync(join(root, 'bots.db'), text);
    expect((await observe({ root })).existing.sqlite).toEqual([]);
  });

  it.each([
    ['sqlite://bots.db', 'bots.db'],
    ['sqlite:bots.db?mode=rwc', 'bots.db'],
    ['sqlite:///var/lib/bots.db', '/var/lib/bots.db'],
    ['sqlite::memory:', undefined],
    ['sqlite://${HOME}/x.db', undefined],
  ])('is named by %s', (url, file) => {
    expect(fileOfUrl(url)).toBe(file);
  });
});

describe('who has a database open', () => {
  it.skipIf(process.platform !== 'linux')('is told while a connection lasts, and no longer', async () => {
    const dir = folder();
    const path = database(dir);
    const hold = "require('fs').openSync(process.argv[1]); console.log('open'); process.stdin.resume()";
    const child = spawn(process.execPath, ['-e', hold, path]);
    onTestFinished(() => void child.kill());
    await new Promise((done) => child.stdout.once('data', done));
    expect(await openersOf(path, fakeRunner({}), process.pid)).toEqual([
      expect.stringMatching(new RegExp(`^.+ \\(pid ${child.pid}\\)$`)),
    ]);
    child.stdin.end();
    await new Promise((done) => child.once('close', done));
    expect(await openersOf(path, fakeRunner({}), process.pid)).toEqual([]);
  });

  it('is told by the lock alone where the files of a process are not ours to see', async () => {
    const dir = folder();
    const path = database(dir);
    const proc = fakeProc({ 77: { argv: ['algo-trade'] } });
    const inode = statSync(`${path}-wal`).ino;
    put(
      join(proc, 'locks'),
      `1: FLOCK  ADVISORY  WRITE 3 fd:00:${inode} 0 EOF\n2: POSIX  ADVISORY  READ 77 fd:00:${inode} 128 128\n3: POSIX  ADVISORY  READ 0 fd:00:${inode} 128 128\n`,
    );
    expect(await openersOf(path, fakeRunner({}), 1, proc)).toEqual(['algo-trade (pid 77)', 'a program in a container']);
  });

  it('is asked of lsof where there is no /proc', async () => {
    const runner = fakeRunner({ lsof: { stdout: 'p812\ncalgo-trade\nf3\np9\ncother\n' } });
    expect(await openersOf('/x/bots.db', runner, 1, '/no/proc')).toEqual(['algo-trade (pid 812)', 'other (pid 9)']);
  });
});

describe('what runs beside a stack', () => {
  const world = async () => {
    const units = folder();
    put(join(units, 'bot.service'), 'ExecStart=/opt/algo-trade run\n');
    mkdirSync(join(units, 'multi-user.target.wants'));
    symlinkSync(join(units, 'bot.service'), join(units, 'multi-user.target.wants/bot.service'));
    return observe({
      units,
      processes: {
        9: { exe: '/opt/algo-trade', argv: ['algo-trade', 'run'] },
        10: { exe: '/opt/algo-trade', argv: ['algo-trade', 'backtest'] },
      },
      rows: [
        row({
          Names: 'mine',
          Command: '"algo-trade run"',
          Labels: 'trading-setup.stack=toy-5a3b1e,trading-setup.mode=live',
        }),
        row({
          Names: 'theirs',
          Command: '"algo-trade run"',
          Labels: 'trading-setup.stack=toy-000000,trading-setup.mode=live',
        }),
        row({
          Names: 'paper',
          Command: '"algo-trade run"',
          Labels: 'trading-setup.stack=toy-000001,trading-setup.mode=paper',
        }),
        row({ Names: 'tui', Command: '"ttyd algo-trade"', Labels: 'trading-setup.stack=toy-000000' }),
        row({ Names: 'ended', Command: '"algo-trade run"', State: 'exited' }),
      ],
    });
  };

  it('is told with the command that stops it for good, without the stack itself and what does not trade', async () => {
    const traders = runningTraders(await world(), 'toy-5a3b1e');
    expect(traders.map(({ who, stop }) => [who, stop])).toEqual([
      [expect.stringMatching(/^algo-trade run \(pid 9, since /), 'sudo systemctl disable --now bot.service'],
      ['container theirs (algo-trade run)', 'docker update --restart=no theirs && docker stop theirs'],
    ]);
  });

  it('is told of units that would start it again', async () => {
    expect(sleepingTraders(await world())).toMatchObject([{ stop: 'sudo systemctl disable --now bot.service' }]);
  });

  it('is a document of the shipped form, with nothing that the form does not know', async () => {
    const observed = await world();
    expect(SystemFacts.parse(observed)).toEqual(observed);
  });

  it('is printed with what speaks for it', async () => {
    const text = printSystem(await world());
    expect(text).toMatch(
      /^Running processes\n {2}algo-trade run \(pid 9, since 2023-11-14 22:14 UTC\)\n {6}is named algo-trade \(likely\)$/m,
    );
    expect(text).toMatch(/^ {2}container ended \(algo-trade run\), stopped$/m);
    expect(text).toMatch(/^Units\n {2}unit bot\.service, which starts algo-trade run by itself; /m);
    expect(printSystem(await observe({}))).toBe('');
  });
});

it.each([
  [812, '812 bytes'],
  [12_345, '12 kB'],
  [1_440_000, '1.4 MB'],
  [5e13, '50 TB'],
])('%i bytes are %s', (bytes, words) => {
  expect(sizeWords(bytes)).toBe(words);
});
