import { providerOfHost } from './credentials/index.ts';

/** Words in the names of hosts of test networks. */
const TEST_WORDS = /(?:^|[.-])(?:testnet|sandbox|sepolia|goerli|holesky|devnet|paper)(?:[.-]|$)/;

/** Test networks of venues that we know nothing else of. */
const TEST_HOSTS: ReadonlySet<string> = new Set([
  'api-testnet.bybit.com',
  'stream-testnet.bybit.com',
  'test.deribit.com',
  'testnet.bitmex.com',
]);

/** The host of an address as a program would reach it; undefined where the text is no address. */
export function hostOf(url: string): string | undefined {
  try {
    const { hostname } = new URL(url);
    // `api.venue.com.` is the same host.
    return hostname.toLowerCase().replace(/\.$/, '') || undefined;
  } catch {
    return undefined;
  }
}

/**
 * Which network an address belongs to: by its host where we know the venue, else by the words in its host. The words
 * alone prove nothing: any venue can call a host as it likes.
 */
export function networkOf(url: string): { readonly testnet: boolean; readonly known: boolean } {
  const host = hostOf(url) ?? '';
  const provider = providerOfHost(host);
  if (provider) return { testnet: provider.testnet, known: true };
  return TEST_HOSTS.has(host) ? { testnet: true, known: true } : { testnet: TEST_WORDS.test(host), known: false };
}

const YES = /^(?:true|1|yes|on|y)$/i;
const NO = /^(?:false|0|no|off|n)$/i;
/** Names that are on where real money is traded, and names that are off there. */
const LIVE_SWITCH = /(?:^|_)(?:LIVE|MAIN_?NET|REAL_?(?:TRADING|MONEY)|PRODUCTION)(?:_(?:TRADING|MODE))?$/;
const TEST_SWITCH = /(?:^|_)(?:TEST_?NET|SANDBOX|PAPER|DEMO)(?:_?(?:TRADING|TRADE|MODE|ACCOUNT))?$/;
/** Names whose value says which network it is. */
const NETWORK =
  /(?:^|_)(?:NETWORK|NET|CHAIN|MODE|ENV|ENVIRONMENT|PROFILE|STAGE|EXCHANGE|VENUE|BROKER|ACCOUNT|TRADING)(?:_(?:TYPE|NAME|KIND))?$/;
const LIVE_VALUE = /^(?:live|main|real|prod(?:uction)?)$/i;
const MAINNET = /^(?:[\w:.-]*[_:.-])?main_?net(?:[_:.-][\w:.-]*)?$/i;

/** Whether a value that a program is told under a name, e.g. `NETWORK` or `api-network`, says: the real network. */
export function saysLive(name: string, value: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
  if (MAINNET.test(value)) return true;
  if (LIVE_SWITCH.test(words)) return YES.test(value);
  if (TEST_SWITCH.test(words)) return NO.test(value);
  return NETWORK.test(words) && LIVE_VALUE.test(value);
}
