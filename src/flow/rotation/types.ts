import type { PlannedStep } from '../../events/operation.ts';
import type { Secret } from '../../secret.ts';

/** A secret that can be rotated. */
export interface RotationRow {
  readonly name: string;
  /** E.g. `Hyperliquid credential`. */
  readonly kind: string;
  readonly about: string;
  /** When it was set, ISO; absent where that is not known. */
  readonly set?: string;
  /** When it ends, ISO; absent where that is not known. */
  readonly expires?: string;
  /** It may end sooner. */
  readonly atLatest?: true;
  /** Services that read it. */
  readonly readers: readonly string[];
  /** Whether its old value can come back. */
  readonly back: 'always' | 'until-revoked' | 'never';
  /** `made`: its new value is made here. */
  readonly source: 'made' | 'entered';
  readonly chosen: boolean;
}

/** A new value that is being entered, without the value. */
export interface Entering {
  readonly name: string;
  readonly about: string;
  /** Where to get it. */
  readonly from: string;
  /** What to choose where it is made. */
  readonly scope?: string;
  /** Its value has several lines. */
  readonly several: boolean;
  /** Counted from 1, among those that are entered. */
  readonly at: number;
  readonly of: number;
  /**
   * `open`: not judged yet, or still being typed. `asking`: the provider is asked. `warned`: it can be taken, though
   * nobody could be asked or something is left to do.
   */
  readonly state: 'open' | 'bad' | 'asking' | 'good' | 'warned';
  /** What is wrong with it, or what the provider says; empty: nothing yet. */
  readonly said: string;
}

/** What would be done, in words. */
export interface RotationPlan {
  readonly steps: readonly PlannedStep[];
  /** Services that stop and start again. */
  readonly recreated: readonly string[];
  readonly untouched: readonly string[];
  /** What a person does before and after. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** How long services will be away, as far as that can be told. */
  readonly interruption: string;
  /** What to know before agreeing, first of all what cannot be undone; a sentence each. */
  readonly warnings: readonly string[];
}

/** Where the wizard is. `unlock`: the store has to be opened before it can go on. */
export type RotationStage = 'choose' | 'unlock' | 'enter' | 'planning' | 'plan' | 'agreed';

/** Everything that a face shows of a rotation before it begins. */
export interface RotationState {
  readonly name: string;
  readonly mode: 'paper' | 'live';
  readonly stage: RotationStage;
  /** The old values are in the wrong hands. */
  readonly compromised: boolean;
  readonly rows: readonly RotationRow[];
  readonly entering?: Entering;
  readonly plan?: RotationPlan;
  /** What has to be typed to agree; undefined: a yes is enough. */
  readonly word: string | undefined;
  /** Why it cannot go on from here; empty: nothing is in the way. */
  readonly problem: string;
}

/** State and intents of the wizard; nothing is changed on any machine before `agreed`. */
export interface RotationStore {
  getState(): RotationState;
  subscribe(listener: () => void): () => void;
  /** Chooses a secret or takes the choice back. */
  toggle(name: string): void;
  /** Says that the old values are in the wrong hands, or takes that back. */
  compromise(): void;
  /** On from the choice. */
  choose(): void;
  /**
   * What is typed so far is looked at by its form; nothing of it is kept.
   * @param whole it was pasted: the provider is asked too.
   */
  look(text: string, whole: boolean): void;
  /** The value is what the person means. What is wrong with it is in the state. */
  enter(value: Secret): Promise<void>;
  /** Another one of those that are made here, or the step before. */
  back(): void;
  /** @returns false where the word is not the one that was asked for. */
  agree(word: string): boolean;
}
