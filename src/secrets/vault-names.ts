import { join } from 'node:path';
import * as z from 'zod';
import { SetupError } from '../errors.ts';
import { readText, writeAtomic } from '../system/files.ts';

const Names = z.strictObject({
  version: z.literal(1),
  names: z.array(z.strictObject({ name: z.string(), set: z.iso.datetime() })),
});

const pathOf = (dir: string): string => join(dir, 'names.json');

/** The names in a vault and when each was set, kept in clear so that a list asks for no passphrase; undefined: no list. */
export async function readNames(dir: string): Promise<ReadonlyMap<string, string> | undefined> {
  const text = await readText(pathOf(dir));
  if (text === undefined) return undefined;
  try {
    return new Map(Names.parse(JSON.parse(text)).names.map(({ name, set }) => [name, set]));
  } catch (cause) {
    throw new SetupError('needs-you', `The list of names ${pathOf(dir)} is damaged.`, {
      code: 'vault-names-damaged',
      // The vault itself has the names too, behind its passphrase.
      next: [`Delete ${pathOf(dir)} and run the command again; it is written again with the next secret that you set.`],
      cause,
    });
  }
}

/** Writes the list: all names of the vault, with a new date for those that were just set. */
export async function writeNames(
  dir: string,
  all: Iterable<string>,
  justSet: ReadonlySet<string>,
  now: number,
): Promise<void> {
  // A damaged list is replaced: by now all names are known from the vault, only dates are lost.
  const before = await readNames(dir).catch(() => undefined);
  const today = new Date(now).toISOString();
  const names = [...all].sort().map((name) => ({ name, set: (!justSet.has(name) && before?.get(name)) || today }));
  await writeAtomic(pathOf(dir), `${JSON.stringify({ version: 1, names }, null, 2)}\n`, { mode: 0o600 });
}
