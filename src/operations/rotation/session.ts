import type { Secret } from '../../secret.ts';
import type { SecretStore } from '../../secrets/store.ts';
import type { DowntimeWatch } from './downtime.ts';
import type { Disk, Journal, JournalKeeper } from './journal.ts';
import type { RotationBench, Side } from './types.ts';

/** A rotation at work: what each of its steps is given. */
export interface Session {
  readonly bench: RotationBench;
  readonly store: SecretStore;
  readonly journal: JournalKeeper;
  readonly disk: Disk;
  /** The values of the rotated secrets; one that is in no slot any more is absent. */
  readonly values: Readonly<Record<Side, ReadonlyMap<string, Secret>>>;
  /** The current value of every secret of the stack, as it was read at the beginning. */
  readonly all: ReadonlyMap<string, Secret>;
  /** The key of the fingerprints in the volumes: going back must not need a store that was locked meanwhile. */
  readonly key: Secret;
  /** What is found out on the way, and gone with this process. */
  readonly notes: Notes;
}

export interface Notes {
  downtime?: DowntimeWatch;
  /** What a person left for later. */
  left: readonly string[];
  /** The new values were the current ones already when this run began, and what is left was told to the person. */
  waited?: boolean;
}

/** What is enough to find out who has which value. */
export type Seen = Pick<Session, 'bench' | 'store' | 'values' | 'all' | 'key'> & {
  readonly journal: { readonly now: Journal };
};

/** All values of the stack, with those of one side of the rotation among them. */
export function valuesOf({ all, values }: Pick<Session, 'all' | 'values'>, side: Side): ReadonlyMap<string, Secret> {
  return new Map([...all, ...values[side]]);
}

/** Whether a service is asked for a proof: those that ran when it began, and once the values are current whoever runs. */
export function isWitness({ journal, notes }: Pick<Session, 'journal' | 'notes'>, service: string): boolean {
  return notes.waited === true || journal.now.ran.includes(service);
}

/** The other one of the two. */
export function otherSide(side: Side): Side {
  return side === 'new' ? 'old' : 'new';
}
