import type { ErrorKind } from '../errors.ts';

/** One kind of failure: how its prose looks, a real sample of it, and what we say instead. */
export interface ErrorRule {
  readonly code: string;
  readonly kind: ErrorKind;
  readonly pattern: RegExp;
  /** Verbatim output of Docker 28.5, Compose 2.40 or buildx 0.29, unless a comment says otherwise. */
  readonly samples: readonly [string, ...string[]];
  readonly sentence: (found: Readonly<Record<string, string>>) => string;
  readonly next: (found: Readonly<Record<string, string>>) => readonly [string, ...string[]];
  /** The tool's own words would only mislead. */
  readonly mute?: true;
}

/** Tried from top to bottom: a cause stands before its consequences. */
export const ERROR_RULES: readonly ErrorRule[] = [
  {
    code: 'engine-no-permission',
    kind: 'needs-you',
    pattern: /permission denied while trying to connect to the docker (daemon socket|API)/i,
    samples: [
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: Get "http://%2Fvar%2Frun%2Fdocker.sock/v1.51/containers/json": dial unix /var/run/docker.sock: connect: permission denied',
    ],
    sentence: () => 'You may not talk to the Docker engine.',
    next: () => [
      'Add yourself to the docker group, whose members can become root on this machine: sudo usermod -aG docker "$USER"',
      'Log out and in again, then run the command again.',
      'Not with sudo: files, vault and key would belong to root.',
    ],
  },
  {
    code: 'engine-not-running',
    kind: 'needs-you',
    // An engine behind ssh that cannot be reached says "error during connect".
    pattern:
      /cannot connect to the docker daemon|error during connect:|failed to connect to the docker API|no answer within \d+ ms/i,
    samples: [
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      "unable to get image 'lab/app:base': Cannot connect to the Docker daemon at unix:///tmp/nosock.sock. Is the docker daemon running?",
      'error during connect: Get "http://docker.example.com/v1.51/containers/json": command [ssh -o ConnectTimeout=30 -T -- 127.0.0.1 docker system dial-stdio] has exited with exit status 255',
    ],
    sentence: () => 'The Docker engine does not answer.',
    next: () => [
      'Start it: sudo systemctl start docker (or open Docker Desktop), then run the command again.',
      'If it is on another machine: check DOCKER_HOST and `docker context ls`.',
    ],
  },
  {
    code: 'engine-context-missing',
    kind: 'needs-you',
    pattern: /context "(?<context>[^"]+)": context not found/i,
    samples: [
      'Failed to initialize: unable to resolve docker endpoint: context "nosuch": context not found: open meta.json',
    ],
    sentence: ({ context }) => `The Docker context ${context} does not exist.`,
    next: () => ['Choose one of `docker context ls` with `docker context use NAME`, or unset DOCKER_CONTEXT.'],
  },
  {
    code: 'compose-missing',
    kind: 'needs-you',
    // Without the plugin the client takes Compose's own flags for its own.
    pattern:
      /unknown command: docker compose|'compose' is not a docker command|unknown flag: --(progress|short)|unknown shorthand flag: 'f' in -f/i,
    samples: [
      'docker: unknown command: docker compose',
      'unknown flag: --progress\n\nUsage:  docker [OPTIONS] COMMAND [ARG...]',
      'unknown flag: --short',
      "unknown shorthand flag: 'f' in -f",
    ],
    sentence: () => 'The Compose plugin of Docker is not installed.',
    next: () => ['Install it (Debian and Ubuntu: sudo apt install docker-compose-plugin), then run the command again.'],
    mute: true,
  },
  {
    code: 'buildx-missing',
    kind: 'needs-you',
    pattern: /unknown command: docker buildx|'buildx' is not a docker command|buildx(?: component)? is missing/i,
    samples: ["docker: unknown command: docker buildx\n\nRun 'docker --help' for more information"],
    sentence: () => 'The buildx plugin of Docker is not installed.',
    next: () => ['Install it (Debian and Ubuntu: sudo apt install docker-buildx-plugin), then run the command again.'],
  },
  {
    code: 'disk-full',
    kind: 'tool-failed',
    pattern: /no space left on device|disk quota exceeded|os error 28\b/i,
    samples: [
      'Error response from daemon: create x: mkdir /var/lib/docker/volumes/x: no space left on device',
      'ERROR: failed to build: failed to solve: ResourceExhausted: write /var/lib/docker/tmp/x: no space left on device',
      'error: failed to write `target/release/x.rlib`: No space left on device (os error 28)',
    ],
    sentence: () => 'The disk of the Docker engine is full.',
    next: () => [
      'See what uses it: docker system df',
      'Free build cache: docker builder prune, then run the command again.',
    ],
  },
  {
    code: 'port-taken',
    kind: 'tool-failed',
    pattern:
      /failed to bind host port (?:for )?(?<host>\S+?):(?<port>\d+)[:/].*address already in use|bind for (?<host2>\S+):(?<port2>\d+) failed: port is already allocated|listen tcp\d? (?<host3>\S+):(?<port3>\d+): bind: address already in use/i,
    samples: [
      'Error response from daemon: driver failed programming external connectivity on endpoint p (aa): failed to bind host port for 127.0.0.1:18099:172.17.0.2:80/tcp: address already in use',
      'Error response from daemon: driver failed programming external connectivity on endpoint p (aa): Bind for 127.0.0.1:18098 failed: port is already allocated',
      // Docker Desktop, and engines before 28.
      'Error response from daemon: Ports are not available: exposing port TCP 127.0.0.1:8080 -> 0.0.0.0:0: listen tcp4 127.0.0.1:8080: bind: address already in use',
    ],
    sentence: (found) => `Port ${portIn(found)?.port} on ${portIn(found)?.host} is taken.`,
    next: () => ['Stop what holds it, or choose another port in trading-setup.yaml, then run the command again.'],
  },
  {
    code: 'network-pools-used-up',
    kind: 'tool-failed',
    pattern: /all predefined address pools have been fully subnetted/i,
    samples: [
      'failed to create network x_default: Error response from daemon: all predefined address pools have been fully subnetted',
    ],
    sentence: () => 'The Docker engine has no address range left for another network.',
    next: () => ['Remove networks that nothing uses: docker network prune, then run the command again.'],
  },
  {
    code: 'docker-init-missing',
    kind: 'tool-failed',
    pattern: /exec: "docker-init": executable file not found/i,
    samples: ['Error response from daemon: exec: "docker-init": executable file not found in $PATH'],
    sentence: () => 'The Docker engine lacks its program docker-init.',
    next: () => [
      'Install the package that holds it (Debian and Ubuntu: tini, linked as docker-init), then run the command again.',
    ],
  },
  {
    code: 'container-unhealthy',
    kind: 'tool-failed',
    pattern: /container (?<container>\S+) (?<how>is unhealthy|exited \(\d+\))/i,
    samples: [
      '{"error":true,"message":"dependency failed to start: container engtoy-000001-app-1 is unhealthy"}',
      'dependency failed to start: container engtoy-000001-app-1 exited (3)',
      'container engtoy-000001-app-1 is unhealthy',
    ],
    sentence: ({ container, how }) => `Container ${container} ${how}.`,
    next: ({ container }) => [`Read why: docker logs --tail 50 ${container}`],
  },
  {
    code: 'dotenv-invalid',
    kind: 'usage',
    // Compose 2.40 repeats what stands in the line, which may be a secret: only the line's number is taken over.
    pattern: /failed to read (?<file>\S*?\.env)(?<place>: line \d+)?: /i,
    samples: [
      '{"error":true,"message":"failed to read /srv/a/.env: line 2: unterminated quoted value \\"abc"}',
      '{"error":true,"message":"failed to read /srv/a/.env: Invalid template: \\"${abc\\""}',
      'failed to read /srv/a/.env: line 1: unexpected character "-" in variable name "A-B=abc"',
    ],
    sentence: ({ file, place = '' }) => `Compose cannot read ${file}${place}.`,
    next: () => ['Correct the line (NAME=value; quotes and ${ closed), then run the command again.'],
    mute: true,
  },
  {
    code: 'compose-file-missing',
    kind: 'needs-you',
    pattern: /no configuration file provided: not found/i,
    samples: ['{"error":true,"message":"no configuration file provided: not found"}'],
    sentence: () => 'There is no docker-compose.yml in this folder.',
    next: () => ['Write it: trading-setup init'],
  },
  {
    code: 'compose-file-invalid',
    kind: 'tool-failed',
    pattern: /^(?<why>validating .*|yaml: .*|.*invalid compose project.*|required variable .* is missing a value.*)$/im,
    samples: [
      "validating /srv/a/docker-compose.yml: services.a additional properties 'bogus' not allowed",
      'yaml: line 1: did not find expected key',
      'service "a" refers to undefined secret n: invalid compose project',
    ],
    sentence: ({ why }) => `Compose refuses the file: ${why}`,
    next: () => ['Mend docker-compose.yml or docker-compose.override.yml, or write it again: trading-setup init'],
  },
  {
    code: 'volume-missing',
    kind: 'tool-failed',
    pattern: /external volume "(?<volume>[^"]+)" not found|get (?<volume2>\S+): no such volume/i,
    samples: [
      'external volume "stack-a1b2c3-secrets-app" not found',
      'Error response from daemon: get nosuch: no such volume',
    ],
    sentence: ({ volume, volume2 }) => `The volume ${volume ?? volume2} does not exist on this engine.`,
    next: () => ['Make and fill it: trading-setup deploy'],
  },
  {
    code: 'image-unreachable',
    kind: 'tool-failed',
    pattern:
      /(?<image>[^\s"]+): failed to resolve source metadata|no such image: (?<image2>\S+)|pull access denied for (?<image3>[^\s,]+)|manifest for (?<image4>\S+) not found|get "https?:\/\/(?<registry>[^/"]+)\/v2\/[^"]*": .*(no such host|refused|timeout|unreachable)/i,
    samples: [
      'target base: failed to solve: nope/none:2: failed to resolve source metadata for docker.io/nope/none:2: failed to do request: Head "https://registry.example.com/v2/nope/none/manifests/2": dial tcp: lookup registry.example.com on 10.0.0.1:53: no such host',
      'Error response from daemon: No such image: nope/none:1',
      'Error response from daemon: Get "https://registry.example.com/v2/": dial tcp: lookup registry.example.com on 10.0.0.1:53: no such host',
      // From Docker's own messages; not seen without a network.
      "Error response from daemon: pull access denied for nope/none, repository does not exist or may require 'docker login'",
    ],
    sentence: ({ image, image2, image3, image4, registry }) => {
      const name = image ?? image2 ?? image3 ?? image4;
      return name === undefined
        ? `The image registry ${registry} cannot be reached.`
        : `The image ${name} cannot be fetched.`;
    },
    next: () => ['Check the name and the network of the engine, then run the command again.'],
  },
  {
    code: 'engine-died',
    kind: 'tool-failed',
    pattern: /\bunexpected EOF\b|error reading from server: (EOF|.*connection reset by peer)/i,
    samples: [
      'unexpected EOF',
      'ERROR: failed to receive status: rpc error: code = Unavailable desc = error reading from server: EOF',
      'target tui: failed to solve: Unavailable: error reading from server: EOF',
      'target migrate: failed to receive status: rpc error: code = Unavailable desc = error reading from server: connection reset by peer',
    ],
    sentence: () => 'The Docker engine ended in the middle of the work.',
    next: () => [
      'Start it (sudo systemctl start docker), then run the same command again: it goes on from what is there.',
    ],
  },
];

/** Host and port in whichever of the spellings matched. */
export function portIn(
  found: Readonly<Record<string, string>>,
): { readonly host: string; readonly port: number } | undefined {
  const host = found.host ?? found.host2 ?? found.host3;
  const port = found.port ?? found.port2 ?? found.port3;
  return host === undefined || port === undefined ? undefined : { host, port: Number(port) };
}
