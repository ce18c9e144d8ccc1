import type { Provider, Rotation } from './credential.ts';

/** Derived from the wallet's signature, with a nonce: several sets work side by side until one is deleted. */
const derived: Rotation = {
  kind: 'credential',
  comesBack: 'until-revoked',
  before: [],
  after: ['Delete the old API key with the client that made it (DELETE /auth/api-key).'],
};

const DERIVED_AT =
  "made by a Polymarket client from the wallet's signature (create or derive API key); all three together";

/** Polymarket: orders are signed by a wallet, requests by an API key that was derived from it. */
export const polymarket: Provider = {
  id: 'polymarket',
  title: 'Polymarket',
  credentials: [
    {
      // Polymarket has no key that can trade and not withdraw; so it is not refused, and the advice is all there is.
      env: ['POLYMARKET_PRIVATE_KEY', 'POLY_PRIVATE_KEY', 'POLYMARKET_WALLET_KEY'],
      part: 'wallet',
      about: 'private key of the wallet that signs Polymarket orders; whoever has it can move what the wallet holds',
      from: 'the wallet itself; the API credentials belong to it and are replaced with it',
      scope: 'a wallet of its own: Polymarket has no key that trades and can not withdraw',
      format: 'evm-private-key',
      secret: true,
      trades: true,
      rotation: {
        kind: 'credential',
        // Another key is another wallet: the old one goes on to work and holds the positions.
        comesBack: 'until-revoked',
        before: [],
        after: ['Move what the old wallet still holds, and end its positions.'],
      },
    },
    {
      env: ['POLYMARKET_API_KEY', 'POLY_API_KEY', 'CLOB_API_KEY'],
      part: 'key',
      about: 'API key of the Polymarket order book',
      from: DERIVED_AT,
      format: 'uuid',
      secret: true,
      trades: false,
      rotation: derived,
    },
    {
      env: ['POLYMARKET_API_SECRET', 'POLYMARKET_SECRET', 'POLY_API_SECRET', 'POLY_SECRET', 'CLOB_SECRET'],
      part: 'secret',
      about: 'secret of the Polymarket API key',
      from: DERIVED_AT,
      format: 'base64',
      secret: true,
      trades: false,
      rotation: derived,
    },
    {
      env: [
        ...['POLYMARKET_API_PASSPHRASE', 'POLYMARKET_PASSPHRASE', 'POLY_API_PASSPHRASE', 'POLY_PASSPHRASE'],
        ...['CLOB_PASS_PHRASE', 'CLOB_PASSPHRASE'],
      ],
      part: 'passphrase',
      about: 'passphrase of the Polymarket API key',
      from: DERIVED_AT,
      format: 'token',
      secret: true,
      trades: false,
      rotation: derived,
    },
    {
      env: ['POLYMARKET_ADDRESS', 'POLY_ADDRESS', 'POLYMARKET_WALLET_ADDRESS'],
      part: 'account',
      about: 'address of the wallet that signs Polymarket orders',
      from: 'the wallet itself',
      format: 'evm-address',
      secret: false,
      trades: false,
      rotation: { kind: 'credential', comesBack: 'always', before: [], after: [] },
    },
  ],
  hosts: { live: ['clob.polymarket.com'], testnet: [] },
  api: { live: 'https://clob.polymarket.com' },
};
