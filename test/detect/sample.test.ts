import { describe, expect, it } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import { codes, unpack } from './repository.ts';

const sample = async () => detect(await unpack('sample', 'templates'));

describe('the bundled sample', () => {
  it('is one binary of a virtual workspace with an ignored lock file', async () => {
    const facts = await sample();
    expect(facts.name).toBe('algo-trade');
    expect(facts.workspace.kind).toBe('virtual');
    expect(facts.workspace.members).toContain('crates/cli');
    expect(facts.binaries.map((binary) => [binary.package, binary.bin])).toEqual([['algo-trade-cli', 'algo-trade']]);
    expect(facts.lockfile).toBe('ignored');
    expect(facts.nativeLibraries.map(({ name }) => name)).not.toContain('openssl-sys');
  });

  it('has the subcommands that it has, each judged by what it calls', async () => {
    const { subcommands } = await sample();
    const table = subcommands.map(({ name, kind, signals, databases }) => [
      name,
      kind,
      signals.join(),
      databases.join(),
    ]);
    expect(Object.fromEntries(table.map(([name, ...rest]) => [name, rest]))).toEqual({
      run: ['daemon', 'SIGTERM,SIGINT', 'BOT_DATABASE_URL'],
      server: ['daemon', 'SIGTERM,SIGINT', ''],
      'live-bot-tui': ['tui', '', ''],
      collect: ['worker', 'SIGINT', 'database.url'],
      'scheduled-backtest': ['worker', '', 'database.url'],
      backtest: ['one-shot', '', ''],
      crash: ['one-shot', '', ''],
    });
  });

  it('reads these variables and no others', async () => {
    const { env } = await sample();
    expect(env.map(({ name, secret, dead, default: value }) => [name, secret, dead, value])).toEqual([
      ['APP_DATABASE', false, false, undefined],
      ['APP_HYPERLIQUID', false, false, undefined],
      ['APP_SERVER', false, false, undefined],
      ['BOT_DATABASE_URL', false, false, 'sqlite://bots.db'],
      ['HYPERLIQUID_ACCOUNT_ADDRESS', false, false, undefined],
      ['HYPERLIQUID_API_URL', false, false, undefined],
      ['HYPERLIQUID_API_WALLET_KEY', true, false, undefined],
      ['HYPERLIQUID_PRIVATE_KEY', true, true, undefined],
      ['HYPERLIQUID_WS_URL', false, false, undefined],
      ['RUST_LOG', false, false, 'info'],
    ]);
  });

  it('is configured by one file and a prefix that is not split', async () => {
    const { config, ports, databases } = await sample();
    expect(config.files.map(({ path }) => path)).toEqual(['config/Config.toml']);
    expect(config.prefix?.name).toBe('APP_');
    expect(config.prefix?.split).toBeUndefined();
    expect(ports).toMatchObject([{ port: 8080, host: '127.0.0.1', key: 'server.port' }]);
    expect(databases).toMatchObject([
      { kind: 'sqlite', via: { env: 'BOT_DATABASE_URL' } },
      { kind: 'postgres', via: { configKey: 'database.url' } },
    ]);
  });

  it('has SQL to apply in order, with a gap, beside what it embeds', async () => {
    const { migrations, hypertables } = await sample();
    expect(migrations.map(({ kind, version }) => `${kind} ${version ?? ''}`.trim())).toEqual([
      'setup',
      'numbered 1',
      'numbered 2',
      'numbered 4',
      'embedded',
    ]);
    expect(hypertables.map(({ name }) => name)).toContain('ticks');
  });

  it('serves an API without login, and one route that is not mounted', async () => {
    const { routes, apiLogin } = await sample();
    expect(apiLogin).toBe(false);
    expect(routes.filter(({ mounted }) => !mounted).map(({ path }) => path)).toEqual(['/api/data/health']);
    expect(routes.filter(({ mounted }) => mounted).map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining(['GET /api/bots', 'POST /api/bots', 'DELETE /api/bots/{id}', 'GET /ws']),
    );
  });

  it('trades on the test network only, and warns of what has to change', async () => {
    const facts = await sample();
    expect(facts.endpoints.length).toBeGreaterThan(0);
    expect(facts.endpoints.every(({ testnet }) => testnet)).toBe(true);
    expect(codes(facts).sort()).toEqual([
      'api-without-login',
      'cors-any-origin',
      'database-localhost',
      'env-dead',
      'listen-localhost',
      'lockfile-ignored',
      'migration-gap',
    ]);
  });

  it('cites places that exist', async () => {
    const root = await unpack('sample', 'templates');
    const facts = await detect(root);
    const cited = JSON.stringify(facts).match(/"evidence":\{"file":"[^"]+","line":\d+\}/g) ?? [];
    expect(cited.length).toBeGreaterThan(20);
    expect(cited.filter((text) => /"line":0\b|"file":"(?:\/|\.\.)/.test(text))).toEqual([]);
  });
});
