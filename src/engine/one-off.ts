import type { Command, Runner } from '../system/run.ts';
import { ask } from './ask.ts';
import { compose, docker, LABELS, type Place } from './commands.ts';

export interface OneOffOptions {
  /** It has the terminal of this run. */
  readonly terminal: boolean;
  /** What its container is called, so that one that a killed run has left is found again. */
  readonly name?: string;
}

/**
 * A program in a container of its own that is gone when it ends: image, environment, networks, volumes and secrets are
 * those of a service, its ports are not published, and nothing that it depends on is started. Its standard input is open.
 */
export function oneOff(
  place: Place,
  service: string,
  words: readonly string[],
  { terminal, name }: OneOffOptions,
): Command {
  const called = name === undefined ? [] : ['--name', name];
  const own = terminal ? [] : ['--no-TTY'];
  // `--pull never`: an image that is not built is an error, and nothing is asked for over the network.
  const fixed = ['--rm', '--no-deps', '--pull', 'never', '--interactive'];
  return compose(place, 'run', ...fixed, ...own, ...called, service, ...words);
}

/** The container in which a stack's program encrypts its data anew. */
export function reencryptContainer(stackId: string): string {
  return `trading-setup-reencrypt-${stackId}`;
}

/** The container in which a stack's program logs in. */
export function loginContainer(stackId: string): string {
  return `trading-setup-login-${stackId}`;
}

/** A program that runs beside the services, with what one of them has. */
export interface RunningOneOff {
  readonly container: string;
  readonly service: string;
}

/** What `run`, or a person's `docker compose run`, has at work now. */
export async function runningOneOffs(runner: Pick<Runner, 'run'>, project: string): Promise<readonly RunningOneOff[]> {
  const labels = [`${LABELS.project}=${project}`, `${LABELS.oneOff}=True`];
  const filters = labels.flatMap((label) => ['--filter', `label=${label}`]);
  const command = docker('container', 'ls', ...filters, '--format', `{{.Names}} {{.Label "${LABELS.service}"}}`);
  return (await ask(runner, command))
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [container = '', service = ''] = line.trim().split(' ');
      return { container, service };
    });
}
