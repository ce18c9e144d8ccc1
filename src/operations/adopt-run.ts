import { cancelled, lastLines } from '../engine/errors.ts';
import { SetupError } from '../errors.ts';
import { redact } from '../secret.ts';
import type { Command } from '../system/run.ts';
import type { Workbench } from './execute.ts';

/** What the scripts that take data over say to a person; everything else is a tool's own output. */
const SAID = /^adopt: (.*)$/;
/** EX_DATAERR: the script itself has refused, in words. */
const REFUSED = 65;

/** The container that fills a volume; a crash may have left it at work. */
export function scratchName(volume: string): string {
  return `trading-setup-adopt-${volume}`;
}

/**
 * Runs a script that takes data over: yields what it says to a person, returns every other line.
 * @throws SetupError `adopt-failed`, with its refusal.
 */
export async function* runAdoption(
  { runner, signal }: Pick<Workbench, 'runner' | 'signal'>,
  command: Command,
  what: string,
): AsyncGenerator<string, readonly string[]> {
  const said: string[] = [];
  const others: string[] = [];
  const lines = runner.stream(command, { signal });
  let next = await lines.next();
  for (; !next.done; next = await lines.next()) {
    for (const line of next.value) {
      const text = SAID.exec(line.text)?.[1];
      (text === undefined ? others : said).push(text ?? line.text);
      if (text !== undefined) yield redact(text);
    }
  }
  if (next.value === 0) return others;
  if (signal.aborted) throw cancelled(`taking over ${what}`);
  const why = next.value === REFUSED ? said.at(-1) : undefined;
  throw new SetupError(
    'tool-failed',
    `${what} was not taken over: ${why ?? 'the copying failed.'} The original is as it was.`,
    {
      code: 'adopt-failed',
      output: lastLines(others.join('\n')),
      next: ['Mend that, then run the same command again: the copy is made anew.'],
    },
  );
}
