import type { Format } from './format.ts';

/** A value that a provider gives out and a program reads from its environment. */
export interface Credential {
  /** Names of the environment variables that carry it. */
  readonly env: readonly string[];
  /** What it is, in the words of the trade. */
  readonly about: string;
  /** Where to get it. */
  readonly from: string;
  readonly format: Format;
  /** False for what anybody may see, such as an address. */
  readonly secret: boolean;
  /** Whoever has it can place orders. */
  readonly trades: boolean;
}

/** A venue or broker: what it hands out and where it is reached. */
export interface Provider {
  /** Lower case, e.g. `hyperliquid`. */
  readonly id: string;
  /** As it writes itself. */
  readonly title: string;
  readonly credentials: readonly Credential[];
  /** Hosts that trade with real money, and hosts that do not. */
  readonly hosts: { readonly live: readonly string[]; readonly testnet: readonly string[] };
}
