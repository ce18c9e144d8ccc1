import * as z from 'zod';
import { SetupError } from '../errors.ts';
import type { Command, Runner } from '../system/run.ts';
import { buildxVersion, composeVersion, engineContext, engineInfo, engineVersion } from './commands.ts';
import { commandError } from './errors.ts';

/** What is known of the engine, asked once. */
export interface EngineFacts {
  readonly version: string;
  readonly composeVersion: string;
  readonly buildxVersion: string;
  /** e.g. `linux`. */
  readonly os: string;
  /** e.g. `x86_64`. */
  readonly arch: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly rootless: boolean;
  readonly contextName: string;
  /** Its ports, paths and processes are those of another machine. */
  readonly remote: boolean;
}

/** Older ones lack `start_interval` and additional build contexts. */
const OLDEST_ENGINE = 25;
const OLDEST_COMPOSE = [2, 24] as const;
/** An engine behind a dead connection. */
const TIMEOUT_MS = 20_000;
/** The same for who only offers something that needs an engine. */
export const OFFER_MS = 8_000;

const Info = z.object({
  ServerVersion: z.string(),
  OSType: z.string(),
  Architecture: z.string(),
  NCPU: z.int(),
  MemTotal: z.number(),
  SecurityOptions: z.array(z.string()).nullish(),
  DockerRootDir: z.string().optional(),
});
const Context = z.object({
  Name: z.string(),
  Endpoints: z.object({ docker: z.object({ Host: z.string() }).optional() }),
});

/** Asks everything that the other operations rely on; throws a SetupError of kind `needs-you` for what is missing. */
export async function checkEngine(runner: Pick<Runner, 'run'>, timeoutMs = TIMEOUT_MS): Promise<EngineFacts> {
  const answer = async (command: Command) => {
    const result = await runner.run(command, { timeoutMs });
    return { ...result, require: () => required(command, result) };
  };
  const [version, info, context, compose, buildx] = await Promise.all([
    answer(engineVersion),
    answer(engineInfo),
    answer(engineContext),
    answer(composeVersion),
    answer(buildxVersion),
  ]);
  if (isPodman(version.stdout + version.stderr + info.stdout)) throw podman();
  version.require();
  const facts = infoIn(info.require());
  const where = Context.parse(JSON.parse(context.require()));
  const found: EngineFacts = {
    version: facts.ServerVersion,
    composeVersion: compose.require().trim().replace(/^v/, ''),
    buildxVersion: buildx.require().trim().split(' ')[1] ?? 'unknown',
    os: facts.OSType,
    arch: facts.Architecture,
    cpus: facts.NCPU,
    memoryBytes: facts.MemTotal,
    rootless: facts.SecurityOptions?.some((option) => option.includes('name=rootless')) ?? false,
    contextName: where.Name,
    remote: isRemote(where),
  };
  requireVersions(found);
  return found;
}

/**
 * What of the engine's host a setup needs, in two quick calls: versions are looked at when something is built.
 * @param runner ends each call in time.
 */
export async function engineHost(
  runner: Pick<Runner, 'run'>,
): Promise<Pick<EngineFacts, 'cpus' | 'memoryBytes' | 'remote'> & { readonly root?: string }> {
  const [info, context] = await Promise.all(
    [engineInfo, engineContext].map(async (command) => required(command, await runner.run(command))),
  );
  const { NCPU, MemTotal, DockerRootDir } = infoIn(info ?? '');
  const root = DockerRootDir === undefined ? {} : { root: DockerRootDir };
  return { cpus: NCPU, memoryBytes: MemTotal, remote: isRemote(Context.parse(JSON.parse(context ?? ''))), ...root };
}

/** `docker info` ends with 0 and empty facts where something else answers at the engine's address (seen with HTTP 404). */
function infoIn(text: string): z.infer<typeof Info> {
  const info = Info.safeParse(JSON.parse(text || '{}')).data;
  if (info && info.NCPU > 0 && info.MemTotal > 0) return info;
  throw new SetupError('needs-you', 'What answers at the address of the Docker engine is no engine.', {
    code: 'engine-unknown',
    next: ['See where it looks: docker context ls, and DOCKER_HOST; then see docker info'],
  });
}

function isRemote({ Endpoints }: z.infer<typeof Context>): boolean {
  return !/^(unix|npipe):/.test(Endpoints.docker?.Host ?? 'unix:');
}

function required(command: Command, result: Awaited<ReturnType<Runner['run']>>): string {
  // `docker version` and `docker info` print JSON even when no engine answers; the exit code tells.
  if (result.exitCode !== 0) throw commandError(command, result);
  return result.stdout;
}

function requireVersions({ version, composeVersion, os }: EngineFacts): void {
  if (numbers(version)[0] < OLDEST_ENGINE) throw tooOld('engine', `Docker Engine ${OLDEST_ENGINE}`, version);
  const [major, minor] = numbers(composeVersion);
  const oldest = OLDEST_COMPOSE.join('.');
  if (major < OLDEST_COMPOSE[0] || (major === OLDEST_COMPOSE[0] && minor < OLDEST_COMPOSE[1])) {
    throw tooOld('compose', `Docker Compose ${oldest}`, composeVersion);
  }
  if (os === 'linux') return;
  throw new SetupError('needs-you', `The Docker engine runs ${os} containers; the stack needs Linux ones.`, {
    code: 'engine-not-linux',
    next: ['Switch Docker to Linux containers, then run the command again.'],
  });
}

function tooOld(what: 'engine' | 'compose', needed: string, found: string): SetupError {
  return new SetupError('needs-you', `${needed} or later is needed; ${found} is installed.`, {
    code: `${what}-too-old`,
    next: [`Upgrade to ${needed} or later (docs.docker.com/engine/install), then run the command again.`],
  });
}

function numbers(version: string): readonly [major: number, minor: number] {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(version) ?? [];
  return [Number(major ?? 0), Number(minor ?? 0)];
}

function isPodman(answers: string): boolean {
  return /podman engine|emulate docker cli using podman|"buildahVersion"/i.test(answers);
}

function podman(): SetupError {
  return new SetupError('needs-you', 'This engine is Podman; the stack is proven on Docker only.', {
    code: 'engine-is-podman',
    next: [
      'Install Docker Engine (docs.docker.com/engine/install), or point DOCKER_HOST at one.',
      'Podman runs health checks through systemd only and ignores some limits, so the stack would not be what it says.',
    ],
  });
}
