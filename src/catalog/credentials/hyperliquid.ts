import type { Provider, Rotation } from './credential.ts';

const MADE_AT = 'app.hyperliquid.xyz, More, API: generate and authorize an API wallet (valid for at most 180 days)';

/**
 * An API wallet that is approved under a name deregisters the one that had this name (and an unnamed one the unnamed
 * one), and the nonces of a removed wallet may be pruned: an old address must never be approved again.
 */
const agent: Rotation = {
  kind: 'credential',
  comesBack: 'never',
  before: ['Approve the new API wallet at app.hyperliquid.xyz, More, API, by the address of the new key.'],
  after: ['Remove the old API wallet at app.hyperliquid.xyz, More, API, where it is still listed.'],
};

const SCOPE = 'an API wallet: it can trade, and it can not withdraw';

/** Hyperliquid: an agent ("API") wallet signs orders for the master account, and cannot withdraw. */
export const hyperliquid: Provider = {
  id: 'hyperliquid',
  title: 'Hyperliquid',
  credentials: [
    {
      env: ['HYPERLIQUID_ACCOUNT_ADDRESS'],
      part: 'account',
      about: 'address of the Hyperliquid account that is traded (the master account, not the API wallet)',
      from: 'shown at the top right of app.hyperliquid.xyz when the wallet is connected',
      format: 'evm-address',
      secret: false,
      trades: false,
      rotation: { kind: 'credential', comesBack: 'always', before: [], after: [] },
    },
    {
      env: ['HYPERLIQUID_API_WALLET_KEY'],
      part: 'key',
      about: 'private key of the Hyperliquid API wallet that signs the orders',
      from: MADE_AT,
      scope: SCOPE,
      format: 'evm-private-key',
      secret: true,
      trades: true,
      // The provider tells the real end; this is its limit.
      lifetime: { days: 180, since: 'set' },
      rotation: agent,
    },
    {
      // Also the name under which programs ask for the master key, which can withdraw: hence the advice.
      env: ['HYPERLIQUID_PRIVATE_KEY'],
      part: 'key',
      about:
        'private key that signs Hyperliquid orders; use the key of an API wallet, never that of the account itself',
      from: MADE_AT,
      scope: SCOPE,
      format: 'evm-private-key',
      secret: true,
      trades: true,
      lifetime: { days: 180, since: 'set' },
      rotation: agent,
    },
  ],
  hosts: {
    live: ['api.hyperliquid.xyz'],
    testnet: ['api.hyperliquid-testnet.xyz'],
  },
  api: { live: 'https://api.hyperliquid.xyz', testnet: 'https://api.hyperliquid-testnet.xyz' },
};
