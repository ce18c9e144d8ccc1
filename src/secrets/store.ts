import type { Secret } from '../secret.ts';

/** The port behind which secret values are kept: keychain or vault, one per stack. */
export interface SecretStore {
  readonly kind: 'keychain' | 'vault';
  /** Where the values are, in words for the person, e.g. `the login keychain`. */
  readonly place: string;
  get(name: string): Promise<Secret | undefined>;
  set(name: string, value: Secret): Promise<void>;
  /** Several at once: all or none. */
  setAll(values: ReadonlyMap<string, Secret>): Promise<void>;
  delete(name: string): Promise<boolean>;
  /** Names only; never opens a value for a person. */
  names(): Promise<readonly string[]>;
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
