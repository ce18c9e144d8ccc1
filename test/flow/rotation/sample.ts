import { parse } from 'yaml';
import { createRotation, type RotationInput, type RotationPorts } from '../../../src/flow/rotation/store.ts';
import { Secret } from '../../../src/secret.ts';
import type { Kept } from '../../../src/secrets/store.ts';
import type { Overlay } from '../../../src/stack/overlay.ts';
import type { Stack } from '../../../src/stack/schema.ts';
import { smallStack } from '../../stack/stacks.ts';

export const NOW = Date.parse('2026-11-22T12:00:00Z');
export const OLD_KEY = `0x${'11'.repeat(32)}`;
export const NEW_KEY = `0x${'22'.repeat(32)}`;

const OVER = parse(`
services:
  app:
    secrets:
      HYPERLIQUID_API_WALLET_KEY: "\${HYPERLIQUID_API_WALLET_KEY}"
      ENCRYPTION_KEY: "\${ENCRYPTION_KEY}"
tui: { access: browser, binary: toy, args: [tui], environment: {} }
ports: { tui: 7681 }
database:
  kind: timescaledb
  image: "timescale/timescaledb:2.19.3-pg17"
  name: toy
  role: toy
  migrations: []
  memory: 1GB
  cpus: 1
secrets:
  entries:
    HYPERLIQUID_API_WALLET_KEY: { kind: entered, required: true, format: evm-private-key, about: a key }
    ENCRYPTION_KEY: { kind: generated, required: true, format: any, about: a key }
    DATABASE_PASSWORD: { kind: generated, required: true, format: any, about: a password }
    GATE_PASSWORD: { kind: generated, required: true, format: any, about: a password }
`) as Overlay; // our own text

/** A stack with one secret of every kind. */
export function rotatable(over: Overlay = {}): Stack {
  return smallStack({ ...OVER, ...over });
}

export function kept(...names: readonly string[]): readonly Kept[] {
  return names.map((name) => ({ name, slot: 'current', set: '2026-09-01T10:00:00Z' }));
}

export const ALL = ['TOY_TOKEN', 'HYPERLIQUID_API_WALLET_KEY', 'ENCRYPTION_KEY', 'DATABASE_PASSWORD', 'GATE_PASSWORD'];

/** A wizard over a world that agrees with everything, but for what is said. */
export function rotation(over: Partial<Omit<RotationInput, 'ports'>> = {}, ports: Partial<RotationPorts> = {}) {
  return createRotation({
    stack: rotatable(),
    kept: kept(...ALL).map((one) =>
      one.name === 'HYPERLIQUID_API_WALLET_KEY' ? { ...one, expires: '2026-11-24T06:30:00Z' } : one,
    ),
    names: [],
    compromised: false,
    given: new Map(),
    acceptUnreadable: [],
    ...over,
    ports: {
      now: () => NOW,
      make: (name) => new Secret(`made for ${name}`),
      judge: () => undefined,
      check: async () => undefined,
      preview: async ({ values }) => ({
        steps: [
          { id: 'check', title: 'Check the new values', cause: 'nothing is touched before' },
          { id: 'deliver', title: 'Deliver the secrets', cause: 'app reads them at its start' },
          { id: 'recreate', title: 'Recreate app', cause: 'it has the old value' },
          { id: 'prove', title: 'Prove the new values', cause: 'started is not yet proven' },
        ],
        recreated: ['app'],
        warnings: values.has('HYPERLIQUID_API_WALLET_KEY')
          ? [
              'The old value of HYPERLIQUID_API_WALLET_KEY never comes back: if the new one fails, its readers stay stopped.',
            ]
          : [],
      }),
      ...ports,
    },
  });
}

export const OLD_VALUES: ReadonlyMap<string, Secret> = new Map([
  ['HYPERLIQUID_API_WALLET_KEY', new Secret(OLD_KEY)],
  ['TOY_TOKEN', new Secret('old-token-old-token')],
]);
