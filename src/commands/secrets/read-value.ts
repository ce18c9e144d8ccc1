import { resolve } from 'node:path';
import { credentialFor, type Format } from '../../catalog/credentials/index.ts';
import { SetupError } from '../../errors.ts';
import { Secret } from '../../secret.ts';
import { checkValue } from '../../secrets/value.ts';
import { readText } from '../../system/files.ts';
import { readInput } from '../../system/input.ts';
import { workingFolder } from '../../system/process.ts';
import { hasKeyboard } from '../../system/terminal.ts';
import type { Context } from '../context.ts';
import { giveUp } from '../give-up.ts';

/** Where a value comes from: a file, else a masked prompt, else standard input; never an argument. @param problem what was wrong with the one before. */
export async function readValue(
  context: Context,
  name: string,
  format: Format,
  fromFile: string | undefined,
  problem = '',
): Promise<Secret> {
  const given = fromFile === undefined ? await typedOrPiped(context, name, format, problem) : await fromPath(fromFile);
  if (given.length === 0) throw noValue(name);
  return checkValue(name, given, format);
}

async function typedOrPiped(context: Context, name: string, format: Format, problem: string): Promise<Secret> {
  if (context.interactive)
    return format === 'pem-private-key' ? askFile(context, name, problem) : askValue(context, name, problem);
  if (hasKeyboard()) {
    throw new SetupError('needs-you', 'A value typed here would be shown: the output does not go to the terminal.', {
      code: 'no-masked-prompt',
      next: [`Run it with nothing behind it: trading-setup secrets set ${name}`],
    });
  }
  return new Secret(await readInput());
}

async function askValue({ face }: Context, name: string, problem: string): Promise<Secret> {
  const about = credentialFor(name)?.credential.about;
  return (await face.askSecret(`${problem}Value of ${name}${about ? ` (${about})` : ''}`)) ?? giveUp();
}

/** A line that is typed ends where the first line of a pasted key does. */
async function askFile({ face }: Context, name: string, problem: string): Promise<Secret> {
  const path = (await face.askText(`${problem}${name} has several lines. The file that holds it (PEM)`)) ?? giveUp();
  return path.trim() === '' ? new Secret('') : fromPath(path.trim());
}

async function fromPath(path: string): Promise<Secret> {
  const text = await readText(resolve(workingFolder(), path));
  if (text !== undefined) return new Secret(text);
  throw new SetupError('usage', `There is no file ${path}.`, {
    code: 'no-file',
    next: ['Name the file that holds the value: --from-file FILE'],
  });
}

function noValue(name: string): SetupError {
  return new SetupError('needs-you', `${name} got no value.`, {
    code: 'no-value',
    next: [
      `Type it on a terminal, or give it on standard input: printf %s "$VALUE" | trading-setup secrets set ${name}`,
    ],
  });
}
