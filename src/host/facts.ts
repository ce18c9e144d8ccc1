import type { Confidence } from '../detect/facts.ts';

/** Who listens on a port of the engine's host. */
export interface PortHolder {
  readonly port: number;
  /** In words: `nginx (pid 812)`, `container web-1`, `another program`. */
  readonly who: string;
  /** The stack id, where the holder is a container of one of our stacks. */
  readonly stack?: string;
}

/** Why something on the machine is believed to belong to this system. */
export interface HostEvidence {
  /** Where it was seen: a path, or `container NAME`, `volume NAME`. */
  readonly where: string;
  /** What was seen there, in words; never an argument or a value that could be secret. */
  readonly what: string;
  readonly confidence: Confidence;
}

/** What a running thing is, as far as whether it can place orders matters. */
interface Trader {
  /** The binary of this repository that it runs. */
  readonly program: string;
  /** The known subcommand that it was started with; no other argument is ever kept. */
  readonly subcommand?: string;
  /** It may place orders: anything but a subcommand that does one thing and ends. */
  readonly trades: boolean;
  readonly evidence: HostEvidence;
}

/** A process of this machine. */
export interface ProcessFact extends Trader {
  readonly pid: number;
  readonly folder?: string;
  /** ISO time. */
  readonly since?: string;
}

/** A systemd unit that starts a program of this repository. */
export interface UnitFact extends Trader {
  readonly name: string;
  readonly path: string;
  readonly scope: 'system' | 'user';
  /** It is started at boot, or with the session. */
  readonly enabled: boolean;
}

/** A container that belongs to this repository, by the folder of its Compose project or by what it runs. */
export interface ContainerFact {
  readonly name: string;
  readonly image: string;
  readonly running: boolean;
  /** The Compose project. */
  readonly project?: string;
  /** The stack id, where it is one of our stacks. */
  readonly stack?: string;
  readonly program?: string;
  readonly subcommand?: string;
  readonly trades: boolean;
  /** Named volumes that it mounts. */
  readonly volumes: readonly string[];
  readonly evidence: HostEvidence;
}

/** A volume of an earlier Compose project of this repository. */
export interface VolumeFact {
  readonly name: string;
  readonly project: string;
  /** `database`: the data folder of a PostgreSQL, by the image that mounts it or by its name. */
  readonly holds: 'database' | 'unknown';
  readonly evidence: HostEvidence;
}

/** An SQLite database that exists. */
export interface SqliteFact {
  /** Absolute, links followed. */
  readonly path: string;
  /** Bytes of the file. */
  readonly size: number;
  /** Bytes that are committed to its write-ahead log and not yet in the file; they are part of the data. */
  readonly unfolded: number;
  /** The environment or config key whose URL names it; absent where a process has it open and no key names it. */
  readonly key?: string;
  /** Programs that have it open, e.g. `algo-trade (pid 812)`. */
  readonly openIn: readonly string[];
  readonly evidence: HostEvidence;
}

/** What on this machine and its engine belongs to this system already. */
export interface SystemFacts {
  readonly running: {
    readonly processes: readonly ProcessFact[];
    readonly units: readonly UnitFact[];
    readonly containers: readonly ContainerFact[];
  };
  readonly existing: {
    readonly volumes: readonly VolumeFact[];
    readonly sqlite: readonly SqliteFact[];
  };
}

/** What of a repository is looked for on the machine. */
export interface Sought {
  /** The repository, absolute. */
  readonly root: string;
  readonly binaries: readonly string[];
  readonly subcommands: readonly { readonly binary: string; readonly name: string; readonly kind: string }[];
  /** URLs of SQLite databases by their environment or config key. */
  readonly sqlite: readonly { readonly key: string; readonly url: string }[];
}

/** The machine on which the engine runs, observed once. */
export interface HostFacts {
  readonly cpus: number;
  readonly memoryBytes: number;
  /** Why the engine does not answer, in one sentence; absent when it does. */
  readonly engineProblem?: string;
  readonly keychain: { readonly available: boolean; readonly why: string };
  readonly holders: readonly PortHolder[];
  /** Absent where nobody looked for it. */
  readonly system?: SystemFacts;
}
