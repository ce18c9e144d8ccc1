import { dirname, join } from 'node:path';
import * as z from 'zod';
import { observe } from '../engine/observe.ts';
import { SetupError } from '../errors.ts';
import type { Stack } from '../stack/schema.ts';
import { ensurePrivateDir, readText, removeFile, writeAtomic } from '../system/files.ts';
import type { Runner } from '../system/run.ts';

const Schema = z
  .strictObject({
    version: z.literal(1),
    /** The service that was stopped. */
    service: z.string(),
    /** Its container. */
    container: z.string(),
    /** When that container was started last, in milliseconds since the epoch: whoever starts it again ends the pause. */
    startedAt: z.number(),
    /** ISO. */
    since: z.iso.datetime(),
  })
  .readonly();

/** A service that is stopped for a login, as it is written down before it is stopped. */
export type LoginNote = z.infer<typeof Schema>;

/** Outside of the repository, beside the journal of rotations. */
function fileBeside(journal: string): string {
  return join(dirname(journal), 'login.json');
}

export async function writeLoginNote(journal: string, note: LoginNote): Promise<void> {
  await ensurePrivateDir(dirname(journal));
  await writeAtomic(fileBeside(journal), `${JSON.stringify(note, null, 2)}\n`, { mode: 0o600 });
}

/** The service runs again, or is not to. */
export function removeLoginNote(journal: string): Promise<void> {
  return removeFile(fileBeside(journal));
}

/**
 * The service that a login has stopped and nobody has started since; undefined: none. The engine is asked only where
 * something was written down. @throws SetupError where the note is damaged.
 */
export async function pausedByLogin(
  runner: Pick<Runner, 'run'>,
  { id }: Pick<Stack, 'id'>,
  journal: string,
): Promise<LoginNote | undefined> {
  const path = fileBeside(journal);
  const text = await readText(path);
  if (text === undefined) return undefined;
  const note = parsed(text, path);
  const { containers } = await observe(runner, id);
  const there = containers.find((each) => each.id === note.container);
  // One that was taken down, made anew or started again is as somebody wanted it after that.
  return there?.state === 'exited' && there.startedAt === note.startedAt ? note : undefined;
}

function parsed(text: string, path: string): LoginNote {
  try {
    return Schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new SetupError('needs-you', `What a login has written down, ${path}, is damaged.`, {
      code: 'login-note-damaged',
      next: [`See whether everything runs: trading-setup status. Then delete ${path}.`],
      cause,
    });
  }
}
