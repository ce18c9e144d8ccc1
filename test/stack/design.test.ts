import { describe, expect, it } from 'vitest';
import { certain } from '../../src/detect/belief.ts';
import type { RepoFacts } from '../../src/detect/facts.ts';
import { contractFindings, contractOf } from '../../src/stack/contract.ts';
import { chooseRust, designBuild } from '../../src/stack/design/build.ts';
import { listenOverride, overrideOf } from '../../src/stack/design/configuration.ts';
import { designDatabase } from '../../src/stack/design/database.ts';
import { design } from '../../src/stack/design/design.ts';
import { chooseHealth } from '../../src/stack/design/health.ts';
import { chooseMode, refuseMixture } from '../../src/stack/design/mode.ts';
import { designPorts, needsLogin } from '../../src/stack/design/ports.ts';
import { findDaemon, findTui, findWorkers } from '../../src/stack/design/programs.ts';
import { credentialFacts } from '../../src/stack/design/secrets.ts';
import { inspect } from '../../src/stack/inspect.ts';
import type { Overlay } from '../../src/stack/overlay.ts';
import { endpoint, env, facts, listens, POSTGRES, route, service, subcommand } from './facts.ts';
import { designed, factsOf, HOST, SUFFIX, WRITTEN_BY } from './stacks.ts';

const TERM = { signals: ['SIGTERM'] };
const inputOf = (found: RepoFacts, decided: Overlay = {}) =>
  ({ facts: found, host: HOST, decided, suffix: SUFFIX, writtenBy: WRITTEN_BY, interactive: false }) as const;

describe('the daemon', () => {
  it.each([
    ['the usual name', [subcommand('serve'), subcommand('run')], 'run'],
    ['what handles SIGTERM before a better name', [subcommand('run'), subcommand('api', TERM)], 'api'],
    ['the better name of two that handle it', [subcommand('server', TERM), subcommand('trade', TERM)], 'trade'],
    ['a daemon before a worker', [subcommand('a', { kind: 'worker' }), subcommand('z')], 'z'],
    [
      'a worker where there is no daemon',
      [subcommand('once', { kind: 'one-shot' }), subcommand('w', { kind: 'worker' })],
      'w',
    ],
  ])('is %s', (_, subcommands, name) => {
    expect(findDaemon(facts({ subcommands }))?.args).toEqual([name]);
  });

  it('is the binary itself where it has no subcommand', () => {
    expect(findDaemon(facts())).toEqual({ binary: 'bot', args: [] });
  });

  it('is missing where there is no binary, with what to do', () => {
    expect(() => design(inputOf(facts({ binaries: [] })))).toThrow(
      expect.objectContaining({
        code: 'no-binary',
        exitCode: 2,
        next: [expect.stringContaining('--dir'), expect.any(String)],
      }),
    );
  });
});

describe('workers', () => {
  const subcommands = [
    subcommand('run'),
    subcommand('collect', { kind: 'worker', databases: ['DB_URL'] }),
    subcommand('mirror', { kind: 'worker' }),
    subcommand('second', { databases: ['DB_URL'] }),
    subcommand('tui', { kind: 'tui', databases: ['DB_URL'] }),
  ];

  it('are only those that open PostgreSQL: a second trader is never proposed', () => {
    const found = facts({ subcommands, databases: [POSTGRES] });
    const daemon = { binary: 'bot', args: ['run'], service: service(subcommand('run')) };
    expect(findWorkers(found, daemon).map(({ args }) => args)).toEqual([['collect']]);
    expect(findTui(found)?.name).toBe('tui');
  });

  it('are never given what the daemon trades with', () => {
    const found = facts({
      subcommands,
      databases: [POSTGRES],
      env: [env('HYPERLIQUID_API_WALLET_KEY', { secret: true, required: true }), env('FEED_TOKEN', { secret: true })],
    });
    const { services, tui } = designed(found);
    expect(Object.keys(services.app?.secrets ?? {})).toEqual(['HYPERLIQUID_API_WALLET_KEY', 'FEED_TOKEN']);
    expect(Object.keys(services.collect?.secrets ?? {})).toEqual(['DB_URL']);
    expect(tui).toMatchObject({ environment: {} });
    expect(JSON.stringify(tui)).not.toContain('KEY');
  });
});

describe('secrets', () => {
  it.each([
    ['a secret', env('API_SECRET', { secret: true }), true],
    ['a known credential that is no secret', env('HYPERLIQUID_ACCOUNT_ADDRESS'), true],
    ['one that only dead code reads', env('HYPERLIQUID_PRIVATE_KEY', { secret: true, dead: true }), false],
    ['one of another binary', env('API_SECRET', { secret: true, readBy: ['other'] }), false],
    ['the URL of the database, which is made here', env('DB_URL', { secret: true }), false],
    ['a plain setting', env('RUST_LOG'), false],
  ])('are asked for: %s', (_, fact, asked) => {
    const program = { binary: 'bot', args: [] };
    expect(credentialFacts(facts({ env: [fact], databases: [POSTGRES] }), program).length > 0).toBe(asked);
  });

  it('are generated for the database and the login only where there are such', () => {
    expect(Object.keys(designed(facts()).secrets.entries)).toEqual([]);
    const whole = facts({ databases: [POSTGRES], ports: [listens(80)], routes: [route('POST', '/start')] });
    expect(Object.keys(designed(whole).secrets.entries)).toEqual([
      ...['DATABASE_SUPERUSER_PASSWORD', 'DATABASE_PASSWORD', 'GATE_PASSWORD'],
    ]);
  });

  it('stand in the keychain where one answers, else in a vault that opens without a person', () => {
    const keychain = { ...HOST, keychain: { available: true, why: 'it answers' } };
    expect(designed(facts(), {}, keychain).secrets.store).toBe('keychain');
    expect(designed(facts()).secrets).toMatchObject({ store: 'vault', unlock: 'key-file' });
    expect(design({ ...inputOf(facts()), interactive: true }).stack).toMatchObject({
      secrets: { unlock: 'passphrase' },
    });
  });
});

describe('ports', () => {
  const found = facts({ ports: [listens(8080)], routes: [route('GET', '/bots')] });
  const origin = (result: ReturnType<typeof designPorts>, path: string) =>
    result.origins.find(([each]) => each === path)?.[1].text;

  it('are the wanted ones where they are free', () => {
    const result = designPorts(found, HOST, 'app', true);
    expect(result.ports).toMatchObject({ bind: '127.0.0.1', api: { host: 8080, container: 8080 }, tui: 7681 });
    expect(origin(result, 'ports.api.host')).toBe('src/main.rs:1');
  });

  it('are the next free ones, with who holds the wanted one', () => {
    const holders = [8080, 8081, 7681].map((port) => ({ port, who: `nginx (pid ${port})` }));
    const result = designPorts(found, { ...HOST, holders }, 'app', true);
    expect(result.ports).toMatchObject({ api: { host: 8082, container: 8080 }, tui: 7682 });
    expect(origin(result, 'ports.api.host')).toBe('8080 is used by nginx (pid 8080)');
    expect(origin(result, 'ports.tui')).toBe('7681 is used by nginx (pid 7681)');
  });

  it('never meet each other', () => {
    const same = facts({ ports: [listens(7681)] });
    const result = designPorts(same, HOST, 'app', true);
    expect(result.ports).toMatchObject({ api: { host: 7681 }, tui: 7682 });
    expect(origin(result, 'ports.tui')).toBe('7681 is used by another service of this stack');
    expect(inspect(designed({ ...same, subcommands: [subcommand('t', { kind: 'tui' })] }))).toEqual([]);
  });

  it.each([
    ['GET only', [route('GET', '/bots')], false, false],
    ['it acts', [route('POST', '/bots')], false, true],
    ['it acts and asks who calls', [route('DELETE', '/bots')], true, false],
    ['what acts is never mounted', [route('POST', '/bots', { mounted: false })], false, false],
  ])('need a login in front: %s', (_, routes, apiLogin, login) => {
    const api = facts({ ports: [listens(80)], routes, apiLogin });
    expect(needsLogin(api)).toBe(login);
    expect(designPorts(api, HOST, 'app', false).ports.api?.via).toBe(login ? 'gate' : 'direct');
  });

  it('are none where nothing listens', () => {
    expect(designPorts(facts(), HOST, 'app', false).ports).toEqual({ bind: '127.0.0.1', api: null, tui: null });
  });
});

describe('the mode', () => {
  const TRADES = designed(facts({ env: [env('HYPERLIQUID_API_WALLET_KEY', { secret: true })] }));
  const UNKNOWN = designed(facts({ env: [env('KRAKEN_API_SECRET', { secret: true })] }));
  const HARMLESS = designed(facts({ env: [env('HYPERLIQUID_ACCOUNT_ADDRESS')] }));
  const IDLE = designed(facts());
  const live = endpoint('https://api.hyperliquid.xyz', false);
  const test = endpoint('https://api.hyperliquid-testnet.xyz', true);
  it.each([
    ['no key', IDLE, [], 'paper', /No service is given a key/],
    ['no key, whatever the endpoint', IDLE, [live], 'paper', /No service is given a key/],
    ['a live endpoint', TRADES, [live], 'live', /hyperliquid\.xyz is no test network \(src\/venue\.rs:7\)/],
    ['a live one among others', TRADES, [test, live], 'live', /no test network/],
    ['test networks only', TRADES, [test], 'paper', /All endpoints are test networks/],
    ['a key of a venue that nobody knows', UNKNOWN, [], 'live', /KRAKEN_API_SECRET/],
    ['an address alone', HARMLESS, [live], 'paper', /No service is given a key/],
    ['nothing known', TRADES, [], 'live', /nothing says that it trades on paper/],
    ['the network by its name', TRADES, [test, { ...live, url: 'BaseUrl::Mainnet' }], 'live', /BaseUrl::Mainnet/],
    [
      'a default that no trader reads',
      TRADES,
      [{ ...test, by: 'default' as const, env: 'FAUCET_URL' }],
      'paper',
      /All/,
    ],
  ])('follows the evidence: %s', (_, stack, endpoints, mode, reason) => {
    expect(chooseMode(facts({ endpoints }), stack)).toMatchObject({ mode, reason: expect.stringMatching(reason) });
  });
});

describe('the mode of a program that the stack tells where to go', () => {
  const at = { file: 'config/a.toml', line: 3 };
  const test = endpoint('https://api.hyperliquid-testnet.xyz', true);
  const found = facts({
    endpoints: [test],
    env: [env('HYPERLIQUID_API_WALLET_KEY', { secret: true }), env('HYPERLIQUID_API_URL')],
    config: {
      files: [
        { path: at.file, private: false, values: { 'venue.rest': { value: test.url, line: 3 } }, ...certain(at) },
      ],
      prefix: { name: 'APP_', library: 'figment', ...certain(at) },
    },
  });
  const told = (service: Overlay, of: RepoFacts = found) =>
    chooseMode(of, designed(of, { services: { app: service } }));
  const environment = (name: string, value: string): Overlay => ({ environment: { [name]: value } });

  it.each<[string, Overlay]>([
    ['a scheme in capitals', environment('HYPERLIQUID_API_URL', 'HTTPS://api.hyperliquid.xyz')],
    ['a host in capitals', environment('X', 'Https://API.Hyperliquid.xyz/info')],
    ['a socket in capitals', environment('X', 'WSS://api.hyperliquid.xyz/ws')],
    ['a host with a dot at its end', environment('X', 'https://api.hyperliquid.xyz.')],
    [
      'a host behind what looks like one',
      environment('X', 'https://testnet@api.hyperliquid-testnet.xyz@api.hyperliquid.xyz'),
    ],
    ['backslashes', environment('X', 'https:\\\\api.hyperliquid.xyz')],
    ['one of a list', environment('X', 'https://api.hyperliquid-testnet.xyz,https://api.hyperliquid.xyz')],
    ['a table of the config file', environment('APP_VENUE', '{rest="https://api.hyperliquid.xyz"}')],
    ['a host without a scheme', environment('HYPERLIQUID_API_URL', 'api.hyperliquid.xyz')],
    ['a host and a port under any name', environment('HL', 'api.hyperliquid.xyz:443/info')],
    ['an argument', { args: ['run', '--api-url', 'https://api.hyperliquid.xyz'] }],
    ['an argument in one word', { args: ['run', '--api-url=https://api.hyperliquid.xyz'] }],
    ['an argument without a scheme', { args: ['run', '--host', 'api.hyperliquid.xyz'] }],
    ['the name of the network', environment('NETWORK', 'mainnet')],
    ['the name among others', environment('HYPERLIQUID_NETWORK', 'Hyperliquid-Mainnet')],
    ['the name in a table', environment('APP_VENUE', '{network="mainnet"}')],
    ['a mode', environment('TRADING_MODE', 'live')],
    ['a switch that is on', environment('USE_MAINNET', '1')],
    ['a switch that is off', environment('TESTNET', 'false')],
    ['a flag', { args: ['run', '--mainnet'] }],
    ['a flag with a word behind it', { args: ['--live', 'run'] }],
    ['a flag with a value', { args: ['run', '--network', 'mainnet'] }],
    ['a flag that is turned off', { args: ['run', '--testnet=false'] }],
  ])('is LIVE, known: %s', (_, service) => {
    expect(told(service)).toMatchObject({
      mode: 'live',
      proven: true,
      reason: expect.stringContaining('services.app.'),
    });
  });

  it.each<[string, Overlay]>([
    ['a venue that nobody knows', environment('X', 'https://api.venue.com')],
    ['one that says testnet behind its host', environment('X', 'https://api.venue.com/testnet?ref=testnet')],
    ['one that says testnet before its host', environment('X', 'https://testnet@api.venue.com')],
    ['one that calls its host a testnet', environment('X', 'https://testnet.venue.com')],
    ['a host without a scheme', environment('VENUE_HOST', 'api.venue.com')],
    ['an address made of a template', environment('X', 'https://${HOST}/x')],
    ['what runs beside it', environment('HYPERLIQUID_API_URL', 'http://localhost:3001')],
    ['a service beside it', environment('HYPERLIQUID_WS_URL', 'ws://relay:3001')],
    ['a host and a port beside it', environment('HYPERLIQUID_HOST', 'relay:3001')],
    ['a host beside it', environment('HYPERLIQUID_HOST', 'relay')],
    ['a number of a host', environment('HYPERLIQUID_HOST', '203.0.113.5')],
    ['a table that overrides the file', environment('APP_VENUE', '{rest="http://relay:3001"}')],
    ['nothing at all for the place', environment('APP_VENUE', '')],
    ['an argument beside it', { args: ['run', '--api-url', 'http://relay:3001'] }],
    ['an address that is a secret', { secrets: { HYPERLIQUID_API_URL: '${HYPERLIQUID_API_WALLET_KEY}' } }],
    ['production, which may be the machine', environment('RUN_ENV', 'production')],
  ])('is LIVE, and not proven: %s', (_, service) => {
    expect(told(service)).toMatchObject({
      mode: 'live',
      proven: false,
      reason: expect.stringContaining('services.app.'),
    });
  });

  it.each<[string, Overlay]>([
    ['nothing', {}],
    ['a test network', environment('HYPERLIQUID_API_URL', 'HTTPS://api.hyperliquid-testnet.xyz/info')],
    ['a test network without a scheme', environment('HYPERLIQUID_HOST', 'api.hyperliquid-testnet.xyz')],
    ['a test network that the catalogue names', environment('ALPACA_URL', 'https://paper-api.alpaca.markets')],
    ['a test network in the table', environment('APP_VENUE', '{rest="https://api.hyperliquid-testnet.xyz"}')],
    ['another key of the table', environment('APP_VENUE', '{size="3"}')],
    ['a listener', environment('WS_ADDR', '0.0.0.0:9000')],
    [
      'a setting of a socket',
      { environment: { WS_PING: '20s', WS_ENABLED: 'true', BASE_CURRENCY: 'USD', HOSTNAME: 'bot' } },
    ],
    ['a server of mails', environment('SMTP_HOST', 'smtp.venue.com')],
    ['a database', environment('BOT_DATABASE_URL', 'sqlite:///data/bots.db?mode=rwc')],
    [
      'a proxy and a collector',
      { environment: { HTTPS_PROXY: 'http://proxy:3128', OTEL_ENDPOINT: 'http://otel:4317' } },
    ],
    ['levels of the log', environment('RUST_LOG', 'info,tokio::ws::http=debug,live=warn')],
    ['a file', environment('JOURNAL', 'data/journal.log')],
    ['words of the command', { args: ['live-bot', '--symbol', 'BTC', '--testnet'] }],
    ['a dry run off', environment('DRY_RUN', 'false')],
  ])('stays PAPER: %s', (_, service) => {
    expect(told(service)).toMatchObject({ mode: 'paper', proven: true });
  });

  it('is LIVE where the default of a variable is not in force', () => {
    const of = facts({
      endpoints: [{ ...test, by: 'default', env: 'REST' }],
      env: [env('HYPERLIQUID_API_WALLET_KEY', { secret: true }), env('REST', { default: test.url })],
    });
    expect(told({}, of).mode).toBe('paper');
    expect(told(environment('REST', 'relay'), of)).toMatchObject({ mode: 'live', proven: false });
  });

  it.each([
    ['TESTNET', 'HYPERLIQUID_API_URL', 'https://api.hyperliquid.xyz', 'live'],
    ['DRY_RUN', 'HYPERLIQUID_API_URL', 'https://api.hyperliquid.xyz', 'paper'],
    ['DRY_RUN', 'TRADING_MODE', 'live', 'live'],
  ])('believes %s against %s=%s as little as is safe: %s', (name, variable, value, mode) => {
    const on = { name, by: 'env' as const, paper: 'true', value: 'true', ...certain(at) };
    expect(told(environment(variable, value), { ...found, switches: [on] }).mode).toBe(mode);
  });

  it.each(['https://testnet.venue.com', 'https://api.venue.com/paper/v1', 'https://testnet@api.venue.com'])(
    'is LIVE, and not proven, where the repository names %s',
    (url) => {
      const of = facts({ env: [env('VENUE_SECRET', { secret: true })], endpoints: [endpoint(url, true)] });
      expect(told({}, of)).toMatchObject({ mode: 'live', proven: false, reason: expect.stringContaining(url) });
    },
  );
});

describe('the mode of a program with several commands', () => {
  const key = env('HYPERLIQUID_API_WALLET_KEY', { secret: true, services: ['run'] });
  const run = subcommand('run', { kind: 'worker' });
  const service = { ...run, args: ['run'], env: [key.name] };
  const known = { subcommands: [run, subcommand('faucet', { kind: 'one-shot' })], services: [service] };
  const test = endpoint('https://api.hyperliquid-testnet.xyz', true);
  const url = (services: readonly string[]) => env('URL', { services });
  it.each([
    ['a test network in the code of whichever command', [key], { ...test, by: 'code' as const }, 'live'],
    [
      'a default that another command reads',
      [key, url(['faucet'])],
      { ...test, by: 'default' as const, env: 'URL' },
      'live',
    ],
    ['a default that the trader reads', [key, url(['run'])], { ...test, by: 'default' as const, env: 'URL' }, 'paper'],
    ['a test network in the config file', [key], test, 'paper'],
  ])('follows %s', (_, variables, chosen, mode) => {
    const found = facts({ ...known, env: variables, endpoints: [chosen] });
    expect(chooseMode(found, designed(found)).mode).toBe(mode);
  });

  it('is live where a key may come from a file and a real network is known', () => {
    const found = facts({ env: [env('KEY_PATH')], endpoints: [endpoint('https://api.hyperliquid.xyz', false)] });
    expect(chooseMode(found, designed(found))).toMatchObject({
      mode: 'live',
      reason: expect.stringContaining('KEY_PATH'),
    });
  });
});

describe('the health check', () => {
  const ports = [listens(8080)];
  it.each([
    ['a health route', { ports, routes: [route('GET', '/bots'), route('GET', '/api/health')] }, 'http /api/health'],
    ['any route that reads', { ports, routes: [route('POST', '/x'), route('GET', '/bots')] }, 'http /bots'],
    ['not one that is never mounted', { ports, routes: [route('GET', '/health', { mounted: false })] }, 'tcp'],
    ['not one with a parameter', { ports, routes: [route('GET', '/bots/{id}')] }, 'tcp'],
    ['not one that stays open', { ports, routes: [route('GET', '/ws'), route('GET', '/events')] }, 'tcp'],
    ['the port', { ports }, 'tcp'],
    ['being up', { routes: [route('GET', '/health')] }, 'process'],
  ])('is the strongest that there is: %s', (_, over, wanted) => {
    const { health } = chooseHealth(facts(over));
    expect(health.kind === 'http' ? `http ${health.path}` : health.kind).toBe(wanted);
  });
});

describe('the database', () => {
  const GB = 1024 ** 3;
  it.each([
    ['a quarter', 16, 8, '4GB', 4],
    ['at least one', 2, 1, '1GB', 1],
    ['at most eight', 128, 64, '8GB', 4],
    ['whole gigabytes', 15, 2, '3GB', 2],
  ])('is sized from the host: %s', (_, memory, cpus, limit, used) => {
    const database = designDatabase(facts({ databases: [POSTGRES] }), { cpus, memoryBytes: memory * GB });
    expect(database).toMatchObject({ memory: limit, cpus: used });
  });

  it('has the name of the URL as PostgreSQL takes it, and SQL files without the embedded ones', () => {
    const read = certain({ file: 'm', line: 1 });
    const migrations = [
      { kind: 'setup', path: 'setup.sql', ...read } as const,
      { kind: 'embedded', path: 'crates/x/migrations', ...read } as const,
      { kind: 'numbered', path: 'V1.sql', version: 1, ...read } as const,
    ];
    const database = designDatabase(facts({ databases: [POSTGRES], migrations }), HOST);
    expect(database).toMatchObject({ name: 'trade_book', role: 'trade_book', migrations: ['setup.sql', 'V1.sql'] });
  });

  it('is none without PostgreSQL', () => {
    expect(designDatabase(facts(), HOST)).toEqual({ kind: 'none' });
  });

  it('takes its role and its secrets along when it is not wanted', async () => {
    const stack = designed(await factsOf('templates/sample'), { database: { kind: 'none' } });
    expect(Object.keys(stack.secrets.entries)).not.toContain('DATABASE_PASSWORD');
    for (const service of Object.values(stack.services)) {
      expect(service.database).toBe(false);
      expect(service.secrets).not.toHaveProperty('APP_DATABASE');
    }
    expect(inspect(stack)).toEqual([]);
  });

  it('is told in parts where the program asks so, its password as a secret', () => {
    const names = ['DB_HOST', 'DB_USER', 'DB_PASSWORD', 'DB_NAME'];
    const parts = { host: 'DB_HOST', user: 'DB_USER', password: 'DB_PASSWORD', name: 'DB_NAME' };
    const { url: _, ...told } = { ...POSTGRES, via: { env: 'DB_HOST' }, parts };
    const found = facts({
      databases: [told],
      env: names.map((name) =>
        env(name, { required: true, secret: name === 'DB_PASSWORD', ...(name === 'DB_NAME' && { default: 'ticks' }) }),
      ),
    });
    const stack = designed(found);
    expect(stack.services.app).toMatchObject({
      environment: { DB_HOST: 'database', DB_USER: 'ticks', DB_NAME: 'ticks' },
      secrets: { DB_PASSWORD: '${DATABASE_PASSWORD}' },
      database: true,
    });
    expect(Object.keys(stack.secrets.entries)).not.toContain('DB_PASSWORD');
    expect(contractFindings(contractOf(found, stack))).toEqual([]);
  });

  it('is reached under the name that was decided', () => {
    const stack = designed(facts({ databases: [POSTGRES] }), { database: { name: 'ledger' } });
    expect(stack.services.app?.secrets.DB_URL).toBe(
      'postgresql://trade_book:${DATABASE_PASSWORD|url}@database:5432/ledger',
    );
  });
});

describe('configuration', () => {
  const at = { file: 'src/config.rs', line: 3 };
  const figment = (split?: string) =>
    facts({
      config: { files: [], prefix: { name: 'APP_', library: 'figment', ...certain(at), ...(split ? { split } : {}) } },
    });
  it.each([
    ['a key at the top', figment(), 'port', ['APP_PORT', '1']],
    ['a table inline', figment(), 'server.port', ['APP_SERVER', '{port="1"}']],
    ['two tables inline', figment(), 'a.b.c', ['APP_A', '{b={c="1"}}']],
    ['where the code splits', figment('__'), 'server.port', ['APP_SERVER__PORT', '1']],
    ['without a prefix', facts(), 'server.port', undefined],
  ])('is overridden by environment: %s', (_, found, key, wanted) => {
    expect(overrideOf(found, key, '1')).toEqual(wanted);
  });

  it.each([
    ['127.0.0.1', true],
    ['localhost', true],
    ['0.0.0.0', false],
  ])('makes a program that listens on %s reachable: %s', (host, overridden) => {
    const found = { ...figment('__'), ports: [listens(80, { host, key: 'server.port' })] };
    expect(listenOverride(found).environment).toEqual(overridden ? { APP_SERVER__HOST: '0.0.0.0' } : {});
  });
});

describe('a listener on loopback', () => {
  const listening = (port: Partial<RepoFacts['ports'][number]>, over: Partial<RepoFacts> = {}) =>
    facts({ ports: [listens(8080, { host: '127.0.0.1', ...port })], ...over });
  it.each([
    ['an address by variable', { listen: { by: 'env', name: 'ADDR', holds: 'address' } }, { ADDR: '0.0.0.0:8080' }, []],
    ['a host by variable', { listen: { by: 'env', name: 'HOST', holds: 'host' } }, { HOST: '0.0.0.0' }, []],
    [
      'a flag of the command',
      { listen: { by: 'flag', name: '--bind', holds: 'address', first: false } },
      {},
      ['run', '--bind', '0.0.0.0:8080'],
    ],
    [
      'a flag before the command',
      { listen: { by: 'flag', name: '--host', holds: 'host', first: true } },
      {},
      ['--host', '0.0.0.0', 'run'],
    ],
    ['one that cannot be told', {}, {}, []],
  ] as const)('is opened in its container: %s', (_, port, environment, args) => {
    const { services } = designed(listening(port, { subcommands: [subcommand('run', { serves: true })] }));
    expect(services.app?.environment).toEqual(environment);
    expect(services.app?.args).toEqual(args.length === 0 ? ['run'] : args);
  });

  it('by a nested key stays where config-rs has no way to it', () => {
    const prefix = { name: 'APP_', library: 'config', ...certain({ file: 'a', line: 1 }) } as const;
    const found = listening({ key: 'server.port' }, { config: { files: [], prefix } });
    expect(listenOverride(found).environment).toEqual({});
  });
});

describe('one venue on two networks', () => {
  const live = endpoint('https://api.venue.xyz', false);
  const test = endpoint('wss://api.venue-testnet.xyz/ws', true);
  const file = (values: Readonly<Record<string, string>>) => ({
    path: 'config/a.toml',
    private: false,
    values: Object.fromEntries(Object.entries(values).map(([key, value]) => [key, { value, line: 1 }])),
    ...certain({ file: 'config/a.toml', line: 1 }),
  });
  const prefix = { name: 'APP_', split: '__', library: 'figment', ...certain({ file: 'a', line: 1 }) } as const;
  const both = facts({
    endpoints: [live, test],
    config: { files: [file({ 'venue.api': live.url, 'venue.ws': test.url })], prefix },
  });
  const stack = (environment: Readonly<Record<string, string>> = {}) =>
    designed(facts(), { services: { app: { environment } } });

  it('is refused, with both places and what to do', () => {
    expect(() => refuseMixture(both, stack())).toThrow(
      expect.objectContaining({
        code: 'endpoints-mixed',
        exitCode: 2,
        message: expect.stringContaining('src/venue.rs:7'),
        next: expect.arrayContaining([expect.stringContaining('--set')]),
      }),
    );
  });

  it.each([
    ['code that knows both', facts({ endpoints: [live, test] }), {}],
    ['a variable that says otherwise', both, { APP_VENUE__WS: 'wss://api.venue.xyz/ws' }],
    ['a variable of the program that says otherwise', both, { VENUE_WS: 'wss://api.venue.xyz/ws' }],
    [
      'two venues',
      facts({
        endpoints: [endpoint('https://other.io', false), test],
        env: [env('A', { default: 'https://other.io' }), env('B', { default: test.url })],
      }),
      {},
    ],
    [
      'prices of the same venue',
      facts({
        endpoints: [endpoint('https://data.alpaca.markets', false), endpoint('https://paper-api.alpaca.markets', true)],
        env: [
          env('A', { default: 'https://data.alpaca.markets' }),
          env('B', { default: 'https://paper-api.alpaca.markets' }),
        ],
      }),
      {},
    ],
  ])('is not %s', (_, found, environment) => {
    expect(() => refuseMixture(found, stack(environment))).not.toThrow();
  });

  it('is one that the stack itself makes', () => {
    const found = facts({ endpoints: [live, test], env: [env('A', { default: live.url })] });
    expect(() => refuseMixture(found, stack({ B: test.url }))).toThrow(/two worlds/);
  });
});

describe('a switch', () => {
  const live = endpoint('https://api.venue.xyz', false);
  const dry = (over: Partial<RepoFacts['switches'][number]>) => ({
    ...{ name: 'DRY_RUN', by: 'env' as const, paper: 'true' },
    ...certain({ file: 'src/main.rs', line: 9 }),
    ...over,
  });
  const found = (fact: RepoFacts['switches'][number]) =>
    facts({ endpoints: [live], switches: [fact], env: [env('VENUE_SECRET', { secret: true })] });
  const mode = (fact: RepoFacts['switches'][number], decided: Overlay = {}) =>
    chooseMode(found(fact), designed(found(fact), decided)).mode;

  it.each([
    ['on by default', dry({ value: 'true' }), {}, 'paper'],
    ['off by default', dry({ value: 'false' }), {}, 'live'],
    ['not said', dry({}), {}, 'live'],
    [
      'turned on by the stack',
      dry({ value: 'false' }),
      { services: { app: { environment: { DRY_RUN: '1' } } } },
      'paper',
    ],
    [
      'turned off by the stack',
      dry({ value: 'true' }),
      { services: { app: { environment: { DRY_RUN: '0' } } } },
      'live',
    ],
    ['a mode', dry({ name: 'MODE', paper: 'paper', value: 'paper' }), {}, 'paper'],
    [
      'a flag that is given',
      dry({ name: '--paper', by: 'flag' }),
      { services: { app: { args: ['run', '--paper'] } } },
      'paper',
    ],
    ['a flag that is not given', dry({ name: '--paper', by: 'flag', value: 'false' }), {}, 'live'],
    ['a key that no code names', dry({ name: 'x.dry_run', by: 'key', value: 'true', confidence: 'guess' }), {}, 'live'],
  ] as const)('decides the mode: %s', (_, fact, decided, wanted) => {
    expect(mode(fact, decided)).toBe(wanted);
  });

  it.each([
    ['itself', dry({ value: 'true' })],
    ['as the variable of a key', dry({ name: 'dry_run', by: 'key', value: 'true' })],
  ])('proves nothing where its value lies in the store: %s', (_, fact) => {
    const reads = [env('VENUE_SECRET', { secret: true }), env('DRY_RUN', { key: 'dry_run' })];
    const both = facts({ switches: [fact], env: reads });
    const decided = {
      services: { app: { secrets: { DRY_RUN: '${DRY_RUN}' } } },
      secrets: { entries: { DRY_RUN: { kind: 'entered', required: true, format: 'any', about: 'dry run' } } },
    };
    expect(chooseMode(both, designed(both))).toMatchObject({ mode: 'paper', proven: true });
    expect(chooseMode(both, designed(both, decided))).toMatchObject({ mode: 'live', proven: false });
  });
});

describe('the build', () => {
  it.each([
    ['our stable', {}, '1.95.0', 'stable'],
    ['our stable where the repository asks for less', { rustVersion: '1.70' }, '1.95.0', /asks for 1\.70/],
    ['what the repository asks for', { rustVersion: '1.99.1' }, '1.99.1', 'the repository'],
    ['the toolchain file', { channel: '1.80' }, '1.80.0', 'the repository'],
    ['our stable for a channel by name', { channel: 'nightly' }, '1.95.0', 'stable'],
  ])('takes %s', (_, toolchain, version, text) => {
    expect(chooseRust(facts({ toolchain }))).toMatchObject({ version, origin: { text: expect.stringMatching(text) } });
  });

  it('installs each package once, in order', () => {
    const crates = ['prost-build', 'protobuf-codegen', 'openssl-sys', 'none'].map((name) => ({
      name,
      ...certain({ file: 'Cargo.lock', line: 1 }),
    }));
    const build = designBuild(facts({ nativeLibraries: crates }), ['bot']);
    expect(build.buildPackages).toEqual(['protobuf-compiler']);
    expect(build.runtimePackages).toEqual(['ca-certificates', 'libssl3t64']);
  });

  it.each([
    ['tracked', true],
    ['ignored', false],
    ['absent', false],
  ] as const)('of a lock file that is %s is locked: %s', (lockfile, locked) => {
    expect(designBuild(facts({ lockfile }), ['bot']).locked).toBe(locked);
  });
});

describe('a design', () => {
  it('of the same facts is the same, and what was decided wins', () => {
    const found = facts({ ports: [listens(8080)] });
    expect(design(inputOf(found))).toEqual(design(inputOf(found)));
    const decided = { name: 'mine', ports: { api: { host: 9999 } }, services: { app: { stopGrace: '5m' } } };
    expect(designed(found, decided)).toMatchObject(decided);
  });

  it('tells where its values come from', async () => {
    const { origins } = design(inputOf(await factsOf('templates/sample')));
    expect(origins.get('secrets.store')).toEqual({ source: 'host', text: HOST.keychain.why });
    expect(origins.get('tui')?.text).toMatch(/^crates\/cli\/src\/.*:\d+$/);
    expect(origins.get('build.locked')?.text).toBe('Cargo.lock is ignored');
  });
});
