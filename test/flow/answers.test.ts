import { describe, expect, it } from 'vitest';
import { layered, parseSet, parseSets, refuseSecrets } from '../../src/flow/answers.ts';
import { equivalentCommand } from '../../src/flow/equivalent.ts';
import type { Overlay } from '../../src/stack/overlay.ts';
import { setsOf } from './shell.ts';

describe('--set', () => {
  it.each([
    ['a number', 'ports.tui=7682', { ports: { tui: 7682 } }],
    ['text', 'name=desk', { name: 'desk' }],
    [
      'text that looks like a number',
      'services.app.environment.PORT="8080"',
      { services: { app: { environment: { PORT: '8080' } } } },
    ],
    ['a list', 'services.app.args=[run, --fast]', { services: { app: { args: ['run', '--fast'] } } }],
    ['a map', 'database={kind: none}', { database: { kind: 'none' } }],
    ['null, which takes out', 'services.collect=null', { services: { collect: null } }],
    ['a truth', 'build.locked=true', { build: { locked: true } }],
    [
      'a value with an equals sign',
      'services.app.environment.Q=a=b',
      { services: { app: { environment: { Q: 'a=b' } } } },
    ],
    ['empty text', "name=''", { name: '' }],
  ])('takes %s', (_, text, wanted) => expect(parseSet(text)).toEqual(wanted));

  it.each([
    ['no equals sign', 'ports.tui'],
    ['no path', '=7682'],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(() => parseSet(text)).toThrow(expect.objectContaining({ code: 'bad-set', exitCode: 2 }));
  });

  it('refuses what is no YAML, without repeating it', () => {
    const thrown = () => parseSet('name=[hunter2-hunter2');
    expect(thrown).toThrow(expect.objectContaining({ code: 'bad-set', exitCode: 2 }));
    expect(thrown).not.toThrow(/hunter2/);
  });

  it('beats an earlier one', () => {
    expect(parseSets(['ports.tui=1', 'ports.bind=::1', 'ports.tui=2'])).toEqual({ ports: { tui: 2, bind: '::1' } });
    expect(parseSets([])).toEqual({});
  });
});

describe('an address that YAML takes for a number', () => {
  const given = (name: string) => ({ services: { app: { environment: { [name]: Number(`0x${'1'.repeat(40)}`) } } } });

  it('is asked for in quotes where it is known what the setting is', () => {
    const thrown = () => refuseSecrets(given('ORDERBOOK'), 'answers.yaml');
    expect(thrown).toThrow(/ORDERBOOK in answers\.yaml has no quotes/);
    expect(thrown).toThrow(
      expect.objectContaining({
        ...{ code: 'answer-invalid', exitCode: 2 },
        next: ['Put it in quotes (0x and 40 hexadecimal digits).'],
      }),
    );
  });

  it('is a secret under any other name, also beside one that is known', () => {
    const code = 'secret-in-answers';
    expect(() => refuseSecrets(given('SOMETHING'), 'x')).toThrow(expect.objectContaining({ code }));
    const both = layered(given('ORDERBOOK'), given('SOMETHING'));
    expect(() => refuseSecrets(both, 'x')).toThrow(/SOMETHING in x is a secret/);
  });
});

describe('layers', () => {
  it.each<[string, Overlay[], Overlay]>([
    ['add to each other', [{ a: { b: 1 } }, { a: { c: 2 } }], { a: { b: 1, c: 2 } }],
    ['keep null for later', [{ services: { x: { args: [] } } }, { services: { x: null } }], { services: { x: null } }],
    [
      'put back what was taken out',
      [{ services: { x: null } }, { services: { x: { args: [] } } }],
      { services: { x: { args: [] } } },
    ],
    [
      'forget the answers to another kind',
      [{ health: { kind: 'http', port: 1, path: '/' } }, { health: { kind: 'process', seconds: 5 } }],
      { health: { kind: 'process', seconds: 5 } },
    ],
    [
      'keep what was said before the kind was',
      [{ database: { name: 'x' } }, { database: { kind: 'timescaledb' } }],
      { database: { name: 'x', kind: 'timescaledb' } },
    ],
  ])('%s', (_, layers, wanted) => expect(layered(...layers)).toEqual(wanted));
});

describe('a secret in answers', () => {
  const VALUE = 'hunter2-hunter2';
  const KEY = '4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318';
  const inApp = (app: Overlay): Overlay => ({ services: { app } });
  it.each<[string, Overlay, string]>([
    [
      'a known credential as plain setting',
      inApp({ environment: { HYPERLIQUID_API_WALLET_KEY: VALUE } }),
      'services.app.environment.HYPERLIQUID_API_WALLET_KEY',
    ],
    [
      'a name that says it',
      inApp({ environment: { BROKER_API_SECRET: VALUE } }),
      'services.app.environment.BROKER_API_SECRET',
    ],
    ['a setting of the terminal', { tui: { environment: { DESK_TOKEN: VALUE } } }, 'tui.environment.DESK_TOKEN'],
    ['a value instead of a template', inApp({ secrets: { FEED: VALUE } }), 'services.app.secrets.FEED'],
    [
      'a password in a URL',
      inApp({ environment: { FEED: `wss://me:${VALUE}@feed.example` } }),
      'services.app.environment.FEED',
    ],
    [
      'a password in a URL without a user',
      inApp({ environment: { CACHE: `redis://:${VALUE}@cache` } }),
      'services.app.environment.CACHE',
    ],
    [
      'a password in a URL among arguments',
      inApp({ args: ['run', `--db=postgres://me:${VALUE}@db/x`] }),
      'services.app.args',
    ],
    ['a value instead of an entry', { secrets: { entries: { FEED: VALUE } } }, 'secrets.entries.FEED'],
    ['a value in an entry', { secrets: { entries: { FEED: { value: VALUE } } } }, 'secrets.entries.FEED.value'],
    ['a credential at the top', { HYPERLIQUID_API_WALLET_KEY: VALUE }, 'HYPERLIQUID_API_WALLET_KEY'],
    ['a number', inApp({ environment: { PIN_TOKEN: 123456789 } }), 'services.app.environment.PIN_TOKEN'],
    [
      'a name in small letters',
      inApp({ environment: { broker_token: VALUE } }),
      'services.app.environment.broker_token',
    ],
    ['a name in camel case', inApp({ environment: { apiKey: VALUE } }), 'services.app.environment.apiKey'],
    [
      'a known credential in small letters',
      inApp({ environment: { hyperliquid_api_wallet_key: VALUE } }),
      'services.app.environment.hyperliquid_api_wallet_key',
    ],
    [
      'a password with a dollar',
      inApp({ environment: { FEED: `wss://me:pa$$${VALUE}@feed.example` } }),
      'services.app.environment.FEED',
    ],
    [
      'a password beside a template',
      inApp({ secrets: { DB: `db://me:${VALUE}@\${HOST}/x` } }),
      'services.app.secrets.DB',
    ],
    ['a private key', inApp({ environment: { SIGNER: `0x${KEY}` } }), 'services.app.environment.SIGNER'],
    ['a private key among arguments', inApp({ args: ['run', `--signer=${KEY}`] }), 'services.app.args'],
    ['a key that YAML read as a number', inApp({ environment: { SIGNER: Number(`0x${KEY}`) } }), 'environment.SIGNER'],
    [
      'a key in a path',
      inApp({ environment: { RPC: `https://a.io/v3/${KEY.slice(0, 32)}` } }),
      'services.app.environment.RPC',
    ],
    [
      'a UUID in a path',
      inApp({ environment: { RPC: 'wss://a.io/1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed/ws' } }),
      'environment.RPC',
    ],
    ['a key in a query', inApp({ environment: { RPC: `HTTPS://a.io/v3?x=1&apiKey=${VALUE}` } }), 'environment.RPC'],
    [
      'a token behind the address',
      inApp({ args: ['run', `--rpc=wss://a.io/#access_token=${VALUE}`] }),
      'services.app.args',
    ],
    ['a PEM file', inApp({ environment: { CERT: `-----BEGIN EC PRIVATE KEY-----\n${VALUE}` } }), 'environment.CERT'],
    ['an age key', inApp({ environment: { BOX: `AGE-SECRET-KEY-1${VALUE}` } }), 'services.app.environment.BOX'],
    ['a token of a known kind', inApp({ args: [`sk_live_${VALUE}`] }), 'services.app.args'],
    ['a cloud key', inApp({ environment: { WHO: 'AKIAIOSFODNN7EXAMPLE' } }), 'services.app.environment.WHO'],
    ['a key in the place of a name', { services: { [`0x${KEY}`]: VALUE, app: { args: [KEY] } } }, 'services.app.args'],
  ])('is refused and not repeated: %s', (_, given, path) => {
    let thrown: unknown;
    try {
      refuseSecrets(given, '--set');
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({
      code: 'secret-in-answers',
      exitCode: 2,
      message: expect.stringContaining(`${path} in --set`),
    });
    const said = thrown instanceof Error ? `${thrown.message} ${JSON.stringify(thrown)}` : '';
    expect(said).not.toContain(VALUE);
    expect(said).not.toContain('123456789');
    expect(said).not.toContain(KEY);
  });

  it.each([
    ['a number', `services.app.environment.SIGNER=0x${KEY}`],
    ['text', `services.app.environment.SIGNER="${KEY}"`],
    ['one of a list', `services.app.args=[run, ${KEY}]`],
    ['a path', `${KEY}=1`],
  ])('is refused in --set before YAML reads it as %s', (_, text) => {
    const thrown = () => parseSet(text);
    expect(thrown).toThrow(expect.objectContaining({ code: 'secret-in-answers', exitCode: 2 }));
    expect(thrown).not.toThrow(new RegExp(KEY));
  });

  it.each<[string, Overlay]>([
    ['a template', inApp({ secrets: { DB_URL: 'postgres://me:${DATABASE_PASSWORD|url}@database/x' } })],
    ['a secret taken out', inApp({ environment: { API_KEY: null }, secrets: { API_KEY: null } })],
    [
      'an entry',
      { secrets: { entries: { API_KEY: { kind: 'entered', required: true, format: 'any', about: 'key' } } } },
    ],
    ['an address', inApp({ environment: { HYPERLIQUID_ACCOUNT_ADDRESS: '0x1' } })],
    ['a public key', inApp({ environment: { PUBLIC_KEY: 'abc' } })],
    ['an address on a chain in a path', inApp({ environment: { A: `https://a.io/contract/0x${KEY.slice(0, 40)}` } })],
    ['words in a path', inApp({ environment: { A: 'https://a.io/market-data-of-2024/candles_1h_and_4h_and_1d' } })],
    [
      'a query without a key',
      inApp({ environment: { A: 'wss://a.io:9443/stream?streams=btcusdt@trade/ethusdt@kline_1m' } }),
    ],
    ['a template in a query', inApp({ secrets: { A: 'https://a.io/v1?apikey=${FEED_KEY}' } })],
    ['a URL with a user', inApp({ environment: { FEED: 'wss://me@feed.example:443/x' } })],
    ['a URL with a port', inApp({ environment: { FEED: 'https://feed.example:8443/a@b' } })],
    ['the digest of an image', { build: { rustImage: `rust:1.95.0@sha256:${KEY}` } }],
    ['an account address', inApp({ args: [`0x${KEY.slice(0, 40)}`] })],
    ['how the vault opens', { secrets: { store: 'vault', unlock: 'key-file', gateUser: 'me' } }],
  ])('is not %s', (_, given) => expect(() => refuseSecrets(given, '--set')).not.toThrow());
});

describe('the equivalent command', () => {
  it.each<[string, Overlay]>([
    ['numbers, lists and null', { ports: { tui: 7682 }, services: { app: { args: ['a b', "c'd"] }, collect: null } }],
    [
      'text that YAML would read as something else',
      {
        services: {
          app: { environment: { A: '8080', B: 'true', C: '', D: 'null', E: 'a: b', F: '[x', G: ' s ', H: '#no' } },
        },
      },
    ],
    ['text that a shell would read', { services: { app: { environment: { A: '$HOME `x` "y" \'z\' \\ !' } } } }],
    ['an empty map', { tui: { access: 'exec', binary: 'b', args: [], environment: {} } }],
    ['lines', { services: { app: { environment: { A: 'one\ntwo' } } } }],
    ['nothing', {}],
  ])('says the same when it is read back: %s', (_, decided) => {
    const command = equivalentCommand(decided);
    expect(command).toMatch(/^npx trading-setup init --yes/);
    expect(parseSets(setsOf(command))).toEqual(decided);
  });
});
