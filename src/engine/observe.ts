import * as z from 'zod';
import type { Runner } from '../system/run.ts';
import { ask } from './ask.ts';
import { inspectContainers, LABELS, listContainers } from './commands.ts';
import { commandError } from './errors.ts';

/** The last outputs of a health check; Docker keeps five. */
export interface HealthProbe {
  readonly endedAt: number;
  readonly exitCode: number;
  readonly output: string;
}

/** One container of a stack, as the engine says. */
export interface ObservedContainer {
  readonly id: string;
  readonly name: string;
  readonly service: string;
  readonly state: 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';
  /** Absent where no health check is defined. A stopped container keeps its last word. */
  readonly health?: { readonly status: 'starting' | 'healthy' | 'unhealthy'; readonly log: readonly HealthProbe[] };
  readonly exitCode: number;
  readonly oomKilled: boolean;
  /** Why the engine could not start it; empty otherwise. */
  readonly error: string;
  /** Milliseconds since the epoch; absent where it never happened. */
  readonly startedAt?: number;
  readonly finishedAt?: number;
  readonly createdAt: number;
  readonly restartCount: number;
  readonly image: string;
  readonly imageId: string;
  /** Published addresses, e.g. `127.0.0.1:8080`. */
  readonly ports: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly oneShot: boolean;
  readonly configHash: string;
}

/** What the engine knows of a stack in one moment. */
export interface ObservedStack {
  readonly project: string;
  readonly containers: readonly ObservedContainer[];
}

const time = z.string().transform((text) => {
  // Go's zero time stands for "never".
  const ms = Date.parse(text);
  return Number.isNaN(ms) || ms <= 0 ? undefined : ms;
});
const Probe = z.object({ End: time, ExitCode: z.int(), Output: z.string().default('') });
const Binding = z.object({ HostIp: z.string().default(''), HostPort: z.string().default('') });
const Inspected = z.object({
  Id: z.string(),
  Name: z.string(),
  Created: time,
  RestartCount: z.int().default(0),
  Image: z.string(),
  State: z.object({
    Status: z.enum(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']),
    ExitCode: z.int(),
    OOMKilled: z.boolean().default(false),
    Error: z.string().default(''),
    StartedAt: time,
    FinishedAt: time,
    Health: z
      .object({ Status: z.enum(['none', 'starting', 'healthy', 'unhealthy']), Log: z.array(Probe).nullish() })
      .nullish(),
  }),
  Config: z.object({ Image: z.string(), Labels: z.record(z.string(), z.string()).nullish() }),
  HostConfig: z.object({ PortBindings: z.record(z.string(), z.array(Binding).nullable()).nullish() }),
});

/** Asks the engine about all containers of a project, stopped ones too: two calls, whatever their number. */
export async function observe(runner: Pick<Runner, 'run'>, project: string): Promise<ObservedStack> {
  const ids = (await ask(runner, listContainers(project))).split('\n').filter(Boolean);
  if (ids.length === 0) return { project, containers: [] };
  const command = inspectContainers(ids);
  const result = await runner.run(command);
  // One that went away between the calls is an error beside the answer about the others.
  if (result.exitCode !== 0 && !/no such container/i.test(result.stderr)) throw commandError(command, result);
  const containers = z.array(Inspected).parse(JSON.parse(result.stdout)).map(toContainer);
  return { project, containers: containers.sort((a, b) => a.name.localeCompare(b.name)) };
}

function toContainer({ State, Config, HostConfig, ...own }: z.infer<typeof Inspected>): ObservedContainer {
  const labels = Config.Labels ?? {};
  const health = toHealth(State.Health);
  return {
    id: own.Id,
    name: own.Name.replace(/^\//, ''),
    service: labels[LABELS.service] ?? '',
    state: State.Status,
    ...(health === undefined ? {} : { health }),
    exitCode: State.ExitCode,
    oomKilled: State.OOMKilled,
    error: State.Error,
    ...(State.StartedAt === undefined ? {} : { startedAt: State.StartedAt }),
    ...(State.FinishedAt === undefined ? {} : { finishedAt: State.FinishedAt }),
    createdAt: own.Created ?? 0,
    restartCount: own.RestartCount,
    image: Config.Image,
    imageId: own.Image,
    ports: toPorts(HostConfig.PortBindings ?? {}),
    labels,
    oneShot: labels[LABELS.oneShot] === 'true',
    configHash: labels[LABELS.configHash] ?? '',
  };
}

function toHealth(health: z.infer<typeof Inspected>['State']['Health']): ObservedContainer['health'] {
  if (!health || health.Status === 'none') return undefined;
  const log = (health.Log ?? []).map(({ End, ExitCode, Output }) => ({
    endedAt: End ?? 0,
    exitCode: ExitCode,
    output: Output,
  }));
  return { status: health.Status, log };
}

/** From the bindings that were asked for: they are there for a stopped container too. */
function toPorts(bindings: Readonly<Record<string, readonly z.infer<typeof Binding>[] | null>>): readonly string[] {
  return Object.values(bindings).flatMap((list) =>
    (list ?? []).map(({ HostIp, HostPort }) => `${address(HostIp)}:${HostPort}`),
  );
}

function address(ip: string): string {
  if (ip === '') return '0.0.0.0';
  return ip.includes(':') ? `[${ip}]` : ip;
}
