import type { Secret } from '../../secret.ts';
import type { Verdict } from '../../secrets/check/verdict.ts';
import type { HttpRequest, HttpResponse } from '../../system/http.ts';

/** What is known when a credential is checked. */
export interface Subject {
  /** The name of the checked credential. */
  readonly name: string;
  /** Its part, see `Credential.part`. */
  readonly part: string;
  /** The value of a part of the same provider, the checked one first. */
  readonly value: (part: string) => Secret | undefined;
  /** Under which name a part is asked for in this stack; undefined: the stack has none. */
  readonly nameOf: (part: string) => string | undefined;
}

/** Where and when a provider is asked. */
export interface Asking extends Subject {
  /** Without a slash at the end. */
  readonly base: string;
  readonly testnet: boolean;
  /** A plain setting of the programs that read the credential, e.g. `CHAIN_ID`. */
  readonly told: (setting: string) => string | undefined;
  /** The chain that the node before was of, where it was asked. */
  readonly chainBefore?: number;
  /** Unix milliseconds. */
  readonly now: number;
}

/** How a provider's credentials are checked, without side effects and without IO. */
export interface ProviderCheck {
  /** What is wrong as far as it can be told without asking anybody; words without the value. */
  judge?(subject: Subject): string | undefined;
  /** What its provider shows it by, which anybody may see, e.g. the address of a wallet; undefined: nothing does. */
  shownAs?(subject: Subject): string | undefined;
  /**
   * The next request after these answers, or what they mean. A request changes nothing at the provider.
   * @throws NotUnderstood for an answer that is none of the known ones.
   * @returns undefined where there is nothing to ask about this part.
   */
  ask(asking: Asking, answers: readonly HttpResponse[]): HttpRequest | Verdict | undefined;
}

/** An answer that is none of the known ones: it says nothing about the credential. */
export class NotUnderstood extends Error {}
