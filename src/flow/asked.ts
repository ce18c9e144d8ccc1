import { relative, resolve } from 'node:path';
import { quoted } from './equivalent.ts';

/** What was said of a run beside its decisions. */
export interface Asked {
  /** The repository, where it was named. */
  readonly dir: string | undefined;
  readonly start: boolean;
  readonly allowExposed?: boolean;
}

/** Confirms ports that other machines reach. */
export const ALLOW_EXPOSED = '--allow-exposed';

/**
 * The flags, quoted for a shell, without which the command of a run would do something else.
 * @param here the folder in which the command will be run.
 */
export function askedFlags({ dir, start, allowExposed }: Asked, here: string): readonly string[] {
  const named = dir === undefined ? '' : folderFrom(here, resolve(here, dir));
  return [
    ...(named === '' ? [] : [`--dir ${quoted(named)}`]),
    ...(start ? [] : ['--no-start']),
    ...(allowExposed ? [ALLOW_EXPOSED] : []),
  ];
}

/** A folder by its shortest sure name: empty where it is this one, relative inside of it. */
function folderFrom(here: string, folder: string): string {
  const way = relative(here, folder);
  return way === '..' || way.startsWith('../') ? folder : way.startsWith('-') ? `./${way}` : way;
}
