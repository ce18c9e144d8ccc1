import type { Secret } from '../secret.ts';
import type { Result, Runner } from '../system/run.ts';
import { endContainer, runScratch, type Scratch } from './commands.ts';
import { dockerMissing } from './errors.ts';

/** A question to a service takes seconds; an engine that does not answer for this long never will. */
const TIMEOUT_MS = 90_000;

/** Runs a scratch container to its end; one of the same name that a crash has left is ended first. */
export async function runOnce(
  runner: Pick<Runner, 'run'>,
  { stdin, ...scratch }: Scratch & { readonly stdin: Secret },
): Promise<Result> {
  const command = { ...runScratch(scratch), stdin };
  const first = await runner.run(command, { timeoutMs: TIMEOUT_MS });
  if (first.missing) throw dockerMissing();
  if (!/is already in use by container/.test(first.stderr)) return first;
  await runner.run(endContainer(scratch.name));
  return runner.run(command, { timeoutMs: TIMEOUT_MS });
}
