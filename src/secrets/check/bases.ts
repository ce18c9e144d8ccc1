import type { Provider } from '../../catalog/credentials/index.ts';
import { providerOfHost } from '../../catalog/credentials/index.ts';
import { hostOf } from '../../catalog/networks.ts';
import type { Stack } from '../../stack/schema.ts';

/** Where a provider is asked. */
export interface Base {
  /** Without a slash at the end; empty: the credential is an address itself. */
  readonly url: string;
  readonly testnet: boolean;
  /** A person has named it for this run: it may be without TLS. */
  readonly named?: true;
}

export type Env = Readonly<Record<string, string | undefined>>;

/** The variable that names another place to ask, e.g. `TRADING_SETUP_HYPERLIQUID_URL`. */
export function overrideVariable({ id }: Pick<Provider, 'id'>): string {
  return `TRADING_SETUP_${id.toUpperCase().replaceAll('-', '_')}_URL`;
}

/**
 * Where to ask, the likeliest first: where `env` says so, else on the network that the addresses of the stack name, else
 * on the one of its mode. A stack that is PAPER by a dry run, and not by an address, may well hold credentials of the
 * real network: then both are asked.
 */
export function basesFor(provider: Provider, stack: Stack, env: Env): readonly Base[] {
  const isPaper = stack.mode === 'paper';
  const { id, api } = provider;
  const told = addressesIn(stack);
  const known = told.map((url) => providerOfHost(hostOf(url) ?? '')).filter((each) => each?.provider === provider);
  const named = env[overrideVariable(provider)];
  if (named) return [{ url: named.replace(/\/+$/, ''), testnet: known[0]?.testnet ?? isPaper, named: true }];
  if (api === undefined) return [{ url: '', testnet: isPaper }];
  const live: Base = { url: api.live, testnet: false };
  const testnet: Base | undefined = api.testnet === undefined ? undefined : { url: api.testnet, testnet: true };
  if (known.length > 0) {
    const isTestnet = known.every((each) => each?.testnet);
    return [isTestnet && testnet ? testnet : live];
  }
  const proxy = proxyIn(stack, id);
  if (proxy !== undefined) return [{ url: proxy, testnet: isPaper }];
  return isPaper && testnet ? [testnet, live] : [live];
}

/** Every address that the stack gives its programs. */
function addressesIn({ services }: Stack): readonly string[] {
  return Object.values(services).flatMap(({ environment, args }) =>
    [...Object.values(environment), ...args].flatMap(
      (text) => text.match(/\b(?:https?|wss?):\/\/[^\s"'}]{1,300}/g) ?? [],
    ),
  );
}

/** A stand-in for the provider that the program is told by the provider's name, e.g. HYPERLIQUID_API_URL. */
function proxyIn({ services }: Stack, id: string): string | undefined {
  const name = new RegExp(`^${id.toUpperCase()}_(?:\\w+_)?(?:URL|ENDPOINT|HOST)$`);
  for (const { environment } of Object.values(services)) {
    for (const [variable, value] of Object.entries(environment)) {
      if (!name.test(variable) || !/^https?:\/\//.test(value) || !URL.canParse(value)) continue;
      return new URL(value).origin;
    }
  }
  return undefined;
}
