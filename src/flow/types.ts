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

/** What a look at the world says about a value. */
export interface Check {
  readonly level: 'good' | 'warn' | 'bad' | 'looking';
  /** A few words for a column, e.g. `free`, `used by nginx (pid 812)`. */
  readonly text: string;
  /** What would do instead, e.g. `next free: 7682`. */
  readonly advice?: string;
}

/** One decision as the review shows it. */
export interface ReviewLine {
  /** Path in trading-setup.yaml, e.g. `ports.tui`; for a secret `secrets.NAME`. */
  readonly path: string;
  readonly title: string;
  readonly help: string;
  /** What can be typed, e.g. `90s or 2m`; absent where options say it. */
  readonly form?: string;
  /** The current value in words; for a secret `kept`, `will be generated`, `entered`, `skipped` or empty. */
  readonly value: string;
  readonly origin: Origin;
  /** What an edit starts from, where that is not the value in words. */
  readonly edit?: string;
  readonly input: Input;
  /** `open`: has no sound default and waits for the person. */
  readonly state: 'answered' | 'open' | 'invalid';
  /** It is written without an answer, and what needs it refuses to start: a secret, or a setting that is found out later. */
  readonly mayWait?: true;
  /** Why it is invalid, in words. */
  readonly problem?: string;
  /** Whether the value fits the world, where somebody looked. */
  readonly check?: Check;
}

export interface ReviewSection {
  readonly title: string;
  /** What will be done, one sentence of the trade. */
  readonly summary?: string;
  readonly lines: readonly ReviewLine[];
  /** Things to know, each one sentence, the gravest first. */
  readonly notes: readonly string[];
  /** How many of the notes warn; the others are only good to know. Absent: all. */
  readonly grave?: number;
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
  /** What the person or a flag decided about a conflict. */
  readonly decided?: ConflictChoice;
}

/** The same, to be looked at. */
export interface FileChange extends FileAction {
  /** Made when it is asked for. Unified diff, without `.env` lines that are not ours; of a conflict both sides; empty when unchanged. */
  readonly diff: string;
}

/** Answers of an earlier run that ended before the files were written. */
export interface Resumed {
  readonly answers: number;
  readonly ageMs: number;
  /** Where the cursor was, as it was given to `visit`. */
  readonly place?: string;
}

export interface SetupState {
  readonly name: string;
  readonly mode: 'paper' | 'live';
  /** Why the mode is what it is, one sentence. */
  readonly modeReason: string;
  /** The mode rests on evidence; LIVE without evidence is shown as `LIVE?`. */
  readonly proven: boolean;
  /** What was seen of the machine, e.g. Engine, Disk, Keychain. */
  readonly machine: readonly { readonly title: string; readonly check: Check }[];
  /** A draft that was taken up; absent where there was none. */
  readonly resumed?: Resumed;
  /** Why a draft that was there was not taken up, or cannot be kept; one sentence. */
  readonly dropped?: string;
  /** Answers of this run are not kept: leaving loses them. */
  readonly unkept?: boolean;
  readonly sections: readonly ReviewSection[];
  /** Made when they are asked for: the first frame does not wait for them. */
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
  /** The machine has been looked at; nothing is written before. */
  readonly observed: Promise<void>;
  /** Looks at a value that is being typed; undefined where there is nothing to look at. Never throws, changes nothing. */
  check(path: string, text: string): Promise<Check | undefined>;
  /** What becomes of a file in conflict. */
  decide(path: string, choice: ConflictChoice): void;
  /** Forgets what was typed about one line, a secret or a file: it is what it was by itself again. */
  reset(path: string): string | undefined;
  /** Does again what `undo` took back; false when there is nothing. */
  redo(): boolean;
  /** Where the cursor is, for the draft; a face may name places as it likes. */
  visit(place: string): void;
  /** Forgets a draft that was taken up, and everything typed since. */
  startAfresh(): void;
}
