import { z } from 'zod';
import { docker } from './run.ts';
import { waitFor } from './wait.ts';

const Mount = z.object({ Type: z.string(), Name: z.string().optional(), Destination: z.string(), RW: z.boolean() });
const Container = z.object({
  Id: z.string(),
  RestartCount: z.int(),
  Image: z.string(),
  State: z.object({
    Status: z.string(),
    Pid: z.int(),
    ExitCode: z.int(),
    StartedAt: z.string(),
    Health: z.object({ Status: z.string() }).optional(),
  }),
  Config: z.object({ Labels: z.record(z.string(), z.string()), User: z.string(), Image: z.string() }),
  HostConfig: z.object({
    ReadonlyRootfs: z.boolean(),
    PidsLimit: z.int().nullable(),
    Privileged: z.boolean(),
    CapDrop: z.array(z.string()).nullable(),
    CapAdd: z.array(z.string()).nullable(),
  }),
  NetworkSettings: z.object({
    Ports: z.record(z.string(), z.array(z.object({ HostIp: z.string(), HostPort: z.string() })).nullable()),
  }),
  Mounts: z.array(Mount),
});
export type Container = z.infer<typeof Container>;

/** The containers of a stack by service, by the engine's own word. */
export async function containersOf(id: string): Promise<ReadonlyMap<string, Container>> {
  const label = `label=com.docker.compose.project=${id}`;
  const oneOff = 'label=com.docker.compose.oneoff=False';
  const ids = (await docker('container', 'ls', '-aq', '--filter', label, '--filter', oneOff)).split('\n');
  const found = ids.filter(Boolean);
  if (found.length === 0) return new Map();
  const containers = z.array(Container).parse(JSON.parse(await docker('container', 'inspect', ...found)));
  return new Map(containers.map((each) => [each.Config.Labels['com.docker.compose.service'] ?? '', each]));
}

export async function containerOf(id: string, service: string): Promise<Container> {
  const container = (await containersOf(id)).get(service);
  if (!container) throw new Error(`the stack ${id} has no container of ${service}`);
  return container;
}

export const SERVICES = ['app', 'collect', 'database', 'gate', 'migrate', 'scheduled-backtest', 'tui'];

/** Whether a container is as it should be: healthy, or a migration that has ended well. */
export function isWell(service: string, { State }: Container): boolean {
  if (service === 'migrate') return State.Status === 'exited' && State.ExitCode === 0;
  return State.Status === 'running' && State.Health?.Status === 'healthy';
}

/** Waits until the engine calls the services of a stack healthy. */
export async function healthy(id: string, services = SERVICES, seconds = 120): Promise<void> {
  await waitFor(
    `${services.join(', ')} of ${id} healthy`,
    async () => {
      const containers = await containersOf(id);
      const ill = services.filter((name) => {
        const container = containers.get(name);
        return !container || !isWell(name, container);
      });
      if (ill.length > 0) throw new Error(`not yet: ${ill.join(', ')}`);
      return true;
    },
    seconds,
  );
}

/** Host pids of all processes of a container. */
export async function pidsOf(container: Container): Promise<readonly number[]> {
  const [, ...rows] = (await docker('top', container.Id, '-eo', 'pid')).trim().split('\n');
  return rows.map(Number);
}

export async function logOf(container: Container): Promise<string> {
  const { run } = await import('./run.ts');
  const { stdout, stderr } = await run(['docker', 'logs', container.Id]);
  return stdout + stderr;
}
