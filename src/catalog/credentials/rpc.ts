import type { Provider } from './credential.ts';

/** A node of a chain, reached by WebSocket. Node providers put the customer's key into the address: it is a secret. */
export const rpc: Provider = {
  id: 'rpc',
  title: 'Onchain RPC',
  credentials: [
    {
      env: ['WS_RPC_URL', 'WSS_RPC_URL', 'RPC_WS_URL', 'RPC_WSS_URL', 'ETH_WS_URL', 'ETH_WSS_URL', 'ETH_WS_RPC_URL'],
      part: 'url',
      about: 'WebSocket address of the node through which the chain is read, with its key',
      from: "the node provider's dashboard, the WebSocket address of the chain",
      format: 'ws-url',
      secret: true,
      trades: false,
      rotation: {
        kind: 'credential',
        comesBack: 'until-revoked',
        before: [],
        after: ["Delete the old key in the node provider's dashboard."],
      },
    },
  ],
  hosts: { live: [], testnet: [] },
};
