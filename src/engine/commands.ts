import type { Command } from '../system/run.ts';

/** Labels by which we find our own things on the engine. */
export const LABELS = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  dependsOn: 'com.docker.compose.depends_on',
  configHash: 'com.docker.compose.config-hash',
  oneOff: 'com.docker.compose.oneoff',
  oneShot: 'trading-setup.one-shot',
} as const;

/** What `watchContainers` asks for; probes make three exec events each and stay on the server. */
export const WATCHED_ACTIONS = [
  'start',
  'die',
  'stop',
  'kill',
  'oom',
  'restart',
  'pause',
  'unpause',
  'destroy',
  'health_status',
] as const;

const JSON_FORMAT = ['--format', '{{json .}}'] as const;

/** Any call of the engine's client. */
export function docker(...args: readonly string[]): Command {
  return { argv: ['docker', ...args] };
}

/** Where a stack is: the folder of its Compose file, and its project, which is the stack id. */
export interface Place {
  readonly dir: string;
  readonly project: string;
  /** Its Compose files, where they are not the ones that Compose finds by itself. */
  readonly files?: readonly string[];
}

/**
 * A Compose call in the folder of the stack. Never `-f`: Compose finds docker-compose.yml, an operator's
 * docker-compose.override.yml and COMPOSE_FILE by itself. The project is always said: COMPOSE_PROJECT_NAME of a shell
 * or of `.env` beats the `name:` in the file, and would start the whole stack a second time on the same volumes.
 */
export function compose({ dir, project, files }: Place, ...args: readonly string[]): Command {
  const found = files && { COMPOSE_FILE: files.join(':'), COMPOSE_PATH_SEPARATOR: ':' };
  return { argv: ['docker', 'compose', ...args], cwd: dir, env: { COMPOSE_PROJECT_NAME: project, ...found } };
}

/** `json` on `build` is BuildKit's rawjson on stdout (through `docker buildx bake`). */
export function composeBuild(place: Place, services: readonly string[] = []): Command {
  return compose(place, '--progress=json', 'build', ...services);
}

/**
 * Starts what the stack says and builds nothing; progress is JSON lines on stderr. A service that was taken out of the
 * stack is ended: it would go on trading, and no board would show it.
 */
export function composeUp(place: Place, services: readonly string[] = []): Command {
  return compose(place, '--progress=json', 'up', '-d', '--no-build', '--remove-orphans', ...services);
}

/**
 * Makes anew the containers of these services whose configuration has changed and starts those that do not run, without
 * what they depend on; progress is JSON lines on stderr. `force`: also where nothing has changed.
 */
export function composeRecreate(place: Place, services: readonly string[], force = false): Command {
  const forced = force ? ['--force-recreate'] : [];
  return compose(place, '--progress=json', 'up', '-d', '--no-build', '--no-deps', ...forced, ...services);
}

/** Stops the containers of these services, which stay and do not come back by themselves. */
export function composeStop(place: Place, services: readonly string[]): Command {
  return compose(place, '--progress=json', 'stop', ...services);
}

/** Stops and removes containers and networks, of services that were taken out too; volumes stay. */
export function composeDown(place: Place): Command {
  return compose(place, '--progress=json', 'down', '--remove-orphans');
}

/** The Compose file as Compose understands it, overrides included. */
export function composeConfigJson(place: Place, profile?: string): Command {
  const chosen = profile === undefined ? [] : ['--profile', profile];
  return compose(place, ...chosen, 'config', '--format', 'json');
}

/**
 * The hash of a service as the Compose file says it now, by which Compose tells whether a container is still as it was
 * made: `SERVICE HASH`.
 * @param variables what the file is read with, before the shell and `.env`.
 */
export function composeConfigHash(
  place: Place,
  service: string,
  variables: Readonly<Record<string, string>> = {},
): Command {
  const command = compose(place, 'config', '--hash', service);
  return { ...command, env: { ...command.env, ...variables } };
}

/** Ids of all containers of a project, stopped ones too, without `compose run` containers. */
export function listContainers(project: string): Command {
  return docker('container', 'ls', '-aq', '--no-trunc', ...byLabels(project, [`${LABELS.oneOff}=False`]));
}

/** The last lines that a container printed, on both pipes. */
export function lastLogs(container: string, lines: number): Command {
  return docker('container', 'logs', '--tail', String(lines), container);
}

export function inspectContainers(ids: readonly string[]): Command {
  return docker('container', 'inspect', ...ids);
}

/** A container that is never started. */
export function createContainer(
  image: string,
  options: {
    readonly name?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly volumes?: readonly string[];
  },
): Command {
  return docker(
    'container',
    'create',
    ...(options.name === undefined ? [] : ['--name', options.name]),
    ...labelArgs(options.labels ?? {}),
    ...(options.volumes ?? []).flatMap((volume) => ['-v', volume]),
    image,
    // An empty image has no command and `create` insists on one.
    '-',
  );
}

export function removeContainer(nameOrId: string): Command {
  return docker('container', 'rm', nameOrId);
}

/** Unpacks a tar, with its owners and modes, into a folder of a container that need not run. */
export function copyInto(container: string, folder: string, tar: Buffer): Command {
  return { ...docker('cp', '-', `${container}:${folder}`), stdin: tar };
}

/** A file or folder of a container as a tar on stdout. */
export function copyFrom(container: string, path: string): Command {
  return docker('cp', `${container}:${path}`, '-');
}

export function listVolumes(labels: readonly string[]): Command {
  return docker('volume', 'ls', '-q', ...labels.flatMap((label) => ['--filter', `label=${label}`]));
}

export function inspectVolume(name: string): Command {
  return docker('volume', 'inspect', name);
}

export function createVolume(name: string, labels: Readonly<Record<string, string>>): Command {
  return docker('volume', 'create', ...labelArgs(labels), name);
}

/**
 * `since`: Unix seconds; the engine replays what happened between then and now. `until`: it ends at that time instead
 * of going on.
 */
export function watchEvents(project: string, since?: number, until?: number): Command {
  const actions = WATCHED_ACTIONS.flatMap((action) => ['--filter', `event=${action}`]);
  const from = since === undefined ? [] : ['--since', since.toFixed(3)];
  const to = until === undefined ? [] : ['--until', until.toFixed(3)];
  return docker(
    'events',
    ...JSON_FORMAT,
    '--filter',
    'type=container',
    ...byLabels(project),
    ...actions,
    ...from,
    ...to,
  );
}

/** Builds an image from a Dockerfile alone, without any file beside it. */
export function buildFromText(image: string, dockerfile: string, labels: Readonly<Record<string, string>>): Command {
  return { ...docker('build', '--quiet', '--tag', image, ...labelArgs(labels), '-'), stdin: dockerfile };
}

/** Starts a container that was stopped, as it was made; nothing else is made or started. */
export function startContainer(nameOrId: string): Command {
  return docker('container', 'start', nameOrId);
}

/** Ends it first where it runs. */
export function endContainer(nameOrId: string): Command {
  return docker('container', 'rm', '--force', nameOrId);
}

export function removeImage(image: string): Command {
  return docker('image', 'rm', image);
}

/** Running containers that mount a volume. */
export function usersOfVolume(volume: string): Command {
  return docker('container', 'ls', '--filter', `volume=${volume}`, '--format', '{{.Names}}');
}

/** A shell script in a container of its own that reaches nothing but its volumes and is gone when it ends. */
export interface Scratch {
  readonly name: string;
  readonly image: string;
  readonly script: string;
  readonly args: readonly string[];
  readonly user: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `volume:/path` and `volume:/path:ro`; a path alone is a volume that goes with the container. */
  readonly volumes: readonly string[];
  readonly tmpfs: readonly string[];
  /** Capabilities; none but these. */
  readonly capabilities: readonly string[];
  /** What it reaches: a network, or `container:ID` for that of a container; absent: nothing. */
  readonly network?: string;
  /** Absent: `sh`. */
  readonly shell?: 'bash';
}

export function runScratch(scratch: Scratch): Command {
  const {
    name,
    image,
    script,
    args,
    user,
    labels,
    volumes,
    tmpfs,
    capabilities,
    network = 'none',
    shell = 'sh',
  } = scratch;
  return docker(
    ...['container', 'run', '--rm', '--interactive', '--init', '--name', name, '--network', network, '--read-only'],
    ...['--user', user, '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges'],
    ...capabilities.flatMap((each) => ['--cap-add', each]),
    ...labelArgs(labels),
    ...volumes.flatMap((each) => ['--volume', each]),
    ...tmpfs.flatMap((each) => ['--tmpfs', each]),
    ...['--entrypoint', shell, image, '-euc', script, name, ...args],
  );
}

/** A shell script in a running container; its standard input is open. The engine broadcasts script and arguments. */
export function execScript(container: string, script: string, args: readonly string[]): Command {
  return docker('container', 'exec', '--interactive', container, 'sh', '-euc', script, 'trading-setup', ...args);
}

export function inspectImage(image: string): Command {
  return docker('image', 'inspect', image);
}

/** Makes an image from a tar of its file system. */
export function importImage(image: string, tar: Buffer): Command {
  return { ...docker('image', 'import', '-', image), stdin: tar };
}

export const engineVersion: Command = docker('version', ...JSON_FORMAT);
export const engineInfo: Command = docker('info', ...JSON_FORMAT);
export const engineContext: Command = docker('context', 'inspect', ...JSON_FORMAT);
export const composeVersion: Command = docker('compose', 'version', '--short');
export const buildxVersion: Command = docker('buildx', 'version');

function labelArgs(labels: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
}

function byLabels(project: string, more: readonly string[] = []): readonly string[] {
  return [`${LABELS.project}=${project}`, ...more].flatMap((label) => ['--filter', `label=${label}`]);
}
