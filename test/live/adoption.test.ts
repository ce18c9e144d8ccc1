import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { containerOf, healthy } from './support/engine.ts';
import { ask } from './support/http.ts';
import { CLI, cli, docker, LIVE, must, type Ran, REPOSITORY, run } from './support/run.ts';
import { deployed, inVolume, oneOff, type Stack, sql } from './support/stack.ts';
import { waitFor } from './support/wait.ts';

/** A repository that has never seen us: the sample's sources as they are. */
function repository(name: string): string {
  const dir = join(LIVE, name);
  cpSync(join(REPOSITORY, 'templates/sample'), dir, { recursive: true });
  renameSync(join(dir, '_gitignore'), join(dir, '.gitignore'));
  return dir;
}

/** The daemon alone: what is taken over is its file. */
const DAEMON_ONLY = [
  ...['--set', 'database.kind=none', '--set', 'services.collect=null', '--set', 'services.scheduled-backtest=null'],
  ...['--set', 'tui.access=none'],
];

async function init(dir: string, ...flags: readonly string[]): Promise<Ran> {
  const ran = await cli(['init', '--yes', '--no-start', '--dir', dir, ...flags]);
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  return ran;
}

function decisions(dir: string) {
  return parse(readFileSync(join(dir, 'trading-setup.yaml'), 'utf8'));
}

/** What a deploy that was refused says. */
async function refusal(dir: string, code: number, ...flags: readonly string[]) {
  const ran = await cli(['deploy', '--yes', '--json', '--dir', dir, ...flags]);
  expect(ran.code, ran.stdout + ran.stderr).toBe(code);
  const events = ran.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { error } = events.at(-1);
  return { said: ran.stdout + ran.stderr, error: error ?? events.at(-1) };
}

async function deploys(dir: string): Promise<Ran> {
  const ran = await cli(['deploy', '--yes', '--dir', dir]);
  expect(ran.code, ran.stdout + ran.stderr).toBe(0);
  return ran;
}

async function loginOf(dir: string): Promise<string> {
  const { stdout } = await cli(['secrets', 'reveal', 'GATE_PASSWORD', '--yes', '--dir', dir]);
  return `${decisions(dir).secrets.gateUser}:${stdout.trim()}`;
}

function sumOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

let sample: Stack;
beforeAll(async () => {
  sample = await deployed('sample');
});

describe('an existing bots.db', () => {
  const bots = ['Before the move', 'Never folded in'];
  const old = 'trading-setup-live-old-daemon';
  let dir: string;
  let sums: readonly string[];
  const files = () => ['bots.db', 'bots.db-wal'].map((name) => join(dir, name));

  /** The program as its owner ran it before: on the machine, with its database beside it. */
  beforeAll(async () => {
    dir = repository('adopt-sqlite');
    const settings = ['-e', 'BOT_DATABASE_URL=sqlite:///old/bots.db?mode=rwc', '-e', 'APP_SERVER={host="0.0.0.0"}'];
    const place = ['-v', `${dir}:/old`, '--user', '0', '-p', '127.0.0.1:0:8080', '--entrypoint', 'algo-trade'];
    const image = `localhost/${sample.id}/app:current`;
    const label = `trading-setup.live=${LIVE}`;
    await docker('run', '-d', '--name', old, '--label', label, ...settings, ...place, image, 'run');
    const port = Number((await docker('port', old, '8080/tcp')).trim().split(':').at(-1));
    await waitFor('the old daemon answers', async () =>
      (await ask(port, '/api/bots')).status === 200 ? true : undefined,
    );
    for (const name of bots) {
      const json = { name, symbol: 'BTC', strategy: 'ma_crossover' };
      expect((await ask(port, '/api/bots', { method: 'POST', json })).status).toBe(201);
    }
  });

  afterAll(async () => {
    await run(['docker', 'rm', '-f', old]);
    await cli(['down', '--dir', dir]);
  });

  it('is found and shown, with who has it open, and proposed', async () => {
    const { stdout } = await cli(['inspect', '--json', '--dir', dir]);
    const { host } = JSON.parse(stdout);
    expect(host.existing.sqlite).toMatchObject([
      {
        path: join(dir, 'bots.db'),
        key: 'BOT_DATABASE_URL',
        openIn: [expect.stringMatching(/^algo-trade \(pid \d+\)$/)],
      },
    ]);
    expect(host.existing.sqlite[0].unfolded).toBeGreaterThan(0);
    expect(host.running.containers).toContainEqual(expect.objectContaining({ name: old, running: true, trades: true }));
    const { stdout: said } = await init(dir, ...DAEMON_ONLY, '--set', 'ports.api.host=18090');
    expect(decisions(dir).adopt.sqlite).toEqual({ app: 'bots.db' });
    expect(said).toContain('bots.db');
  });

  it('is not copied while a program has it open, which is named', async () => {
    const { error } = await refusal(dir, 4);
    expect(error.code).toBe('adopt-open');
    expect(error.message).toMatch(/bots\.db is open in algo-trade \(pid \d+\)/);
    expect(error.next.join('\n')).toContain('kill -TERM');
  });

  it('is never written over data that a volume holds', async () => {
    await docker('kill', old);
    const [db = '', wal = ''] = files();
    // Rows that only the log has: whoever copies the file alone has none of them.
    for (const name of bots)
      expect([readFileSync(db).includes(name), readFileSync(wal).includes(name)]).toEqual([false, true]);
    sums = files().map(sumOf);
    const volume = `${decisions(dir).id}_app-data`;
    await docker('volume', 'create', '--label', `trading-setup.stack=${decisions(dir).id}`, volume);
    await inVolume(volume, 'echo precious >/volume/bots.db');
    mkdirSync(join(dir, '.trading-setup'), { recursive: true });
    writeFileSync(join(dir, '.trading-setup/volumes'), 'begun app-data\n');
    const { said } = await refusal(dir, 1);
    expect(said).toContain('holds data already');
    expect(await inVolume(volume, 'cat /volume/bots.db; ls -A /volume')).toBe('precious\nbots.db\n');
    await docker('volume', 'rm', volume);
  });

  it('that was interrupted leaves a volume on which nothing starts', async () => {
    const child = spawn(process.execPath, [CLI, 'deploy', '--yes', '--dir', dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((done) => {
      let said = '';
      child.stdout.on('data', (chunk: Buffer) => {
        said += String(chunk);
        if (said.includes('preparing sqlite3')) child.kill('SIGKILL');
      });
      child.once('close', () => done());
    });
    expect(readFileSync(join(dir, '.trading-setup/volumes'), 'utf8')).toBe('begun app-data\n');
    const volume = `${decisions(dir).id}_app-data`;
    expect(await inVolume(volume, 'ls -A /volume')).toBe('');
    // As an engine leaves it that died in the middle of the copy.
    await inVolume(
      volume,
      'echo x >/volume/.trading-setup.importing; head -c 5000 /dev/urandom >/volume/.trading-setup.new; echo y >/volume/bots.db; chown -R 10001:10001 /volume',
    );
  });

  it('is finished by the next run: every row is there, and the original is as it was', async () => {
    const { stdout } = await deploys(dir);
    expect(stdout).toMatch(/rows in \d+ tables/);
    await healthy(decisions(dir).id, ['app', 'gate']);
    const { body } = await ask(18090, '/api/bots', { login: await loginOf(dir) });
    expect(
      JSON.parse(body)
        .map(({ name }: { name: string }) => name)
        .sort(),
    ).toEqual([...bots].sort());
    expect(files().map(sumOf)).toEqual(sums);
    const listed = await inVolume(
      `${decisions(dir).id}_app-data`,
      'cd /volume; stat -c "%n %u %a" .trading-setup bots.db; ls -A',
    );
    expect(listed).toContain('.trading-setup 10001 444\nbots.db 10001 600\n');
    expect(listed).not.toMatch(/importing|\.new/);
    expect(await docker('image', 'ls', '-q', `localhost/${decisions(dir).id}/adopt`)).toBe('');
    expect(await docker('container', 'ls', '-aq', '--filter', 'name=trading-setup-adopt-')).toBe('');
  });

  it('is copied once: a later deploy leaves the volume alone', async () => {
    const id = decisions(dir).id;
    const before = (await containerOf(id, 'app')).Id;
    expect((await cli(['deploy', '--dry-run', '--dir', dir])).stdout).not.toContain('copy of');
    await deploys(dir);
    expect((await containerOf(id, 'app')).Id).toBe(before);
  });
});

describe('an existing database volume', () => {
  const project = `adoptold${basename(LIVE)
    .replace(/[^a-z0-9]/gi, '')
    .toLowerCase()}`;
  const [setup, first, second, last] = [
    'scripts/setup_timescale.sql',
    'scripts/migrations/V001__add_ticks_source.sql',
    'scripts/migrations/V002__add_fills_bot_id.sql',
    'scripts/migrations/V004__index_backtest_results.sql',
  ];
  const volume = `${project}_pgdata`;
  let dir: string;
  let before: string;
  const oldCompose = (...args: readonly string[]) =>
    must(
      ['docker', 'compose', '-f', join(LIVE, 'old-compose.yml'), '--project-directory', dir, '-p', project, ...args],
      {
        env: { COMPOSE_FILE: undefined },
      },
    );
  const sums = () => inVolume(volume, 'cd /volume; find . -type f -exec sha256sum {} + | sort | sha256sum');

  /** As people ran it before: the superuser is the application's role, the SQL files were run by hand. */
  beforeAll(async () => {
    dir = repository('adopt-database');
    const db = {
      image: 'timescale/timescaledb:2.19.3-pg17',
      environment: { POSTGRES_USER: 'algo_trade', POSTGRES_PASSWORD: 'old-and-known', POSTGRES_DB: 'algo_trade' },
      labels: { 'trading-setup.live': LIVE },
      volumes: ['pgdata:/var/lib/postgresql/data'],
    };
    const volumes = { pgdata: { labels: { 'trading-setup.live': LIVE } } };
    writeFileSync(join(LIVE, 'old-compose.yml'), JSON.stringify({ services: { db }, volumes }));
    await oldCompose('up', '-d');
    const psql = ['exec', '-T', 'db', 'psql', '-h', '127.0.0.1', '-U', 'algo_trade', '-v', 'ON_ERROR_STOP=1'];
    await waitFor('the old database', async () => ((await oldCompose(...psql, '-c', 'SELECT 1')) ? true : undefined));
    const container = (await oldCompose('ps', '-q', 'db')).trim();
    for (const file of [setup, first, second]) {
      await must(['docker', 'exec', '-i', container, ...psql.slice(3)], {
        stdin: readFileSync(join(dir, file ?? ''), 'utf8'),
      });
    }
    const rows =
      "INSERT INTO ticks (time, symbol, price, size) SELECT now() - g * interval '1 h', 'OLD', g, 1 FROM generate_series(1, 500) g;";
    await must(['docker', 'exec', '-i', container, ...psql.slice(3)], { stdin: rows });
  });

  afterAll(async () => {
    await cli(['down', '--dir', dir]);
    await run(['docker', 'compose', '-f', join(LIVE, 'old-compose.yml'), '-p', project, 'down', '-v'], {
      env: { COMPOSE_FILE: undefined },
    });
  });

  it('is found by the folder of its project and proposed', async () => {
    await init(dir, '--set', 'ports.api.host=18091', '--set', 'ports.tui=17691');
    expect(decisions(dir).adopt.database).toEqual({ volume, baseline: null });
  });

  it('is not copied while a container serves it, which is named', async () => {
    const { error } = await refusal(dir, 4);
    expect(error).toMatchObject({ code: 'adopt-open', message: expect.stringContaining(`${project}-db-1`) });
    expect(error.next.join('\n')).toContain('docker stop');
  });

  it('asks which of the SQL files it contains, and proposes what its schema shows', async () => {
    await oldCompose('stop');
    before = await sums();
    const { said } = await refusal(dir, 4);
    expect(said).toContain(`everything up to ${second}`);
    expect(said).toContain(`--set adopt.database.baseline=${second}`);
    expect(existsSync(join(dir, '.env')) && readFileSync(join(dir, '.env'), 'utf8').includes('BASELINE')).toBe(false);
  });

  it('is taken over: its rows are there, its SQL files are not run again, later ones are', async () => {
    await init(dir, '--set', `adopt.database.baseline=${second}`);
    await deploys(dir);
    const { id } = decisions(dir);
    await healthy(id);
    const answer = async (query: string) => {
      const { code, stdout, stderr } = await sql({ id }, query);
      expect(code, stderr).toBe(0);
      return stdout.trim().split('\n');
    };
    expect(await answer("SELECT count(*), sum(price) FROM ticks WHERE symbol = 'OLD';")).toEqual(['500|125250']);
    expect(await answer('SELECT count(*) FROM timescaledb_information.hypertables;')).toEqual(['4']);
    expect(
      await answer("SELECT count(*) FROM pg_indexes WHERE indexname = 'backtest_results_symbol_strategy_idx';"),
    ).toEqual(['1']);
    const ledger = await must(
      [
        'docker',
        'compose',
        'exec',
        '-T',
        'database',
        'psql',
        '-h',
        '127.0.0.1',
        '-U',
        'postgres',
        '-d',
        'algo_trade',
        '-Atc',
        'SELECT name, how FROM trading_setup.migrations ORDER BY applied_at, name',
      ],
      { cwd: dir },
    );
    expect(ledger.trim().split('\n').sort()).toEqual(
      [`${setup}|baseline`, `${first}|baseline`, `${second}|baseline`, `${last}|applied`].sort(),
    );
    const roles = await answer(
      "SELECT rolname, rolsuper FROM pg_roles WHERE rolname IN ('postgres', 'algo_trade', 'trading_setup_import') ORDER BY 1;",
    );
    expect(roles).toEqual(['algo_trade|f', 'postgres|t']);
  });

  it('lets nobody in with the old password', async () => {
    const { id } = decisions(dir);
    for (const user of ['algo_trade', 'postgres']) {
      const url = `postgresql://${user}@database/algo_trade?require_auth=scram-sha-256`;
      const how = ['--network', `${id}_database`, '-e', 'PGPASSWORD=old-and-known', '--entrypoint', 'psql'];
      const { code, stderr } = await run(oneOff(...how, `localhost/${id}/migrate:current`, url, '-c', 'SELECT 1'));
      expect([code, stderr]).toEqual([2, expect.stringContaining('password authentication failed')]);
    }
  });

  it('stays as it was', async () => {
    expect(await sums()).toBe(before);
  });
});

describe('a LIVE stack beside another trader', () => {
  const other = 'trading-setup-live-other-trader';
  const key = `0x${'5c'.repeat(32)}`;
  let dir: string;

  beforeAll(() => {
    dir = repository('adopt-live');
  });

  afterAll(async () => {
    await run(['docker', 'rm', '-f', other]);
  });

  it('is not set up before somebody has said whether anything else trades; --yes does not say it', async () => {
    const { code, stderr } = await cli(['init', '--yes', '--no-start', '--dir', dir, '--set', 'mode=live']);
    expect(code).toBe(4);
    expect(stderr).toContain('account.onlyTrader');
    expect(stderr).toContain('--set account.onlyTrader=true');
    expect(existsSync(join(dir, 'trading-setup.yaml'))).toBe(false);
  });

  it('is not started beside a process that runs the program, which is named with what stops it', async () => {
    await init(
      dir,
      ...DAEMON_ONLY,
      '--set',
      'mode=live',
      '--set',
      'account.onlyTrader=true',
      '--set',
      'ports.api.host=18092',
    );
    mkdirSync(join(dir, 'target/release'), { recursive: true });
    const program = join(dir, 'target/release/algo-trade');
    copyFileSync('/bin/sleep', program);
    const child = spawn(program, ['600'], { cwd: dir, stdio: 'ignore' });
    try {
      const { error } = await refusal(dir, 4);
      expect(error.code).toBe('trader-running');
      expect(error.message).toContain(`algo-trade (pid ${child.pid}, in ${dir}`);
      expect(error.next).toContain(`Stop it: kill -TERM ${child.pid}`);
    } finally {
      child.kill();
      await new Promise((done) => child.once('close', done));
    }
  });

  it('is not started beside a container that runs it', async () => {
    const label = `trading-setup.live=${LIVE}`;
    const image = 'debian:13.1-slim';
    await docker(
      'run',
      '-d',
      '--name',
      other,
      '--label',
      label,
      image,
      'sh',
      '-c',
      'exec sleep 600',
      'algo-trade',
      'run',
    );
    const { error } = await refusal(dir, 4);
    expect(error.code).toBe('trader-running');
    expect(error.next).toContain(`Stop it: docker update --restart=no ${other} && docker stop ${other}`);
    await docker('rm', '-f', other);
  });

  it('is not started while the answer is that something else trades', async () => {
    const set = await cli(['secrets', 'set', 'HYPERLIQUID_API_WALLET_KEY', '--dir', dir], { stdin: key });
    expect(set.code, set.stderr).toBe(0);
    await init(dir, '--set', 'account.onlyTrader=false');
    expect((await refusal(dir, 4)).error.code).toBe('other-trader');
  });

  it('comes to the typed confirmation once nothing else trades', async () => {
    await init(dir, '--set', 'account.onlyTrader=true');
    expect((await refusal(dir, 4)).error.code).toBe('live-unconfirmed');
  });
});
