import { join } from 'node:path';
import { SetupError } from '../errors.ts';
import type { FileAction } from '../flow/types.ts';
import type { Stack } from '../stack/schema.ts';
import { readText } from '../system/files.ts';
import type { OnDisk } from './propose.ts';
import type { Artifact } from './render.ts';

/** The Compose file that plain `docker compose` finds, unless a rival is there. */
export const USUAL_COMPOSE = 'docker-compose.yml';

/** Names that Compose prefers to ours, and one that ours would hide. */
const PREFERRED = ['compose.yaml', 'compose.yml'];
const HIDDEN = 'docker-compose.yaml';
export const RIVALS: readonly string[] = [...PREFERRED, HIDDEN];

/**
 * Compose files of the person's that cannot stand beside ours under its usual name: Compose would run them and not
 * ours, or ours and no longer them.
 */
export function rivalActions(artifacts: readonly Artifact[], disk: ReadonlyMap<string, OnDisk>): readonly FileAction[] {
  if (!artifacts.some(({ path }) => path === USUAL_COMPOSE)) return [];
  const isNew = disk.get(USUAL_COMPOSE)?.base === undefined;
  return RIVALS.filter((path) => disk.get(path)?.current !== undefined && (path !== HIDDEN || isNew)).map((path) => ({
    path,
    action: 'conflict',
    note: path === HIDDEN ? `${USUAL_COMPOSE} would hide it` : `Compose would run it instead of ${USUAL_COMPOSE}`,
    choices: [
      { value: 'keep', means: 'yours stays as it is, ours goes beside it as docker-compose.trading-setup.yml' },
    ],
  }));
}

/** BuildKit prefers it to `.dockerignore`: what ours leaves out would be sent into the build. */
async function checkIgnoreRival(dir: string, { dockerfile, dockerignore }: Stack['files']): Promise<void> {
  const preferred = `${dockerfile}.dockerignore`;
  if (dockerignore === preferred || (await readText(join(dir, preferred))) === undefined) return;
  throw new SetupError('needs-you', `${preferred} is there, and the build would read it instead of ${dockerignore}.`, {
    code: 'dockerignore-rival',
    next: [
      `Move it away, or what is still needed of it into ${dockerignore}.`,
      `Or have ours in its place: trading-setup init --set files.dockerignore=${preferred} --on-conflict ${preferred}=replace`,
    ],
  });
}

/**
 * @param files the names of our files.
 * @throws SetupError where plain `docker compose` would read another file than the one we write, or the build another
 * list of what stays out of it.
 */
export async function checkRivals(dir: string, files: Stack['files']): Promise<void> {
  await checkIgnoreRival(dir, files);
  if (files.compose !== USUAL_COMPOSE) return;
  for (const name of PREFERRED) {
    if ((await readText(join(dir, name))) === undefined) continue;
    throw new SetupError('needs-you', `${name} is there, and Compose would run it instead of ${USUAL_COMPOSE}.`, {
      code: 'compose-file-rival',
      next: [
        `What it starts may still be running: docker compose -f ${name} ps`,
        'Keep it, and have ours beside it under another name: trading-setup init --on-conflict keep',
        'Or move it away, or what is still needed of it into docker-compose.override.yml.',
      ],
    });
  }
}
