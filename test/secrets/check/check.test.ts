import { constants, createHmac, createPublicKey, createVerify, generateKeyPairSync, verify } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WebSocketServer } from 'ws';
import { checkCredential, judge } from '../../../src/secrets/check/check.ts';
import type { Verdict } from '../../../src/secrets/check/verdict.ts';
import type { Stack } from '../../../src/stack/schema.ts';
import { directHttp, type Http } from '../../../src/system/http.ts';
import { sampleStack, sampleValues } from '../sample.ts';
import { type Asked, type Reply, type StandIn, standIn } from './stand-in.ts';

const NOW = Date.UTC(2026, 10, 22);
const DAY = 86_400_000;

/** The address of this key, and another account. */
const KEY = `0x${'1'.padStart(64, '0')}`;
const AGENT = '0x7e5f4552091a69125d5dfcb7b8c2659029395bdf';
const ACCOUNT = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const STRANGER = '0x2b5ad5c4795c026514f8317c7a215e218dccd6cf';

/** A stack with these entries; more of it where a test says so. */
function stackWith(names: readonly string[], environment: Record<string, string> = {}, changes: object = {}): Stack {
  const secrets = Object.fromEntries(names.map((name) => [name, `\${${name}}`]));
  const entries = Object.fromEntries(
    names.map((name) => [name, { kind: 'entered', required: true, format: 'any', about: 'x' }]),
  );
  const { services, secrets: kept } = sampleStack({});
  const { app } = services;
  return sampleStack(
    {},
    { services: { app: { ...app, secrets, environment } }, secrets: { ...kept, entries }, ...changes },
  );
}

interface Ask {
  readonly environment?: Record<string, string>;
  readonly mode?: 'paper' | 'live';
  /** Where the program is told to ask; absent: nowhere. */
  readonly env?: Record<string, string>;
}

/** Asks as the commands do; whatever is said must not hold a value. */
async function ask(
  name: string,
  values: Record<string, string>,
  { environment, mode, env }: Ask,
): Promise<Verdict | undefined> {
  const stack = stackWith(Object.keys(values), environment, { mode: mode ?? 'live' });
  const ports = { http: directHttp, now: () => NOW, env: env ?? {} };
  const verdict = await checkCredential(stack, name, sampleValues(values), ports);
  for (const value of Object.values(values))
    if (!value.startsWith('0x5') && value.length > 5) expect(JSON.stringify(verdict ?? '')).not.toContain(value);
  return verdict;
}

type Info = (type: unknown, user: unknown) => Reply;

/** The venue's info endpoint. */
async function hyperliquid(info: Info): Promise<StandIn & { readonly env: Record<string, string> }> {
  const venue = await standIn(({ method, path, body }: Asked) => {
    if (method !== 'POST' || path !== '/info') return { status: 404 };
    const { type, user } = JSON.parse(body);
    return info(type, user);
  });
  return { ...venue, env: { TRADING_SETUP_HYPERLIQUID_URL: `${venue.url}/` } };
}

const approved: Info = (type, user) => {
  if (type === 'extraAgents') return { body: [{ name: 'bot', address: AGENT, validUntil: NOW + 90 * DAY }] };
  return { body: user === AGENT ? { role: 'agent', data: { user: ACCOUNT.toLowerCase() } } : { role: 'user' } };
};

const wallet = (key = KEY, account = ACCOUNT) => ({
  HYPERLIQUID_API_WALLET_KEY: key,
  HYPERLIQUID_ACCOUNT_ADDRESS: account,
});

describe('the key of a Hyperliquid API wallet', () => {
  it('is good where the account has approved it, until the day that the venue tells', async () => {
    const venue = await hyperliquid(approved);
    expect(await ask('HYPERLIQUID_API_WALLET_KEY', wallet(), venue)).toEqual({
      level: 'good',
      text: '0x7E5F…5Bdf is an approved API wallet of 0x5aAe…eAed on Hyperliquid until 2027-02-20',
      expires: '2027-02-20T00:00:00.000Z',
    });
  });

  it('is never sent, in no form', async () => {
    const key = 'ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
    const venue = await hyperliquid(() => ({ body: { role: 'missing' } }));
    await ask('HYPERLIQUID_API_WALLET_KEY', wallet(`0x${key}`), venue);
    expect(venue.asked.length).toBe(1);
    expect(venue.heard()).toContain('0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266');
    const bytes = Buffer.from(key, 'hex');
    for (const form of [key, key.toUpperCase(), key.slice(0, 16), bytes.toString('base64')])
      expect(venue.heard()).not.toContain(form);
  });

  it('waits for its approval', async () => {
    const venue = await hyperliquid(() => ({ body: { role: 'missing' } }));
    const verdict = await ask('HYPERLIQUID_API_WALLET_KEY', wallet(), venue);
    expect(verdict).toMatchObject({ level: 'waiting', text: expect.stringContaining('approve it at') });
  });

  it.each([
    ['user', { role: 'user' }],
    ['vault', { role: 'vault' }],
    ['sub-account', { role: 'subAccount', data: { master: ACCOUNT } }],
  ])('is refused where its address is a %s: it can withdraw', async (_, body) => {
    const venue = await hyperliquid(() => ({ body }));
    const verdict = await ask('HYPERLIQUID_API_WALLET_KEY', wallet(), venue);
    expect(verdict).toMatchObject({ level: 'bad', text: expect.stringContaining('can withdraw') });
  });

  it('is refused before anybody is asked where it is the key of the traded account itself', async () => {
    const venue = await hyperliquid(approved);
    const values = wallet(KEY, `0x${AGENT.slice(2).toUpperCase()}`);
    const verdict = await ask('HYPERLIQUID_API_WALLET_KEY', values, venue);
    expect(verdict).toMatchObject({ level: 'bad', text: expect.stringContaining('can withdraw') });
    expect(venue.asked).toEqual([]);
    expect(judge(stackWith(Object.keys(values)), 'HYPERLIQUID_API_WALLET_KEY', sampleValues(values))).toContain(
      'can withdraw',
    );
  });

  it('is refused where another account has approved it', async () => {
    const venue = await hyperliquid((type, user) =>
      user === AGENT ? { body: { role: 'agent', data: { user: STRANGER } } } : approved(type, user),
    );
    const verdict = await ask('HYPERLIQUID_API_WALLET_KEY', wallet(), venue);
    expect(verdict).toMatchObject({
      level: 'bad',
      text: expect.stringContaining('is an API wallet of 0x2B5A…D6cF, and not of'),
    });
  });

  it('is good for a sub-account of the account that has approved it', async () => {
    const venue = await hyperliquid((type, user) => {
      if (type === 'extraAgents') return { body: [] };
      if (user === AGENT) return { body: { role: 'agent', data: { user: STRANGER } } };
      return { body: { role: 'subAccount', data: { master: STRANGER } } };
    });
    expect(await ask('HYPERLIQUID_API_WALLET_KEY', wallet(), venue)).toMatchObject({ level: 'good' });
  });

  it('is good without an end where the agent has no name', async () => {
    const venue = await hyperliquid((type, user) => (type === 'extraAgents' ? { body: [] } : approved(type, user)));
    const verdict = await ask('HYPERLIQUID_API_WALLET_KEY', wallet(), venue);
    expect(verdict).toEqual({ level: 'good', text: expect.not.stringContaining('until') });
  });

  it('is bad when its approval has ended', async () => {
    const venue = await hyperliquid((type, user) =>
      type === 'extraAgents' ? { body: [{ name: 'b', address: AGENT, validUntil: NOW - 1 }] } : approved(type, user),
    );
    expect(await ask('HYPERLIQUID_API_WALLET_KEY', wallet(), venue)).toMatchObject({
      level: 'bad',
      text: expect.stringContaining('ended'),
    });
  });

  it.each<[string, Reply]>([
    ['no JSON', { body: '<html>' }],
    ['another role', { body: { role: 'emperor' } }],
    ['an agent of nobody', { body: { role: 'agent' } }],
    ['null', { body: 'null' }],
    ['an error', { status: 500, body: {} }],
    ['too many requests', { status: 429 }],
    ['a redirect', { status: 302, location: 'http://127.0.0.1:9/' }],
  ])('is unknown where the answer is %s', async (_, reply) => {
    const venue = await hyperliquid(() => reply);
    const verdict = await ask('HYPERLIQUID_API_WALLET_KEY', wallet(), venue);
    expect(verdict).toMatchObject({
      level: 'unknown',
      text: expect.stringContaining('Hyperliquid gave an answer that says nothing'),
    });
    expect(venue.asked.length).toBe(1);
  });

  it('is unknown where nobody answers', async () => {
    const venue = await hyperliquid(() => 'silence');
    expect(await ask('HYPERLIQUID_API_WALLET_KEY', wallet(), venue)).toEqual({
      level: 'unknown',
      text: 'Hyperliquid could not be asked about 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf: no answer within 5 s',
    });
  }, 10_000);

  it('is unknown where nobody is there', async () => {
    const env = { TRADING_SETUP_HYPERLIQUID_URL: 'http://127.0.0.1:9' };
    expect(await ask('HYPERLIQUID_API_WALLET_KEY', wallet(), { env })).toEqual({
      level: 'unknown',
      text: 'Hyperliquid could not be asked about 0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf: connection refused',
    });
  });

  it('is looked up by itself where no account is known', async () => {
    const venue = await hyperliquid(approved);
    const verdict = await ask('HYPERLIQUID_PRIVATE_KEY', { HYPERLIQUID_PRIVATE_KEY: KEY }, venue);
    expect(verdict).toMatchObject({ level: 'good' });
  });
});

describe('the address of a Hyperliquid account', () => {
  it.each([
    ['an account', { role: 'user' }, 'good', 'is an account'],
    ['a vault', { role: 'vault' }, 'good', 'is a vault'],
    ['an API wallet', { role: 'agent', data: { user: STRANGER } }, 'bad', 'the account itself'],
    ['unknown', { role: 'missing' }, 'waiting', 'nothing was ever deposited'],
  ])('that is %s', async (_, body, level, text) => {
    const venue = await hyperliquid(() => ({ body }));
    const verdict = await ask('HYPERLIQUID_ACCOUNT_ADDRESS', wallet(), venue);
    expect(verdict).toMatchObject({ level, text: expect.stringContaining(text) });
  });

  it('with a mistyped sign is refused', () => {
    const values = wallet(KEY, ACCOUNT.replace('5aAe', '5aAf'));
    const problem = judge(stackWith(Object.keys(values)), 'HYPERLIQUID_ACCOUNT_ADDRESS', sampleValues(values));
    expect(problem).toContain('EIP-55');
  });
});

const PAIR = { ALPACA_API_KEY: 'PKA1B2C3D4E5F6', ALPACA_API_SECRET: 'sEcReT0123456789abcdefghij' };

async function provider(id: string, reply: (asked: Asked) => Reply) {
  const there = await standIn(reply);
  return { ...there, env: { [`TRADING_SETUP_${id}_URL`]: there.url } };
}

describe('an Alpaca key', () => {
  it('is good where the account is active', async () => {
    const alpaca = await provider('ALPACA', () => ({ body: { status: 'ACTIVE', trading_blocked: false } }));
    expect(await ask('ALPACA_API_SECRET', PAIR, alpaca)).toMatchObject({ level: 'good' });
    expect(
      alpaca.asked.map(({ method, path, headers }) => [
        method,
        path,
        headers['apca-api-key-id'],
        headers['apca-api-secret-key'],
      ]),
    ).toEqual([['GET', '/v2/account', PAIR.ALPACA_API_KEY, PAIR.ALPACA_API_SECRET]]);
  });

  it.each([
    [401, 'bad', 'looks like a key of a paper account'],
    [403, 'bad', 'refuses key and secret for the live account'],
    [503, 'unknown', '503, it has trouble of its own'],
  ])('that gets a %i is %s', async (status, level, text) => {
    const alpaca = await provider('ALPACA', () => ({ status, body: { message: 'forbidden.' } }));
    expect(await ask('ALPACA_API_KEY', PAIR, alpaca)).toMatchObject({ level, text: expect.stringContaining(text) });
  });

  it('waits where the account may not trade', async () => {
    const alpaca = await provider('ALPACA', () => ({ body: { status: 'ACTIVE', trading_blocked: true } }));
    expect(await ask('ALPACA_API_KEY', PAIR, alpaca)).toMatchObject({ level: 'waiting' });
  });

  it('is not asked for without its other half', async () => {
    const alpaca = await provider('ALPACA', () => ({}));
    expect(await ask('ALPACA_API_KEY', { ALPACA_API_KEY: 'PKA1B2C3', ALPACA_API_SECRET: '' }, alpaca)).toEqual({
      level: 'unknown',
      text: 'ALPACA_API_SECRET has no value yet, and both are asked together',
    });
    expect(alpaca.asked).toEqual([]);
  });

  it('is refused where the same text is under both names', async () => {
    const alpaca = await provider('ALPACA', () => ({}));
    const values = { ALPACA_API_KEY: 'the-same-text', ALPACA_API_SECRET: 'the-same-text' };
    expect(await ask('ALPACA_API_KEY', values, alpaca)).toMatchObject({
      level: 'bad',
      text: expect.stringContaining('pasted twice'),
    });
    expect(alpaca.asked).toEqual([]);
  });

  it('does not follow a redirect with the secret', async () => {
    const elsewhere = await standIn(() => ({ body: { status: 'ACTIVE' } }));
    const alpaca = await provider('ALPACA', () => ({ status: 307, location: `${elsewhere.url}/v2/account` }));
    expect(await ask('ALPACA_API_KEY', PAIR, alpaca)).toMatchObject({
      level: 'unknown',
      text: expect.stringContaining('redirect'),
    });
    expect(elsewhere.asked).toEqual([]);
  });

  it('is not sent readable over the network', async () => {
    const environment = { ALPACA_BASE_URL: 'http://alpaca-proxy.example' };
    expect(await ask('ALPACA_API_KEY', PAIR, { environment })).toEqual({
      level: 'unknown',
      text: 'Alpaca was not asked: its address is not https',
    });
  });
});

const BINANCE = {
  BINANCE_API_KEY: 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zv',
  BINANCE_API_SECRET: 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP',
};
const MAY = { enableReading: true, enableWithdrawals: false, enableSpotAndMarginTrading: true, ipRestrict: true };

describe('a Binance key', () => {
  it('is good where it trades and can not withdraw, and signed as Binance wants it', async () => {
    const binance = await provider('BINANCE', () => ({ body: { ...MAY, tradingAuthorityExpirationTime: NOW + DAY } }));
    expect(await ask('BINANCE_API_SECRET', BINANCE, binance)).toEqual({
      level: 'good',
      text: 'Binance takes key and secret: they can trade, and they can not withdraw',
      expires: '2026-11-23T00:00:00.000Z',
    });
    const [asked] = binance.asked;
    expect(asked).toMatchObject({ method: 'GET', path: '/sapi/v1/account/apiRestrictions' });
    expect(asked?.headers['x-mbx-apikey']).toBe(BINANCE.BINANCE_API_KEY);
    const signed = `recvWindow=5000&timestamp=${NOW}`;
    const expected = createHmac('sha256', BINANCE.BINANCE_API_SECRET).update(signed).digest('hex');
    expect(asked?.query.get('signature')).toBe(expected);
    expect(binance.heard()).not.toContain(BINANCE.BINANCE_API_SECRET);
  });

  // The example of Binance's own documentation: its key, its secret, its query, its signature.
  it('signs what Binance gives as an example', () => {
    const secret = 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j';
    const query =
      'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559';
    expect(createHmac('sha256', secret).update(query).digest('hex')).toBe(
      'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71',
    );
  });

  it.each(['rsa', 'ed25519'] as const)('signs with a key of %s as well', async (kind) => {
    const pair = kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519');
    const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
    const binance = await provider('BINANCE', () => ({ body: MAY }));
    await ask('BINANCE_API_KEY', { ...BINANCE, BINANCE_API_SECRET: pem.replaceAll('\n', '\\n') }, binance);
    const { query } = binance.asked[0] ?? expect.fail();
    const signature = Buffer.from(query.get('signature') ?? '', 'base64');
    const algorithm = kind === 'rsa' ? 'sha256' : null;
    expect(verify(algorithm, Buffer.from(`recvWindow=5000&timestamp=${NOW}`), pair.publicKey, signature)).toBe(true);
  });

  it.each<[string, Reply, string, string]>([
    ['may withdraw', { body: { ...MAY, enableWithdrawals: true } }, 'bad', 'can withdraw'],
    ['only reads', { body: { ...MAY, enableSpotAndMarginTrading: false } }, 'good', 'can not trade'],
    ['is open to any address', { body: { ...MAY, ipRestrict: false } }, 'good', 'any IP address'],
    ['may trade no more', { body: { ...MAY, tradingAuthorityExpirationTime: NOW - 1 } }, 'waiting', 'has ended'],
    ['is refused', { status: 401, body: { code: -2015, msg: 'Invalid API-key' } }, 'bad', 'refuses'],
    ['is signed wrongly', { status: 400, body: { code: -1022 } }, 'bad', 'refuses'],
    ['is asked by a wrong clock', { status: 400, body: { code: -1021 } }, 'unknown', 'clock'],
    ['is asked from the wrong place', { status: 451, body: '' }, 'unknown', 'from this place'],
    ['gets nonsense', { body: { enableWithdrawals: 'maybe' } }, 'unknown', 'says nothing'],
  ])('that %s', async (_, reply, level, text) => {
    const binance = await provider('BINANCE', () => reply);
    expect(await ask('BINANCE_API_KEY', BINANCE, binance)).toMatchObject({
      level,
      text: expect.stringContaining(text),
    });
  });

  it('is asked about on the test network without what that does not have', async () => {
    const binance = await provider('BINANCE', () => ({ body: { canTrade: true } }));
    const verdict = await ask('BINANCE_API_KEY', BINANCE, { ...binance, mode: 'paper' });
    expect(verdict).toMatchObject({ level: 'good' });
    expect(binance.asked[0]?.path).toBe('/api/v3/account');
  });
});

describe('a Kalshi key', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString().trim();
  const values = {
    KALSHI_API_KEY_ID: 'a952bcbe-ec3b-4b5b-b8f9-11dae589608c',
    KALSHI_PRIVATE_KEY: pem.replaceAll('\n', '\\n'),
  };

  it('is good where its balance can be read, with a signature that its public half confirms', async () => {
    const kalshi = await provider('KALSHI', () => ({ body: { balance: 12_345 } }));
    expect(await ask('KALSHI_PRIVATE_KEY', values, kalshi)).toEqual({
      level: 'good',
      text: 'Kalshi takes key ID and private key',
    });
    const { method, path, headers } = kalshi.asked[0] ?? expect.fail();
    expect([method, path]).toEqual(['GET', '/trade-api/v2/portfolio/balance']);
    const text = `${headers['kalshi-access-timestamp']}GET/trade-api/v2/portfolio/balance`;
    const key = {
      key: createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })),
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: 32,
    };
    const confirmed = createVerify('sha256')
      .update(text)
      .verify(key, String(headers['kalshi-access-signature']), 'base64');
    expect(confirmed).toBe(true);
    expect(headers['kalshi-access-key']).toBe(values.KALSHI_API_KEY_ID);
    expect(kalshi.heard()).not.toContain(pem.slice(40, 80));
  });

  it.each<[string, Reply, string]>([
    ['refused', { status: 401, body: { error: { code: 'INCORRECT_API_KEY_SIGNATURE' } } }, 'bad'],
    ['answered with nonsense', { body: { balance: 'much' } }, 'unknown'],
    ['answered with a page', { status: 200, body: '<html>' }, 'unknown'],
  ])('that is %s', async (_, reply, level) => {
    const kalshi = await provider('KALSHI', () => reply);
    expect(await ask('KALSHI_API_KEY_ID', values, kalshi)).toMatchObject({ level });
  });

  it('that is no RSA key is refused before anybody is asked', () => {
    const other = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString().trim();
    const changed = { ...values, KALSHI_PRIVATE_KEY: other };
    expect(judge(stackWith(Object.keys(changed)), 'KALSHI_PRIVATE_KEY', sampleValues(changed))).toContain('no RSA key');
  });
});

describe('Polymarket credentials', () => {
  const values = {
    POLYMARKET_PRIVATE_KEY: KEY,
    POLYMARKET_API_KEY: 'a952bcbe-ec3b-4b5b-b8f9-11dae589608c',
    POLYMARKET_API_SECRET: Buffer.from([255, 254, 253, 0, 1, 2, 3, 250, 251]).toString('base64url'),
    POLYMARKET_API_PASSPHRASE: 'pass-phrase-0123456789',
  };

  it('are good where they are listed, signed with their secret and without the key of the wallet', async () => {
    const polymarket = await provider('POLYMARKET', () => ({ body: { apiKeys: [values.POLYMARKET_API_KEY] } }));
    expect(await ask('POLYMARKET_API_KEY', values, polymarket)).toEqual({
      level: 'good',
      text: 'Polymarket takes the API credentials of the wallet 0x7E5F…5Bdf',
    });
    const { headers, path } = polymarket.asked[0] ?? expect.fail();
    expect([path, headers.poly_address, headers.poly_passphrase]).toEqual([
      '/auth/api-keys',
      AGENT,
      values.POLYMARKET_API_PASSPHRASE,
    ]);
    const hmac = createHmac('sha256', Buffer.from([255, 254, 253, 0, 1, 2, 3, 250, 251]));
    const expected = hmac
      .update(`${NOW / 1000}GET/auth/api-keys`)
      .digest('base64')
      .replaceAll('+', '-')
      .replaceAll('/', '_');
    expect(headers.poly_signature).toBe(expected);
    expect(polymarket.heard()).not.toContain(KEY.slice(2));
    expect(polymarket.heard()).not.toContain(values.POLYMARKET_API_SECRET);
  });

  it.each<[string, Reply, string]>([
    ['refused', { status: 401, body: { error: 'Unauthorized/Invalid api key' } }, 'bad'],
    ['answered with nonsense', { body: [] }, 'unknown'],
  ])('that are %s', async (_, reply, level) => {
    const polymarket = await provider('POLYMARKET', () => reply);
    expect(await ask('POLYMARKET_API_SECRET', values, polymarket)).toMatchObject({ level });
  });

  it('are not asked about where the program derives them itself', async () => {
    const polymarket = await provider('POLYMARKET', () => ({}));
    expect(await ask('POLYMARKET_PRIVATE_KEY', { POLYMARKET_PRIVATE_KEY: KEY }, polymarket)).toBeUndefined();
    expect(polymarket.asked).toEqual([]);
  });

  it('say where wallet and address do not belong together', () => {
    const both = { POLYMARKET_PRIVATE_KEY: KEY, POLYMARKET_ADDRESS: ACCOUNT };
    expect(judge(stackWith(Object.keys(both)), 'POLYMARKET_PRIVATE_KEY', sampleValues(both))).toContain(
      'POLYMARKET_ADDRESS says',
    );
  });
});

describe('the address of a node', () => {
  async function node(answer: string | undefined): Promise<string> {
    const server = createServer((_, response) => response.writeHead(401).end());
    const sockets = answer === undefined ? undefined : new WebSocketServer({ server });
    sockets?.on('connection', (socket) => socket.on('message', () => socket.send(answer ?? '')));
    onTestFinished(() => {
      for (const client of sockets?.clients ?? []) client.terminate();
      server.close();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
    // A server on a port has an address with one.
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/v2/customer-key`;
  }

  it.each([
    ['{"jsonrpc":"2.0","id":1,"result":"0x1"}', 'good', 'a node of chain 1 (Ethereum) answers'],
    ['{"jsonrpc":"2.0","id":1,"result":"0x270f"}', 'good', 'a node of chain 9999 answers'],
    ['{"jsonrpc":"2.0","id":1,"error":{"code":-32000}}', 'unknown', 'Onchain RPC gave an answer that says nothing'],
    ['hello', 'unknown', 'Onchain RPC gave an answer that says nothing'],
    [undefined, 'bad', 'the node refuses it: the key in the address is not valid'],
  ])('that answers %s is %s', async (answer, level, text) => {
    const url = await node(answer);
    expect(await ask('WS_RPC_URL', { WS_RPC_URL: url }, {})).toMatchObject({ level, text });
  });

  /** A node of chain 14 with one contract. */
  const chain14: Http = async ({ body }) => {
    const { method, params } = JSON.parse(String(body));
    const isThere = method === 'eth_getCode' && params[0] === ACCOUNT && params[1] === 'latest';
    const result = method === 'eth_chainId' ? '0xe' : isThere ? '0x6080' : '0x';
    return { status: 101, body: JSON.stringify({ jsonrpc: '2.0', id: 1, result }) };
  };
  async function told(environment: Record<string, string>, before?: number): Promise<Verdict | undefined> {
    const values = { WS_RPC_URL: 'wss://node.example/v2/customer-key' };
    const chains = before === undefined ? {} : { chains: new Map([['WS_RPC_URL', before]]) };
    const stack = stackWith(Object.keys(values), environment);
    return checkCredential(stack, 'WS_RPC_URL', sampleValues(values), {
      ...{ http: chain14, now: () => NOW, env: {} },
      ...chains,
    });
  }

  it.each([
    [{ CHAIN_ID: '14' }, undefined, 'good', 'a node of chain 14 (Flare) answers'],
    [{ CHAIN_ID: '1' }, undefined, 'bad', 'it is a node of chain 14 (Flare), and CHAIN_ID says chain 1 (Ethereum)'],
    [{}, 14, 'good', 'a node of chain 14 (Flare) answers'],
    [{}, 8453, 'bad', 'it is a node of chain 14 (Flare), and the one before was of chain 8453 (Base)'],
    [{ CHAIN_ID: '14' }, 1, 'good', 'a node of chain 14 (Flare) answers'],
    [{ ORDERBOOK: ACCOUNT }, undefined, 'good', 'a node of chain 14 (Flare) answers'],
    [{ ORDERBOOK: STRANGER }, undefined, 'bad', `no contract at ${STRANGER} (ORDERBOOK) on chain 14 (Flare)`],
    [{ ORDERBOOK: 'not filled in yet' }, undefined, 'good', 'a node of chain 14 (Flare) answers'],
  ])('is of the chain that the stack is on: %j after chain %s is %s', async (environment, before, level, text) => {
    expect(await told(environment, before)).toEqual({ level, text, ...(level === 'good' ? { chain: 14 } : {}) });
  });

  it('where nobody listens is unknown, and the key in it is not repeated', async () => {
    expect(await ask('WS_RPC_URL', { WS_RPC_URL: 'ws://127.0.0.1:9/v2/customer-key' }, {})).toEqual({
      level: 'unknown',
      text: 'Onchain RPC could not be asked: connection refused',
    });
  });
});

describe('nobody is asked', () => {
  it.each([
    ['SCHWAB_APP_SECRET', 'a-secret-of-schwab'],
    ['SOME_WEBHOOK_TOKEN', 'a-token-of-somebody'],
    ['DATABASE_PASSWORD', 'a-password-of-ours'],
    ['ENCRYPTION_KEY', 'ab'.repeat(32)],
  ])('about %s', async (name, value) => expect(await ask(name, { [name]: value }, {})).toBeUndefined());

  it('where the form is wrong: that is said at once', async () => {
    const venue = await hyperliquid(approved);
    const verdict = await ask('HYPERLIQUID_API_WALLET_KEY', wallet(`0x${'a'.repeat(63)}`), venue);
    expect(verdict).toMatchObject({ level: 'bad', text: expect.stringContaining('63 digits') });
    expect(venue.asked).toEqual([]);
  });
});

describe('a stack that is PAPER by a dry run', () => {
  const stack = (names: readonly string[]): Stack => stackWith(names, {}, { mode: 'paper' });
  const at = { now: () => NOW, env: {} };
  const values = wallet();

  it('holds a good key where the real network knows it', async () => {
    const asked: string[] = [];
    const http: Http = async ({ url, body }) => {
      asked.push(url);
      const { type, user } = JSON.parse(String(body));
      const reply = url.includes('testnet') ? { body: { role: 'missing' } } : approved(type, user);
      return { status: 200, body: JSON.stringify(reply === 'silence' ? '' : reply.body) };
    };
    const verdict = await checkCredential(
      stack(Object.keys(values)),
      'HYPERLIQUID_API_WALLET_KEY',
      sampleValues(values),
      { http, ...at },
    );
    expect(verdict).toMatchObject({ level: 'good', text: expect.stringContaining('on Hyperliquid until') });
    expect(asked[0]).toBe('https://api.hyperliquid-testnet.xyz/info');
  });

  it('holds a bad one where any network says that it can withdraw', async () => {
    const http: Http = async ({ url }) => ({
      status: 200,
      body: JSON.stringify({ role: url.includes('testnet') ? 'missing' : 'user' }),
    });
    const verdict = await checkCredential(
      stack(Object.keys(values)),
      'HYPERLIQUID_API_WALLET_KEY',
      sampleValues(values),
      { http, ...at },
    );
    expect(verdict).toEqual({ level: 'bad', text: expect.stringContaining('can withdraw'), withdraws: true });
  });
});
