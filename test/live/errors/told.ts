import { expect } from 'vitest';
import { z } from 'zod';
import type { Ran } from '../support/run.ts';

/** How a failure has to be told. */
export interface Telling {
  readonly exit: number;
  /** The stable name of the cause, in `--json`. */
  readonly code: string;
  /** In the one sentence. */
  readonly says: string | RegExp;
  /** In one of the next steps. */
  readonly next: string | RegExp;
}

const Reported = z.object({
  version: z.literal(1),
  error: z.object({ kind: z.string(), code: z.string(), message: z.string(), next: z.array(z.string()).min(1) }),
});
const Ended = z.object({
  type: z.literal('ended'),
  outcome: z.enum(['done', 'failed', 'cancelled']),
  truth: z.string().min(1),
  next: z.array(z.string()).min(1),
});
const Failed = z.object({ type: z.literal('step-failed'), id: z.string(), message: z.string() });

const STACK_TRACE = /^\s+at \S+ ?\(|node:internal|This is a bug|UnhandledPromise|Node\.js v\d/m;

function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
}

/** One sentence on stderr that names the cause, a next step, the documented exit code, and no stack trace. */
export function expectTold(ran: Ran, { exit, says, next }: Omit<Telling, 'code'>): void {
  const all = `exit ${ran.code}\nstdout:\n${ran.stdout}\nstderr:\n${ran.stderr}`;
  const lines = ran.stderr.trim().split('\n');
  expect(ran.code, all).toBe(exit);
  expect(ran.stdout + ran.stderr, all).not.toMatch(STACK_TRACE);
  expect(
    lines.filter((line) => line.startsWith('error: ')),
    all,
  ).toEqual([lines[0]]);
  expect(matches(lines[0] ?? '', says), `${says} in the sentence\n${all}`).toBe(true);
  const steps = lines.filter((line) => line.startsWith('next: '));
  expect(
    steps.some((line) => matches(line, next)),
    `${next} in a next step\n${all}`,
  ).toBe(true);
}

/** The same as one JSON document, and nothing else on stdout. */
export function expectTellsJson(ran: Ran, { exit, code, says, next }: Telling): void {
  const all = `exit ${ran.code}\nstdout:\n${ran.stdout}\nstderr:\n${ran.stderr}`;
  expect(ran.code, all).toBe(exit);
  expect(ran.stderr, all).toBe('');
  const { error } = Reported.parse(jsonLines(ran.stdout).at(-1));
  expect(error.code, all).toBe(code);
  expect(matches(error.message, says), all).toBe(true);
  expect(
    error.next.some((step) => matches(step, next)),
    all,
  ).toBe(true);
}

/** An operation whose failure came after its first step: the step that failed and the end, as events. */
export function expectEndsAsEvents(ran: Ran, { exit, says, next }: Omit<Telling, 'code'>): z.infer<typeof Ended> {
  const all = `exit ${ran.code}\nstdout:\n${ran.stdout.slice(-4000)}\nstderr:\n${ran.stderr}`;
  expect(ran.code, all).toBe(exit);
  expect(ran.stderr, all).toBe('');
  const events = jsonLines(ran.stdout);
  const failed = Failed.parse(events.find((event) => Failed.safeParse(event).success));
  const ended = Ended.parse(events.at(-1));
  expect(matches(failed.message, says), all).toBe(true);
  expect(
    ended.next.some((step) => matches(step, next)),
    all,
  ).toBe(true);
  return ended;
}

export function jsonLines(stdout: string): readonly unknown[] {
  return stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
}
