import type { Credential, Provider } from './credential.ts';
import { hyperliquid } from './hyperliquid.ts';

export type { Credential, Provider } from './credential.ts';
export { checkFormat, type Format } from './format.ts';

/** Every provider that we know; a new one is one file and one line here. */
export const providers: readonly Provider[] = [hyperliquid];

const byEnv = new Map(
  providers.flatMap((provider) =>
    provider.credentials.flatMap((credential) =>
      credential.env.map((name) => [name, { provider, credential }] as const),
    ),
  ),
);

/** The credential that a program expects in this environment variable, where we know it. */
export function credentialFor(
  envName: string,
): { readonly provider: Provider; readonly credential: Credential } | undefined {
  return byEnv.get(envName);
}

/** The provider behind a host name and whether it is its test network. */
export function providerOfHost(host: string): { readonly provider: Provider; readonly testnet: boolean } | undefined {
  for (const provider of providers) {
    if (provider.hosts.live.includes(host)) return { provider, testnet: false };
    if (provider.hosts.testnet.includes(host)) return { provider, testnet: true };
  }
  return undefined;
}
