import type { Provider, Rotation } from './credential.ts';

/**
 * Key and secret are made together and are replaced together. Whether making new ones ends the old ones at once is not
 * documented where we could read it; the dashboard shows one pair for each account and calls it "regenerate", so it is
 * taken to.
 */
const pair: Rotation = {
  kind: 'credential',
  comesBack: 'never',
  // The new pair is there already, or nobody could enter it.
  before: [],
  after: [],
};

const MADE_AT =
  'app.alpaca.markets, API Keys, in the paper or the live account that is traded; to make a new pair ends the old one';
const SCOPE = 'trading; the keys of a paper account do not work on the live one';

/** Alpaca Trading API. */
export const alpaca: Provider = {
  id: 'alpaca',
  title: 'Alpaca',
  credentials: [
    {
      env: ['ALPACA_API_KEY', 'ALPACA_API_KEY_ID', 'ALPACA_KEY_ID', 'APCA_API_KEY_ID'],
      part: 'key',
      about: 'key ID of the Alpaca API',
      from: MADE_AT,
      scope: SCOPE,
      format: 'token',
      secret: true,
      trades: true,
      rotation: pair,
    },
    {
      env: ['ALPACA_API_SECRET', 'ALPACA_API_SECRET_KEY', 'ALPACA_SECRET_KEY', 'APCA_API_SECRET_KEY'],
      part: 'secret',
      about: 'secret key of the Alpaca API; shown once, when it is made',
      from: MADE_AT,
      scope: SCOPE,
      format: 'token',
      secret: true,
      trades: true,
      rotation: pair,
    },
  ],
  hosts: { live: ['api.alpaca.markets'], testnet: ['paper-api.alpaca.markets'] },
  api: { live: 'https://api.alpaca.markets', testnet: 'https://paper-api.alpaca.markets' },
};
