import { join } from 'node:path';
import { SetupError } from '../errors.ts';
import { readText } from '../system/files.ts';

/** Names that Compose prefers to ours. */
const RIVALS = ['compose.yaml', 'compose.yml'];

/** @throws SetupError where plain `docker compose` would read another file than the one we write. */
export async function checkRivals(dir: string): Promise<void> {
  for (const name of RIVALS) {
    if ((await readText(join(dir, name))) === undefined) continue;
    throw new SetupError('needs-you', `${name} is there, and Compose would run it instead of docker-compose.yml.`, {
      code: 'compose-file-rival',
      next: [
        `What it starts may still be running: docker compose -f ${name} ps`,
        `Then move it away, or what is still needed of it into docker-compose.override.yml.`,
      ],
    });
  }
}
