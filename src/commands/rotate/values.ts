import { resolve } from 'node:path';
import { checkFormat } from '../../catalog/credentials/index.ts';
import { SetupError } from '../../errors.ts';
import { isMade } from '../../flow/rotation/rows.ts';
import { Secret } from '../../secret.ts';
import { generateValue } from '../../secrets/generate.ts';
import type { Kept } from '../../secrets/store.ts';
import { checkValue } from '../../secrets/value.ts';
import type { Stack } from '../../stack/schema.ts';
import { readText } from '../../system/files.ts';
import { readInput } from '../../system/input.ts';
import { workingFolder } from '../../system/process.ts';
import { hasKeyboard } from '../../system/terminal.ts';
import { unknownSecret } from '../secrets/entry.ts';

/** Names are those of secrets that have a value. @throws SetupError exit 2 for an unknown one, 4 for one without a value. */
export function refuseNames(stack: Stack, kept: readonly Kept[], names: readonly string[]): void {
  const known = Object.keys(stack.secrets.entries);
  const strange = names.find((name) => !known.includes(name));
  if (strange !== undefined) throw unknownSecret(stack, strange);
  const set = new Set(kept.filter(({ slot }) => slot === 'current').map(({ name }) => name));
  const unset = names.find((name) => !set.has(name));
  if (unset === undefined) return;
  throw new SetupError('needs-you', `${unset} has no value yet, so there is none to replace.`, {
    code: 'no-value',
    next: [isMade(stack, unset) ? 'It is made by: trading-setup deploy' : `Set it: trading-setup secrets set ${unset}`],
  });
}

/** A new value for a secret that is made here. */
export function made(stack: Stack, name: string): Secret {
  return generateValue(stack.secrets.entries[name]?.format ?? 'any');
}

/**
 * Values from files: `NAME=FILE`, or a file alone where one secret is named.
 * @throws SetupError exit 2 for a file that is not there, or whose name is not told.
 */
export async function valuesFromFiles(
  stack: Stack,
  names: readonly string[],
  given: readonly string[],
): Promise<ReadonlyMap<string, Secret>> {
  const values = new Map<string, Secret>();
  for (const text of given) {
    const [, named, path = text] = /^([A-Za-z_]\w*)=(.+)$/s.exec(text) ?? [];
    const name = named ?? (names.length === 1 ? names[0] : undefined);
    if (name === undefined || !names.includes(name)) throw strangeFile(text, name);
    const content = await readText(resolve(workingFolder(), path));
    if (content === undefined) {
      throw new SetupError('usage', `There is no file ${path}.`, {
        code: 'no-file',
        next: [`Name the file that holds the value: --from-file ${name}=FILE`],
      });
    }
    values.set(name, wellFormed(stack, name, new Secret(content)));
  }
  return values;
}

function strangeFile(text: string, name: string | undefined): SetupError {
  return new SetupError(
    'usage',
    name === undefined
      ? `--from-file ${text} does not say which secret it is for.`
      : `--from-file ${text}: ${name} is not one of the secrets to rotate.`,
    { code: 'file-unnamed', next: ['Say it as NAME=FILE, with a name that is also an argument of rotate.'] },
  );
}

/**
 * Every new value where nobody can be asked: from files, made here, or one from standard input.
 * @throws SetupError exit 4 that names the flag of the first that is missing, 2 for one of the wrong form.
 */
export async function valuesUnasked(
  stack: Stack,
  names: readonly string[],
  files: ReadonlyMap<string, Secret>,
): Promise<ReadonlyMap<string, Secret>> {
  const missing = names.filter((name) => !files.has(name) && !isMade(stack, name));
  const [only, ...others] = missing;
  const piped = only !== undefined && others.length === 0 && !hasKeyboard() ? await readInput() : '';
  if (only !== undefined && piped === '') throw noValue(missing);
  return new Map(
    names.map((name) => {
      const value = files.get(name) ?? (name === only ? wellFormed(stack, name, new Secret(piped)) : made(stack, name));
      return [name, value];
    }),
  );
}

function noValue(names: readonly string[]): SetupError {
  const [first = 'NAME'] = names;
  const flags = names.map((name) => `--from-file ${name}=FILE`).join(' ');
  return new SetupError('needs-you', `${names.join(', ')}: a new value is entered, and nobody can be asked.`, {
    code: 'no-value',
    next: [
      `Give it from a file: ${flags}`,
      ...(names.length === 1
        ? [`Or on standard input: printf %s "$NEW" | trading-setup rotate ${first} --yes`]
        : ['Or rotate one after the other, each from standard input.']),
    ],
  });
}

function wellFormed(stack: Stack, name: string, given: Secret): Secret {
  const format = stack.secrets.entries[name]?.format ?? 'any';
  const value = checkValue(name, given, format);
  const problem = checkFormat(format, value.reveal());
  if (problem === undefined) return value;
  throw new SetupError('usage', `${name}: ${problem}.`, {
    code: 'secret-format',
    next: [`Check the value and rotate ${name} again; nothing was changed.`],
  });
}
