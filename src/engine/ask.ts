import type { Command, Runner } from '../system/run.ts';
import { commandError } from './errors.ts';

/** Runs a command that has to succeed and gives its output. */
export async function ask(
  runner: Pick<Runner, 'run'>,
  command: Command,
  options?: Parameters<Runner['run']>[1],
): Promise<string> {
  const result = await runner.run(command, options);
  if (result.exitCode !== 0) throw commandError(command, result);
  return result.stdout;
}
