import type { Provider, Rotation } from './credential.ts';

/** An account has many keys: both work until the old one is deleted. */
const pair: Rotation = {
  kind: 'credential',
  comesBack: 'until-revoked',
  before: [],
  after: ['Delete the old key at kalshi.com, Account & security, API Keys.'],
};

const MADE_AT = 'kalshi.com (or demo.kalshi.co), Account & security, API Keys, Create Key';

/** Kalshi: requests are signed with an RSA key; a key of the demo works only there. */
export const kalshi: Provider = {
  id: 'kalshi',
  title: 'Kalshi',
  credentials: [
    {
      env: ['KALSHI_API_KEY_ID', 'KALSHI_KEY_ID', 'KALSHI_API_KEY', 'KALSHI_ACCESS_KEY'],
      part: 'key',
      about: 'key ID of the Kalshi API',
      from: MADE_AT,
      scope: 'read and write',
      format: 'uuid',
      secret: true,
      trades: true,
      rotation: pair,
    },
    {
      env: ['KALSHI_PRIVATE_KEY', 'KALSHI_API_PRIVATE_KEY', 'KALSHI_PRIVATE_KEY_PEM', 'KALSHI_API_SECRET'],
      part: 'secret',
      about: 'private key of the Kalshi API, in PEM; shown once, when it is made',
      from: MADE_AT,
      scope: 'read and write',
      format: 'pem-private-key',
      secret: true,
      trades: true,
      rotation: pair,
    },
  ],
  hosts: {
    live: ['api.elections.kalshi.com', 'external-api.kalshi.com', 'trading-api.kalshi.com'],
    testnet: ['demo-api.kalshi.co', 'external-api.demo.kalshi.co'],
  },
  api: { live: 'https://external-api.kalshi.com', testnet: 'https://external-api.demo.kalshi.co' },
};
