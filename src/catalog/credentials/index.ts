import { alpaca } from './alpaca.ts';
import { binance } from './binance.ts';
import type { Credential, Provider, Rotation } from './credential.ts';
import { database } from './database.ts';
import { encryptionKey } from './encryption-key.ts';
import { gate } from './gate.ts';
import { hyperliquid } from './hyperliquid.ts';
import { kalshi } from './kalshi.ts';
import { polymarket } from './polymarket.ts';
import { rpc } from './rpc.ts';
import { schwab } from './schwab.ts';

export type { Credential, Provider, Rotation, RotationKind } from './credential.ts';
export { checkFormat, FORMATS, type Format, isPem } from './format.ts';

/** Every provider that we know; a new one is one file and one line here. */
export const providers: readonly Provider[] = [
  ...[hyperliquid, schwab, alpaca, polymarket, kalshi, binance, rpc],
  ...[encryptionKey, database, gate],
];

/** A credential and who gives it out. */
export interface Known {
  readonly provider: Provider;
  readonly credential: Credential;
}

const byEnv = namesOf(({ env }) => env);
const byAmbiguousEnv = namesOf(({ ambiguous = [] }) => ambiguous);

function namesOf(names: (credential: Credential) => readonly string[]): ReadonlyMap<string, Known> {
  return new Map(
    providers.flatMap((provider) =>
      provider.credentials.flatMap((credential) =>
        names(credential).map((name) => [name, { provider, credential }] as const),
      ),
    ),
  );
}

/**
 * The credential that a program expects in this environment variable, where we know it.
 * @param said names, programs, addresses of the system in any text: names that others use as well (`APP_KEY`) are a
 *   provider's only where something in it tells of the provider.
 */
export function credentialFor(envName: string, said = ''): Known | undefined {
  const known = byEnv.get(envName);
  if (known !== undefined || said === '') return known;
  const maybe = byAmbiguousEnv.get(envName);
  return maybe?.provider.tells?.test(said) ? maybe : undefined;
}

/** What is not in the catalogue: nothing is known of who gave it out, so both values are taken to work for a while. */
const UNKNOWN: Rotation = {
  kind: 'generic',
  comesBack: 'until-revoked',
  before: [],
  after: ['Revoke the old value where it was made.'],
};

/**
 * What replacing a secret involves; of one that is not in the catalogue, what holds for most.
 * @param said as for `credentialFor`.
 */
export function rotationOf(name: string, said = ''): Rotation {
  return credentialFor(name, said)?.credential.rotation ?? UNKNOWN;
}

/** The provider behind a host name and whether it is its test network. */
export function providerOfHost(host: string): { readonly provider: Provider; readonly testnet: boolean } | undefined {
  for (const provider of providers) {
    if (provider.hosts.live.includes(host)) return { provider, testnet: false };
    if (provider.hosts.testnet.includes(host)) return { provider, testnet: true };
  }
  return undefined;
}
