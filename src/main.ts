import { CommanderError } from 'commander';
import { makeProgram } from './commands/table.ts';
import { outliveClosedOutput } from './system/terminal.ts';

/** Commander's own ends: help and version are fine, everything else is wrong usage. */
function usageExit(error: CommanderError, args: readonly string[]): number {
  // `secrets help set` was asked for; `secrets` alone gets the same help as an answer to wrong usage.
  const isAsked = error.code === 'commander.help' && args.includes('help');
  return isAsked || error.exitCode === 0 ? 0 : 2;
}

/** Runs one command line and ends the process with the documented exit code. */
export async function main(args: readonly string[]): Promise<never> {
  // Where nothing is waited for any more, Node ends by itself: that is no success.
  process.exitCode = 1;
  let code = 0;
  const json = args.some(
    (arg, at) => /^--(json|progress=json)$/.test(arg) || (arg === 'json' && args[at - 1] === '--progress'),
  );
  // Node's own words for what nobody caught quote values: arguments, addresses.
  process.once('uncaughtException', (error) => {
    void import('./commands/report-error.ts').then(({ reportError }) => process.exit(reportError(error, json)));
  });
  const output = outliveClosedOutput();
  try {
    await makeProgram().parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) code = usageExit(error, args);
    else code = (await import('./commands/report-error.ts')).reportError(error, json);
  }
  // A reader that closed our output early (`| head`) is no reason to hang.
  await new Promise<void>((done) => process.stdout.write('', () => done()));
  const lost = output.lost();
  if (lost) {
    process.stderr.write(
      `error: Not everything could be printed: ${lost.message}.\nnext: Make room, or print elsewhere.\n`,
    );
    code ||= 1;
  }
  return process.exit(code);
}
