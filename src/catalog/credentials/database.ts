import type { Provider } from './credential.ts';

/** The roles of the database service; both passwords are made here. */
export const database: Provider = {
  id: 'database',
  title: 'Database',
  credentials: [
    {
      env: ['DATABASE_PASSWORD'],
      about: "password of the program's own database role",
      from: 'made here',
      format: 'any',
      secret: true,
      trades: false,
      generated: 'password',
      rotation: { kind: 'database-role', comesBack: 'always', before: [], after: [] },
    },
    {
      env: ['DATABASE_SUPERUSER_PASSWORD'],
      about: 'password of the PostgreSQL superuser, for migrations only',
      from: 'made here',
      format: 'any',
      secret: true,
      trades: false,
      generated: 'password',
      rotation: { kind: 'database-role', comesBack: 'always', before: [], after: [] },
    },
  ],
  hosts: { live: [], testnet: [] },
};
