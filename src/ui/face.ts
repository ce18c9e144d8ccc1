import type { Board } from '../events/board.ts';
import type { OperationEvent } from '../events/operation.ts';
import type { Desk } from '../flow/rotation/desk.ts';
import type { RotationStore } from '../flow/rotation/types.ts';
import type { SetupStore } from '../flow/types.ts';

/** An option of `choose`. */
export interface ChooseOption<T extends string> {
  readonly value: T;
  readonly label: string;
}

/** The part of a face that asks. */
export type Questions = Pick<Face, 'review' | 'rotate' | 'confirm' | 'choose' | 'askText' | 'askSecret'>;

/** One way of talking to the person; chosen once per run. Faces paint and send intents, they never work. */
export interface Face {
  readonly kind: 'ink' | 'plain' | 'json' | 'silent';
  /** Lets the person look at and change the answers, as soon as the store is there; `write` when they agree. */
  review(opening: Promise<SetupStore>): Promise<'write' | 'quit'>;
  /** Lets the person choose secrets, enter their new values and agree; `unlock`: it goes on when the store is open. */
  rotate(store: RotationStore): Promise<'unlock' | 'agreed' | 'quit'>;
  /**
   * Shows an operation to its end; `cancel` is called once on Ctrl-C. Returns the last event's outcome.
   * @param desk where a step of it waits for the person.
   */
  operation(
    events: AsyncIterable<OperationEvent>,
    cancel: () => void,
    desk?: Desk,
  ): Promise<'done' | 'failed' | 'cancelled'>;
  /** Shows the board until the person leaves it. */
  board(boards: AsyncIterable<Board>, leave: () => void): Promise<void>;
  /** One sentence, e.g. what was written. */
  say(text: string): void;
  /** A yes/no question; `fallback` where nobody can be asked, undefined when the person gave up (Ctrl-C). */
  confirm(question: string, fallback: boolean): Promise<boolean | undefined>;
  /**
   * One of several options; undefined where nobody can be asked or the person gave up.
   * @param details lines to decide from, e.g. a diff.
   */
  choose<T extends string>(
    question: string,
    options: readonly ChooseOption<T>[],
    details?: string,
  ): Promise<T | undefined>;
  /** A question that is answered in words, e.g. a typed confirmation; undefined where nobody can be asked or the person gave up. */
  askText(question: string): Promise<string | undefined>;
  /** A masked question, e.g. the passphrase of the vault; undefined as with `askText`, empty when nothing was typed. */
  askSecret(question: string): Promise<import('../secret.ts').Secret | undefined>;
}
