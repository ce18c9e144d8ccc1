import type { Secret } from '../../secret.ts';
import type { Verdict } from '../../secrets/check/verdict.ts';
import type { Clock } from '../../system/clock.ts';

/** What an operation at work waits for. */
export type Waiting =
  | {
      readonly kind: 'manual';
      readonly items: readonly string[];
      /** Somebody who knows is asked every few seconds whether it is done. */
      readonly polled: boolean;
      /** What was said last by who was asked; empty: nothing yet. */
      readonly said: string;
    }
  | {
      readonly kind: 'entry';
      /** What to know before, e.g. an address to open. */
      readonly lines: readonly string[];
      readonly question: string;
    };

/** Where an operation and the person meet while it is at work: state and intents, no paint. */
export interface Desk {
  get(): Waiting | undefined;
  subscribe(listener: () => void): () => void;
  /** The person says that the items are done. */
  done(): void;
  /** The person does them another time, or gives up an entry. */
  later(): void;
  /** The value that was asked for. @returns what is wrong with it, in a sentence; undefined: it was taken. */
  enter(value: Secret): string | undefined;
}

/** The side of the operation. */
export interface DeskOfOperation extends Desk {
  /**
   * Waits until the items are done, by the word of a person or of `checked`; where they are new, what was said before
   * does not speak of them.
   */
  manual(
    items: readonly string[],
    checked?: () => Promise<Verdict | undefined>,
    options?: { readonly isNew: boolean },
  ): Promise<'done' | 'later'>;
  /** Waits for a masked value; undefined: the person gave up, or nobody can be asked. */
  entry(
    lines: readonly string[],
    question: string,
    problemOf: (value: Secret) => string | undefined,
  ): Promise<Secret | undefined>;
}

export interface DeskOptions {
  /** `nobody`: what is not done by itself is for later. `said-before`: a flag has said that it is done. */
  readonly who: 'person' | 'nobody' | 'said-before';
  /** Whether who knows is asked again and again while the person is; false where a question cannot be taken back. */
  readonly polls: boolean;
  readonly clock: Pick<Clock, 'sleep'>;
  /** An abort ends every wait: for later. */
  readonly signal: AbortSignal;
}

/** How often a provider is asked whether a person has done their part. */
const POLL_MS = 5_000;

export function createDesk({ who, polls, clock, signal }: DeskOptions): DeskOfOperation {
  const listeners = new Set<() => void>();
  let waiting: Waiting | undefined;
  let answers: { done(): void; later(): void; enter(value: Secret): string | undefined } | undefined;
  const show = (next: Waiting | undefined): void => {
    waiting = next;
    for (const listener of [...listeners]) listener();
  };
  const nothing = (): void => undefined;

  /** One wait: `settle` ends it. */
  function wait<T>(begin: (settle: (value: T) => void) => () => void, given: T): Promise<T> {
    return new Promise((resolve) => {
      let clean: () => void = nothing;
      const settle = (value: T): void => {
        signal.removeEventListener('abort', aborted);
        clean();
        answers = undefined;
        show(undefined);
        resolve(value);
      };
      const aborted = (): void => settle(given);
      if (signal.aborted) return resolve(given);
      signal.addEventListener('abort', aborted, { once: true });
      clean = begin(settle);
    });
  }

  async function manual(
    items: readonly string[],
    checked?: () => Promise<Verdict | undefined>,
    { isNew } = { isNew: false },
  ): Promise<'done' | 'later'> {
    if (who !== 'person') {
      const verdict = await checked?.();
      if (verdict?.level === 'good') return 'done';
      const isDenied = verdict?.level === 'bad' || verdict?.level === 'waiting';
      return who === 'said-before' && !isNew && !isDenied ? 'done' : 'later';
    }
    return wait<'done' | 'later'>((settle) => {
      const over = new AbortController();
      let said = '';
      const paint = (): void =>
        over.signal.aborted ? undefined : show({ kind: 'manual', items, polled: checked !== undefined, said });
      /** @param byWord the person says that it is done: believed where nobody else can tell. */
      const look = async (byWord: boolean): Promise<void> => {
        const verdict = await checked?.();
        if (over.signal.aborted) return;
        const isDenied = verdict?.level === 'bad' || verdict?.level === 'waiting';
        if (verdict?.level === 'good' || (byWord && !isDenied)) return settle('done');
        said = verdict?.text ?? '';
        paint();
      };
      const poll = async (): Promise<void> => {
        while (!over.signal.aborted) {
          await look(false);
          await clock.sleep(POLL_MS, over.signal);
        }
      };
      answers = { done: () => void look(true), later: () => settle('later'), enter: () => undefined };
      paint();
      if (checked && polls) void poll();
      return () => over.abort();
    }, 'later');
  }

  return {
    get: () => waiting,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    done: () => answers?.done(),
    later: () => answers?.later(),
    enter: (value) => answers?.enter(value),
    manual,
    entry: async (lines, question, problemOf) => {
      if (who !== 'person') return undefined;
      return wait<Secret | undefined>((settle) => {
        answers = {
          done: nothing,
          later: () => settle(undefined),
          enter(value) {
            const problem = problemOf(value);
            if (problem === undefined) settle(value);
            return problem;
          },
        };
        show({ kind: 'entry', lines, question });
        return nothing;
      }, undefined);
    },
  };
}
