import { randomBytes } from 'node:crypto';
import type { Secret } from '../secret.ts';
import type { Result, Runner } from '../system/run.ts';
import { runScratch, type Scratch } from './commands.ts';
import { dockerMissing } from './errors.ts';

/** A question to a service takes seconds; an engine that does not answer for this long never will. */
const TIMEOUT_MS = 90_000;

/**
 * Runs a scratch container to its end. Its name is its own: somebody else may ask the same at the same time, and one that
 * a crash has left ends with its standard input.
 */
export async function runOnce(
  runner: Pick<Runner, 'run'>,
  { stdin, ...scratch }: Scratch & { readonly stdin: Secret },
): Promise<Result> {
  const name = `${scratch.name}-${randomBytes(4).toString('hex')}`;
  const result = await runner.run({ ...runScratch({ ...scratch, name }), stdin }, { timeoutMs: TIMEOUT_MS });
  if (result.missing) throw dockerMissing();
  return result;
}
