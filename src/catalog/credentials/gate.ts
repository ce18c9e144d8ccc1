import type { Provider } from './credential.ts';

/** The login in front of what is published. */
export const gate: Provider = {
  id: 'gate',
  title: 'Gate',
  credentials: [
    {
      env: ['GATE_PASSWORD'],
      about: 'password of the login in front of the web API and the terminal',
      from: 'made here',
      format: 'any',
      secret: true,
      trades: false,
      generated: 'password',
      rotation: {
        kind: 'gate-login',
        comesBack: 'always',
        before: [],
        after: ['Log in again in open browsers, with the new password: trading-setup secrets reveal GATE_PASSWORD'],
      },
    },
  ],
  hosts: { live: [], testnet: [] },
};
