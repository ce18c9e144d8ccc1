import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { containersOf, healthy, isWell, SERVICES } from './support/engine.ts';
import { ask } from './support/http.ts';
import { cli } from './support/run.ts';
import { compose, deploy, deployed, type Stack, sql, superuserSql, volumesOf } from './support/stack.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await deployed('sample');
});

describe('the first run, as npm start does it: no terminal, all defaults', () => {
  it('begins on an engine without a volume of the stack', () => {
    expect(stack.volumesBefore).toEqual([]);
  });

  it('ends with exit 0', () => {
    expect(stack.first.code, stack.first.stdout + stack.first.stderr).toBe(0);
  });

  it('ends with every service healthy by the word of the engine', async () => {
    const containers = await containersOf(stack.id);
    expect([...containers.keys()].sort()).toEqual(SERVICES);
    expect([...containers].filter(([name, each]) => !isWell(name, each)).map(([name]) => name)).toEqual([]);
  });
});

describe('the database', () => {
  it('shows the hypertables to the application role, over TCP, in another container', async () => {
    const { code, stdout, stderr } = await sql(
      stack,
      'SELECT hypertable_name FROM timescaledb_information.hypertables ORDER BY 1;',
    );
    expect(code, stderr).toBe(0);
    expect(stdout.trim().split('\n')).toEqual(['backtest_results', 'ohlcv', 'ticks', 'trades']);
  });

  it('has every numbered migration applied', async () => {
    const { stdout } = await sql(
      stack,
      `SELECT column_name FROM information_schema.columns WHERE (table_name, column_name) IN (('ticks', 'source'), ('fills', 'bot_id'))
       UNION SELECT indexname FROM pg_indexes WHERE indexname = 'backtest_results_symbol_strategy_idx' ORDER BY 1;`,
    );
    expect(stdout.trim().split('\n')).toEqual(['backtest_results_symbol_strategy_idx', 'bot_id', 'source']);
  });

  it('refuses a wrong password of that role', async () => {
    const { code, stderr } = await sql(stack, 'SELECT 1;', 'wrong');
    expect(code).not.toBe(0);
    expect(stderr).toContain('password authentication failed for user "algo_trade"');
  });

  it('gives that role no power over the server', async () => {
    const { stdout } = await sql(
      stack,
      'SELECT current_user, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls FROM pg_roles WHERE rolname = current_user;',
    );
    expect(stdout.trim()).toBe('algo_trade|f|f|f|f|f');
    const refused = await sql(stack, 'SELECT rolpassword FROM pg_authid;');
    expect(refused.stderr).toContain('permission denied');
  });

  it('keeps SCRAM verifiers and no other form of a password', async () => {
    const kinds = await superuserSql(stack, 'SELECT DISTINCT left(rolpassword, 14) FROM pg_authid WHERE rolcanlogin;');
    expect(kinds.trim()).toBe('SCRAM-SHA-256$');
  });

  it('sends no telemetry', async () => {
    // Debian's build has no such setting because it has no telemetry.
    const level = await superuserSql(
      stack,
      "SELECT coalesce(current_setting('timescaledb.telemetry_level', true), 'off');",
    );
    expect(level.trim()).toBe('off');
    expect(await compose(stack, 'exec', '-T', 'database', 'printenv', 'TIMESCALEDB_TELEMETRY')).toBe('off\n');
  });

  it('is written to by the collector', async () => {
    const { stdout } = await sql(stack, "SELECT count(*) > 0 FROM ticks WHERE time > now() - interval '10 s';");
    expect(stdout.trim()).toBe('t');
  });
});

const Bot = z.object({ bot_id: z.string(), name: z.string() });

describe('a bot that was created over the API', () => {
  let bot: z.infer<typeof Bot>;
  const bots = async () => {
    const { status, body } = await ask(stack.api, '/api/bots', { login: stack.login });
    expect(status).toBe(200);
    return z.array(Bot).parse(JSON.parse(body));
  };

  beforeAll(async () => {
    const json = { name: `Live ${Date.now()}`, symbol: 'BTC', strategy: 'ma_crossover' };
    const { status, body } = await ask(stack.api, '/api/bots', { method: 'POST', login: stack.login, json });
    expect(status, body).toBe(201);
    bot = Bot.parse(JSON.parse(body));
  });

  it('is there after down and deploy', async () => {
    const down = await cli(['down', '--dir', stack.dir]);
    expect(down.code, down.stderr).toBe(0);
    expect((await containersOf(stack.id)).size).toBe(0);
    await deploy(stack.dir);
    expect(await bots()).toContainEqual(bot);
  });

  it('is there after docker compose down -v and docker compose up -d', async () => {
    const before = await volumesOf(stack.id);
    await compose(stack, 'down', '-v');
    expect((await containersOf(stack.id)).size).toBe(0);
    await compose(stack, 'up', '-d');
    await healthy(stack.id);
    expect(await volumesOf(stack.id)).toEqual(before);
    expect(await bots()).toContainEqual(bot);
  });
});
