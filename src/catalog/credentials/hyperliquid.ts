import type { Provider } from './credential.ts';

/** Hyperliquid: an agent ("API") wallet signs orders for the master account, and cannot withdraw. */
export const hyperliquid: Provider = {
  id: 'hyperliquid',
  title: 'Hyperliquid',
  credentials: [
    {
      env: ['HYPERLIQUID_ACCOUNT_ADDRESS'],
      about: 'address of the Hyperliquid account that is traded (the master account, not the API wallet)',
      from: 'shown at the top right of app.hyperliquid.xyz when the wallet is connected',
      format: 'evm-address',
      secret: false,
      trades: false,
    },
    {
      env: ['HYPERLIQUID_API_WALLET_KEY'],
      about: 'private key of the Hyperliquid API wallet that signs the orders',
      from: 'app.hyperliquid.xyz, More, API: generate and authorize an API wallet (valid for at most 180 days)',
      format: 'evm-private-key',
      secret: true,
      trades: true,
    },
    {
      // Also the name under which programs ask for the master key, which can withdraw: hence the advice.
      env: ['HYPERLIQUID_PRIVATE_KEY'],
      about:
        'private key that signs Hyperliquid orders; use the key of an API wallet, never that of the account itself',
      from: 'app.hyperliquid.xyz, More, API: generate and authorize an API wallet (valid for at most 180 days)',
      format: 'evm-private-key',
      secret: true,
      trades: true,
    },
  ],
  hosts: {
    live: ['api.hyperliquid.xyz'],
    testnet: ['api.hyperliquid-testnet.xyz'],
  },
};
