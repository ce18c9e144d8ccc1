import type { Provider, Rotation } from './credential.ts';

/** An account has many keys: both work until the old one is deleted. */
const pair: Rotation = {
  kind: 'credential',
  comesBack: 'until-revoked',
  before: [],
  after: ['Delete the old key at binance.com, API Management.'],
};

const MADE_AT = 'binance.com, API Management, Create API';
const SCOPE = 'reading and the trading that the program does; never withdrawals; only the IP address of the server';

/** Binance. A key without a fixed IP address loses its permission to trade after a while. */
export const binance: Provider = {
  id: 'binance',
  title: 'Binance',
  credentials: [
    {
      env: ['BINANCE_API_KEY', 'BINANCE_KEY'],
      part: 'key',
      about: 'API key of Binance',
      from: MADE_AT,
      scope: SCOPE,
      format: 'token',
      secret: true,
      trades: true,
      rotation: pair,
    },
    {
      // A word for HMAC keys, PEM for RSA and Ed25519 keys: the check looks at it.
      env: ['BINANCE_API_SECRET', 'BINANCE_SECRET_KEY', 'BINANCE_SECRET', 'BINANCE_API_SECRET_KEY'],
      part: 'secret',
      about: 'secret key of Binance that signs requests; shown once, when it is made',
      from: MADE_AT,
      scope: SCOPE,
      format: 'any',
      secret: true,
      trades: true,
      rotation: pair,
    },
  ],
  hosts: {
    live: [
      ...['api.binance.com', 'api1.binance.com', 'api2.binance.com', 'api3.binance.com', 'api4.binance.com'],
      ...['fapi.binance.com', 'dapi.binance.com', 'stream.binance.com', 'fstream.binance.com', 'ws-api.binance.com'],
    ],
    testnet: ['testnet.binance.vision', 'testnet.binancefuture.com'],
  },
  api: { live: 'https://api.binance.com', testnet: 'https://testnet.binance.vision' },
};
