import { join, resolve } from 'node:path';
import type { Place } from '../engine/commands.ts';
import type { Stack } from '../stack/schema.ts';
import { composeOverride } from '../stack/words.ts';
import { readText } from '../system/files.ts';
import { environment } from '../system/process.ts';

/** The Compose file that needs no telling, unless somebody tells of others. */
const USUAL = 'docker-compose.yml';

/** An operator's list of Compose files, as Compose finds it: the shell's, else the one in `.env`. */
async function operatorsFiles(dir: string, env: Readonly<Record<string, string | undefined>>): Promise<string> {
  if (env.COMPOSE_FILE !== undefined && env.COMPOSE_FILE !== '') return env.COMPOSE_FILE;
  const text = (await readText(join(dir, '.env'))) ?? '';
  return /^[ \t]*(?:export[ \t]+)?COMPOSE_FILE[ \t]*=(.*)$/m.exec(text)?.[1] ?? '';
}

/**
 * Where Compose finds a stack. One whose file has a name of its own says so in each call, with the operator's override
 * beside it, unless the operator lists the file already: a list without it is of the repository's own stack, and would
 * start that one under our name.
 */
export async function placeOf(
  { dir, stack }: { readonly dir: string; readonly stack: Pick<Stack, 'id' | 'files'> },
  env: Readonly<Record<string, string | undefined>> = environment(),
): Promise<Place> {
  const place = { dir, project: stack.id };
  const { compose } = stack.files;
  const theirs = await operatorsFiles(dir, env);
  const listed = theirs.split(/[:;]/).map((path) => resolve(dir, path.trim().replace(/^["']|["']$/g, '')));
  if (listed.includes(resolve(dir, compose)) || (compose === USUAL && theirs.trim() === '')) return place;
  const override = composeOverride(stack);
  const hasOverride = (await readText(join(dir, override))) !== undefined;
  return { ...place, files: hasOverride ? [compose, override] : [compose] };
}
