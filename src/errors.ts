import { redact } from './secret.ts';

/**
 * Who has to act on an error.
 * - `usage`: wrong flags or invalid input.
 * - `needs-you`: something only the person can supply is missing (engine, credential, confirmation).
 * - `tool-failed`: a program we called, or the operation itself, failed.
 * - `unhealthy`: the stack is stopped or not healthy.
 * - `locked`: another operation is at work.
 * - `cancelled`: the person stopped us.
 */
export type ErrorKind = 'usage' | 'needs-you' | 'tool-failed' | 'unhealthy' | 'locked' | 'cancelled';

/** The documented exit code of each kind (SPEC "Commands"). */
export const EXIT_CODES: Readonly<Record<ErrorKind, number>> = {
  'tool-failed': 1,
  usage: 2,
  unhealthy: 3,
  'needs-you': 4,
  locked: 5,
  cancelled: 130,
};

/** What an error says beside its sentence. */
export interface ErrorDetails {
  /** A stable name for the cause, e.g. `engine-absent`; in `--json` output and tests. */
  readonly code: string;
  /** What the person does next, one imperative sentence or command each; never empty. */
  readonly next: readonly string[];
  /** Lines of a tool's own output that explain the failure, already redacted and bounded. */
  readonly output?: readonly string[];
  readonly cause?: unknown;
}

/** An error that is meant for the person: one sentence and the next step, never a stack trace, no known secret. */
export class SetupError extends Error {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly next: readonly string[];
  readonly output: readonly string[];

  constructor(kind: ErrorKind, sentence: string, details: ErrorDetails) {
    super(redact(sentence), { cause: details.cause });
    this.name = 'SetupError';
    this.kind = kind;
    this.code = details.code;
    this.next = details.next.map(redact);
    this.output = (details.output ?? []).map(redact);
  }

  get exitCode(): number {
    return EXIT_CODES[this.kind];
  }
}

/** An error that the face has shown already: only its exit code is left to give. */
export class ReportedError extends Error {
  readonly exitCode: number;

  constructor(error: SetupError) {
    super(error.message, { cause: error });
    this.name = 'ReportedError';
    this.exitCode = error.exitCode;
  }
}
