import type { Command } from '../system/run.ts';
import { compose, type Place } from './commands.ts';

/**
 * A program in a container of its own that is gone when it ends: image, environment, networks, volumes and secrets are
 * those of a service, its ports are not published, and nothing that it depends on is started. Its standard input is open.
 */
export function oneOff(
  place: Place,
  service: string,
  words: readonly string[],
  { terminal }: { readonly terminal: boolean },
): Command {
  // `--pull never`: an image that is not built is an error, and nothing is asked for over the network.
  const own = terminal ? [] : ['--no-TTY'];
  return compose(place, 'run', '--rm', '--no-deps', '--pull', 'never', '--interactive', ...own, service, ...words);
}
