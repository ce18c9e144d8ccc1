import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Our own package's folder, from the bundle as well as from the sources: where `templates/` and `docker/` are. */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'templates', 'Dockerfile.eta'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the templates are missing from this installation');
    folder = parent;
  }
  return folder;
}
