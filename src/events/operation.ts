import type { Board } from './board.ts';
import type { BuildEvent } from './build.ts';

/** The operations that hold the lock. */
export type OperationName = 'build' | 'deploy' | 'down' | 'push' | 'rotate' | 'login';

/** A step as it is shown: decided before anything is touched. */
export interface PlannedStep {
  readonly id: string;
  /** Noun and participle or imperative, e.g. `Build the images`. */
  readonly title: string;
  /** Why this step is in the plan, e.g. `volume is missing`. */
  readonly cause: string;
}

/** Everything an operation tells its faces, in order; the first is `planned`, the last is `ended`. */
export type OperationEvent =
  | {
      readonly type: 'planned';
      readonly operation: OperationName;
      readonly stack: { readonly name: string; readonly mode: 'paper' | 'live' };
      readonly steps: readonly PlannedStep[];
    }
  | { readonly type: 'step-started'; readonly id: string }
  | { readonly type: 'step-progress'; readonly id: string; readonly text: string }
  | { readonly type: 'step-done'; readonly id: string }
  | { readonly type: 'step-failed'; readonly id: string; readonly message: string }
  /** What the step at work, a build, tells: all that came at once, for thousands of lines may come in a second. */
  | { readonly type: 'build'; readonly events: readonly BuildEvent[] }
  /** How long the build at work will still take, by earlier builds of this repository; told anew when that changes. */
  | {
      readonly type: 'estimate';
      /** Milliseconds from now, never negative; null: it cannot be told any more. */
      readonly leftMs: number | null;
      /** How long the last build took that went well, in milliseconds. */
      readonly lastMs: number;
    }
  | { readonly type: 'board'; readonly board: Board }
  /** The step at work waits until a person has done these things; `checked`: or until this is seen to be so. */
  | { readonly type: 'manual'; readonly id: string; readonly items: readonly string[]; readonly checked?: string }
  /** What the step at work waits for is done another time: it ends, and is not done. */
  | { readonly type: 'left'; readonly id: string }
  /** What was tried to prove that a value is in force, and what came of it, e.g. `the old password is refused`. */
  | { readonly type: 'proof'; readonly id: string; readonly text: string; readonly good: boolean }
  /** A recreated service: from the end of its old process to the start of the new one, and until it was well; milliseconds. */
  | { readonly type: 'downtime'; readonly service: string; readonly downMs: number; readonly wellMs: number }
  /** A step failed, and what was done is taken back by these further steps. */
  | { readonly type: 'undoing'; readonly why: string; readonly steps: readonly PlannedStep[] }
  | {
      readonly type: 'ended';
      readonly outcome: 'done' | 'failed' | 'cancelled';
      /** One honest sentence about what is true now. */
      readonly truth: string;
      /** What the person can do next, e.g. `Open http://127.0.0.1:7681`. */
      readonly next: readonly string[];
    };
