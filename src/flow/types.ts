import type { Secret } from '../secret.ts';

/** Where a value comes from, strongest last: what is typed now beats everything. */
export type Source = 'default' | 'host' | 'detected' | 'saved' | 'answers' | 'flag' | 'typed';

export interface Origin {
  readonly source: Source;
  /** What the person is told, e.g. `config/Config.toml:3`, `recommended`, `8080 is used by nginx`. */
  readonly text: string;
}

/** How a line is answered. */
export type Input =
  | { readonly kind: 'text' }
  | {
      readonly kind: 'choice';
      readonly options: readonly { readonly value: string; readonly label: string; readonly hint: string }[];
    }
  /** Masked; the value goes to the store of secrets, never into the stack. */
  | { readonly kind: 'secret'; readonly required: boolean };

/** One decision as the review shows it. */
export interface ReviewLine {
  /** Path in trading-setup.yaml, e.g. `ports.tui`; for a secret `secrets.NAME`. */
  readonly path: string;
  readonly title: string;
  readonly help: string;
  /** The current value in words; for a secret `kept`, `will be generated`, `entered`, `skipped` or empty. */
  readonly value: string;
  readonly origin: Origin;
  /** What an edit starts from, where that is not the value in words. */
  readonly edit?: string;
  readonly input: Input;
  /** `open`: has no sound default and waits for the person. */
  readonly state: 'answered' | 'open' | 'invalid';
  /** Why it is invalid, in words. */
  readonly problem?: string;
}

export interface ReviewSection {
  readonly title: string;
  readonly lines: readonly ReviewLine[];
  /** Things to know, each one sentence. */
  readonly notes: readonly string[];
}

/** What a person can decide about a file that they and we have changed. */
export type ConflictChoice = 'keep' | 'replace' | 'merge';

/**
 * What a write would do to one file of the repository.
 * - `kept`: a person's edit stays, and we have nothing new for it.
 * - `merged`: the person's edits stay beside what is new.
 * - `conflict`: nobody but the person can decide; nothing is written before.
 * - `removed`: ours, unedited, and no longer part of the stack.
 */
export interface FileAction {
  readonly path: string;
  readonly action: 'create' | 'update' | 'unchanged' | 'kept' | 'merged' | 'conflict' | 'removed';
  /** One sentence, where the action does not say enough. */
  readonly note?: string;
  /** What can be decided about a conflict, the safest first. */
  readonly choices?: readonly { readonly value: ConflictChoice; readonly means: string }[];
}

/** The same, to be looked at. */
export interface FileChange extends FileAction {
  /** Unified diff, without `.env` lines that are not ours; of a conflict both sides; empty when unchanged. */
  readonly diff: string;
}

export interface SetupState {
  readonly name: string;
  readonly mode: 'paper' | 'live';
  /** Why the mode is what it is, one sentence. */
  readonly modeReason: string;
  readonly sections: readonly ReviewSection[];
  readonly files: readonly FileChange[];
  /** Lines that still wait for an answer. */
  readonly open: number;
  /** The command that gives the same result without questions. */
  readonly equivalent: string;
}

/** The state of the wizard under every face. Intents return the problem in words, or nothing. */
export interface SetupStore {
  getState(): SetupState;
  subscribe(listener: () => void): () => void;
  /** Answers a line; the text is validated first and rejected with a sentence. */
  change(path: string, text: string): string | undefined;
  enterSecret(name: string, value: Secret): string | undefined;
  /** Leaves an optional secret out; a required one is left for later and the start will name it. */
  skipSecret(name: string): void;
  /** Takes the last change back; false when there is none. */
  undo(): boolean;
}
