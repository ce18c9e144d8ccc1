/** What a provider, or a rule of ours, says about a credential. */
export interface Verdict {
  /**
   * `good`: it works. `bad`: it does not, or must not be used. `unknown`: nobody could be asked.
   * `waiting`: right, but a person has something left to do at the provider, e.g. approve it.
   */
  readonly level: 'good' | 'bad' | 'unknown' | 'waiting';
  /** A sentence without the value, e.g. `0x5aae…beaed is an approved API wallet of this account`. */
  readonly text: string;
  /** When it ends, ISO, where the provider tells. */
  readonly expires?: string;
  /** The chain that a node is of. */
  readonly chain?: number;
  /** Whoever has it can take the money away: there is no way to keep it all the same. */
  readonly withdraws?: true;
}
