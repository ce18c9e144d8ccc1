import { providerOfHost } from './credentials/index.ts';

/** Words in addresses of test networks. */
const TEST_WORDS = /testnet|sandbox|sepolia|goerli|holesky|devnet|[/.-]paper[/.-]|paper-api/i;

/** Which network an address belongs to: by its host where we know the venue, else by the words in it. */
export function networkOf(url: string): { readonly testnet: boolean; readonly known: boolean } {
  const host = /^\w+:\/\/(?:[^/@]*@)?([^/:?#]+)/.exec(url)?.[1]?.toLowerCase() ?? '';
  const provider = providerOfHost(host);
  return provider ? { testnet: provider.testnet, known: true } : { testnet: TEST_WORDS.test(url), known: false };
}
