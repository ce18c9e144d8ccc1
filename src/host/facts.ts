/** Who listens on a port of the engine's host. */
export interface PortHolder {
  readonly port: number;
  /** In words: `nginx (pid 812)`, `container web-1`, `another program`. */
  readonly who: string;
  /** The stack id, where the holder is a container of one of our stacks. */
  readonly stack?: string;
}

/** The machine on which the engine runs, observed once. */
export interface HostFacts {
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Why the engine does not answer, in one sentence; absent when it does. */
  readonly engineProblem?: string;
  readonly keychain: { readonly available: boolean; readonly why: string };
  readonly holders: readonly PortHolder[];
}
