import type { RotationKind } from '../../catalog/credentials/credential.ts';
import type { Secret } from '../../secret.ts';
import type { Verdict } from '../../secrets/check/verdict.ts';
import type { Workbench } from '../execute.ts';

/** What a rotation works with beside the tools of every operation. */
export interface RotationBench extends Workbench {
  /**
   * Asks the provider of a credential about its value in `values` (all known ones of the stack), from this machine or out
   * of a running container; undefined: nobody can be asked about it.
   */
  check(
    name: string,
    values: ReadonlyMap<string, Secret>,
    from: 'here' | { readonly container: string },
  ): Promise<Verdict | undefined>;
  /**
   * Has a person do these things; `checked` tells whether they are seen to be done. `later`: they stay open.
   * `isNew`: they could not be done before now, so nothing that was said before speaks of them.
   */
  manual(
    id: string,
    items: readonly string[],
    checked?: () => Promise<Verdict | undefined>,
    options?: { readonly isNew: boolean },
  ): Promise<'done' | 'later'>;
}

/** What a person asks for: new values for these secrets, as one transaction. */
export interface RotationRequest {
  /** Name → its new value, checked by its format; at least one. */
  readonly values: ReadonlyMap<string, Secret>;
  /** Name → when the new value ends, ISO, where that is known. */
  readonly expires: ReadonlyMap<string, string>;
  /** The old values are in the wrong hands: they never come back, whatever fails. */
  readonly compromised: boolean;
  /** Secrets whose old data may become unreadable, as a person has decided (ENCRYPTION_KEY without a re-encrypt command). */
  readonly acceptUnreadable: readonly string[];
}

/** One secret of a plan; the fingerprints are keyed (see SecretStore.fingerprint) and may be written down. */
export interface RotatedSecret {
  readonly name: string;
  readonly kind: RotationKind;
  readonly comesBack: 'always' | 'until-revoked' | 'never';
  /** What a person has to do, before the new value can work and after it works. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly oldPrint: string;
  readonly newPrint: string;
}

/** Which of the two values of each rotated secret a step puts in force or proves. */
export type Side = 'new' | 'old';

/** A rotation that an earlier run left unfinished. */
export interface Unfinished {
  readonly names: readonly string[];
  /** ISO. */
  readonly since: string;
  /** `waiting`: the new values are the current ones everywhere; what a person does or has to see is left. */
  readonly direction: 'forward' | 'undo' | 'waiting';
  /** It cannot go back any more. */
  readonly forwardOnly: boolean;
  /** What is left for a person. */
  readonly manual: readonly string[];
  /** The step at which it ended, in words. */
  readonly at: string;
}
