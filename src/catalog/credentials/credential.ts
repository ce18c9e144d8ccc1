import type { Format } from './format.ts';

/** How a value is replaced. */
export type RotationKind = 'database-role' | 'gate-login' | 'credential' | 'encryption-key' | 'generic';

/** What replacing a value involves. */
export interface Rotation {
  readonly kind: RotationKind;
  /**
   * Whether the old value can come back when the new one fails. `always`: we put it back ourselves. `until-revoked`: the
   * provider takes both until a person revokes the old one. `never`: the new one ends the old one.
   */
  readonly comesBack: 'always' | 'until-revoked' | 'never';
  /** What a person does so that the new value can work; where the old one never comes back, with its readers stopped. */
  readonly before: readonly string[];
  /** What a person does when the new value is proven, e.g. revoke the old one. */
  readonly after: readonly string[];
  /** What nobody can read any more, where the value encrypts something. */
  readonly unreadable?: string;
}

/** A value that a provider gives out and a program reads from its environment. */
export interface Credential {
  /** Names of the environment variables that carry it: the usual one, then historic ones. */
  readonly env: readonly string[];
  /** Names that others use as well: they are this credential only where something else tells of the provider. */
  readonly ambiguous?: readonly string[];
  /** Which part of what a request needs, e.g. `key` and `secret` of a pair; what has the same part stands for it. */
  readonly part?: string;
  /** What it is, in the words of the trade. */
  readonly about: string;
  /** Where to get it. */
  readonly from: string;
  /** What to choose where it is made, e.g. `trading yes, withdrawals no`. */
  readonly scope?: string;
  readonly format: Format;
  /** False for what anybody may see, such as an address. */
  readonly secret: boolean;
  /** Whoever has it can place orders. */
  readonly trades: boolean;
  /** Made here where there is none; absent: a person enters it. */
  readonly generated?: 'password' | 'hex-32';
  /** How long it works, in days from `since`, where the provider does not tell. */
  readonly lifetime?: { readonly days: number; readonly since: 'set' | 'login' };
  readonly rotation: Rotation;
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
  /** Where its credentials are checked, without a slash at the end; absent: nowhere, or they are an address themselves. */
  readonly api?: { readonly live: string; readonly testnet?: string };
  /** Words that tell of it in names, programs and addresses; where only they decide (see `ambiguous`). */
  readonly tells?: RegExp;
}
