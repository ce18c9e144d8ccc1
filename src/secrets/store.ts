import type { Secret } from '../secret.ts';

/**
 * Which of its values. `pending`: entered for a rotation and not yet proven; `previous`: replaced by a rotation that is
 * not yet confirmed.
 */
export type Slot = 'current' | 'pending' | 'previous';

/** What is known of a kept value without opening it. */
export interface Kept {
  readonly name: string;
  readonly slot: Slot;
  /** When it was set, ISO; absent where an earlier version or another program set it. */
  readonly set?: string;
  /** When it ends, ISO; absent where that is not known. */
  readonly expires?: string;
  /** Keyed, 16 hexadecimal digits: equal values have equal ones, and it tells nothing without the key in the store. */
  readonly fingerprint?: string;
}

/** The port behind which secret values are kept: keychain or vault, one per stack. */
export interface SecretStore {
  readonly kind: 'keychain' | 'vault';
  /** Where the values are, in words for the person, e.g. `the login keychain`. */
  readonly place: string;
  get(name: string, slot?: Slot): Promise<Secret | undefined>;
  /** @param expires ISO, where the end of the value is known. */
  set(name: string, value: Secret, expires?: string): Promise<void>;
  /** Several at once: all or none. */
  setAll(values: ReadonlyMap<string, Secret>, expires?: ReadonlyMap<string, string>): Promise<void>;
  /** Every value of that name; false where there was none. */
  delete(name: string): Promise<boolean>;
  /** Names that have a current value; never opens one for a person. */
  names(): Promise<readonly string[]>;
  /** What is kept, in every slot, sorted by name; asks for no passphrase. */
  list(): Promise<readonly Kept[]>;
  /**
   * The same where a person would be asked for a passphrase, and only where it is certain to be what the values are now;
   * undefined: it is not, or the values can be had unasked. A store without it is one of those.
   */
  certain?(): Promise<readonly Kept[] | undefined>;
  /** Keeps new values as pending, beside the current ones; all or none. */
  stage(values: ReadonlyMap<string, Secret>, expires?: ReadonlyMap<string, string>): Promise<void>;
  /**
   * Pending becomes current and current previous. Said again after a crash in its middle it finishes, and a name that
   * has no pending value any more is left as it is.
   */
  promote(names: readonly string[]): Promise<void>;
  /** Forgets the pending values. */
  discard(names: readonly string[]): Promise<void>;
  /** Forgets the previous values: the rotation is confirmed. */
  confirm(names: readonly string[]): Promise<void>;
  /** The keyed fingerprint that `list` shows for such a value. */
  fingerprint(value: Secret): Promise<string>;
}

/** One file of a secret volume. */
export interface DeliveredFile {
  /** Relative to `/run/secrets`, e.g. `env/HYPERLIQUID_API_WALLET_KEY`. */
  readonly path: string;
  readonly content: Secret | string;
}

/** What one service's secret volume holds. */
export interface Delivery {
  /** Compose service, e.g. `app`, `database`, `migrate`, `gate`. */
  readonly service: string;
  /** Owner of the files inside the container. */
  readonly uid: number;
  readonly gid: number;
  readonly files: readonly DeliveredFile[];
}
