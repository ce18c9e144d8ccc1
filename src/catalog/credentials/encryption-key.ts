import type { Provider } from './credential.ts';

/** The key with which a program encrypts what it keeps, e.g. OAuth tokens in its database. */
export const encryptionKey: Provider = {
  id: 'encryption-key',
  title: 'Encryption key',
  credentials: [
    {
      env: ['ENCRYPTION_KEY'],
      about: 'key with which the program encrypts what it keeps, such as OAuth tokens',
      from: 'made here; enter the existing one where there is data that it encrypted',
      format: 'hex-32',
      secret: true,
      trades: false,
      generated: 'hex-32',
      rotation: {
        kind: 'encryption-key',
        comesBack: 'always',
        before: [],
        after: [],
        unreadable: 'everything that the program has encrypted with the old key, such as OAuth tokens in its database',
      },
    },
  ],
  hosts: { live: [], testnet: [] },
};
