import type { Board } from './board.ts';
import { type BuildState, foldBuildAll, NO_BUILD } from './build-fold.ts';
import type { OperationEvent, OperationName, PlannedStep } from './operation.ts';

/** What was tried to prove a value, and what came of it. */
export type Proof = Omit<Extract<OperationEvent, { type: 'proof' }>, 'type'>;

/** How long a recreated service was away. */
export type Downtime = Omit<Extract<OperationEvent, { type: 'downtime' }>, 'type'>;

/** A planned step and how far it is. */
export interface StepState extends PlannedStep {
  /** `left`: a person does it another time. */
  readonly state: 'waiting' | 'running' | 'done' | 'failed' | 'skipped' | 'left';
  /** What it says of itself while it is at work, or why it failed. */
  readonly text: string;
  /** It takes back what was done. */
  readonly undoes?: boolean;
}

/** An operation as it is shown. */
export interface OperationState {
  readonly operation?: OperationName;
  readonly stack?: { readonly name: string; readonly mode: 'paper' | 'live' };
  readonly steps: readonly StepState[];
  readonly build: BuildState;
  readonly board?: Board;
  /** What the step at work waits for a person to do. */
  readonly manual?: Omit<Extract<OperationEvent, { type: 'manual' }>, 'type'>;
  readonly proofs: readonly Proof[];
  readonly downtimes: readonly Downtime[];
  /** Why what was done is taken back; absent where it is not. */
  readonly undoing?: string;
  readonly outcome: 'running' | 'done' | 'failed' | 'cancelled';
  /** One honest sentence about what is true now; empty before the end. */
  readonly truth: string;
  readonly next: readonly string[];
}

/** Before the first event. */
export const NO_OPERATION: OperationState = {
  ...{ steps: [], build: NO_BUILD, proofs: [], downtimes: [] },
  ...{ outcome: 'running', truth: '', next: [] },
};

/** The next state. */
export function foldOperation(state: OperationState, event: OperationEvent): OperationState {
  switch (event.type) {
    case 'planned': {
      const steps = event.steps.map((step) => ({ ...step, state: 'waiting', text: '' }) as const);
      return { ...state, operation: event.operation, stack: event.stack, steps };
    }
    case 'step-started': {
      // The services are shown below the step that waits for them.
      const { board: _, ...rest } = state;
      return change(rest, event.id, { state: 'running', text: '' });
    }
    case 'step-progress':
      return change(state, event.id, { text: event.text });
    case 'step-done':
      return waitsNoMore(change(state, event.id, { state: 'done' }));
    case 'step-failed':
      return waitsNoMore(change(state, event.id, { state: 'failed', text: event.message }));
    case 'left':
      return waitsNoMore(change(state, event.id, { state: 'left' }));
    case 'manual': {
      const { type: _, ...manual } = event;
      return { ...state, manual };
    }
    case 'proof': {
      const { type: _, ...proof } = event;
      return { ...state, proofs: [...state.proofs, proof] };
    }
    case 'downtime': {
      const { type: _, ...downtime } = event;
      // A service that was recreated again while it went back was away both times.
      return { ...state, downtimes: [...state.downtimes, downtime] };
    }
    case 'undoing':
      return undone(state, event);
    case 'build':
      return { ...state, build: foldBuildAll(state.build, event.events) };
    case 'estimate':
      // It is a time from when it came: who has a clock keeps it.
      return state;
    case 'board':
      return { ...state, board: event.board };
    case 'ended':
      return end(waitsNoMore(state), event);
  }
}

function change(state: OperationState, id: string, part: Partial<Pick<StepState, 'state' | 'text'>>): OperationState {
  // A step that takes back may have the name of the one that did.
  const at = state.steps.findLastIndex((step) => step.id === id);
  const changed = (step: StepState): StepState => {
    // However a step ends that was left for a person, it is neither done nor did it fail.
    const isLeft = step.state === 'left' && (part.state === 'done' || part.state === 'failed');
    return { ...step, ...part, ...(isLeft ? { state: 'left' as const } : {}) };
  };
  return { ...state, steps: state.steps.map((step, index) => (index === at ? changed(step) : step)) };
}

function waitsNoMore({ manual: _, ...state }: OperationState): OperationState {
  return state;
}

/** What was not reached is left out; what takes back comes behind. */
function undone(state: OperationState, { why, steps }: Extract<OperationEvent, { type: 'undoing' }>): OperationState {
  const before = state.steps.map((step) =>
    step.state === 'waiting' ? ({ ...step, state: 'skipped' } as const) : step,
  );
  const further = steps.map((step) => ({ ...step, state: 'waiting', text: '', undoes: true }) as const);
  return { ...waitsNoMore(state), undoing: why, steps: [...before, ...further] };
}

/** Steps that were never reached are skipped, and one that was at work when the person stopped us did not end. */
function end(
  state: OperationState,
  { outcome, truth, next }: Extract<OperationEvent, { type: 'ended' }>,
): OperationState {
  const steps = state.steps.map((step) => {
    if (step.state === 'waiting') return { ...step, state: 'skipped' } as const;
    return step.state === 'running' && outcome !== 'done' ? ({ ...step, state: 'failed' } as const) : step;
  });
  // The engine tells nothing of a stage any more that was stopped with the rest.
  const stages = state.build.stages.map((stage) =>
    stage.state === 'running' && outcome !== 'done' ? ({ ...stage, state: 'cancelled', current: '' } as const) : stage,
  );
  return { ...state, steps, build: { ...state.build, stages }, outcome, truth, next };
}
