/** What a build tells us, decoded from BuildKit's stream by `engine/` (the faces know only this). */
export type BuildEvent =
  /** A step, re-sent whole whenever something about it changed; the last one wins. */
  | {
      readonly type: 'step';
      /** BuildKit's digest of the step. */
      readonly id: string;
      /** As BuildKit names it, e.g. `[app build 3/4] RUN cargo build`. */
      readonly name: string;
      /** The Compose service that is built, e.g. `app`; absent where only one is. */
      readonly target?: string;
      /** The Dockerfile stage, e.g. `build`; absent for `[internal]` steps and exports. */
      readonly stage?: string;
      /** The steps whose results it works on, by their ids; absent where it needs none. */
      readonly inputs?: readonly string[];
      readonly state: 'waiting' | 'running' | 'done' | 'cached' | 'failed' | 'cancelled';
      /** Milliseconds since the epoch, by the engine's clock. */
      readonly startedAt?: number;
      readonly endedAt?: number;
      readonly error?: string;
    }
  /** One whole line of a step's output (chunks are joined, colour codes removed, values redacted). */
  | { readonly type: 'log'; readonly id: string; readonly line: string }
  /** cargo's own `n/m` of the compile units of a step. */
  | {
      readonly type: 'units';
      readonly id: string;
      readonly done: number;
      readonly total: number;
      readonly current: string;
    }
  | { readonly type: 'warning'; readonly message: string };
