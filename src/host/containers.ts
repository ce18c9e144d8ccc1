import * as z from 'zod';
import { docker, LABELS } from '../engine/commands.ts';
import type { Runner } from '../system/run.ts';
import { LOOK_MS, withDeadline } from './deadline.ts';
import type { PortHolder } from './facts.ts';

const Row = z.object({
  ID: z.string().default(''),
  Names: z.string(),
  Image: z.string().default(''),
  /** Entry point and arguments; may hold secrets and is never kept. */
  Command: z.string().default(''),
  State: z.string().default('running'),
  Mounts: z.string().default(''),
  Ports: z.string(),
  Labels: z.string(),
});

/** A container as `docker ps` lists it. */
export type ContainerRow = z.infer<typeof Row>;

/** The value of a label in the engine's comma-separated list. */
export function labelOf(labels: string, name: string): string | undefined {
  const at = `,${labels}`.indexOf(`,${name}=`);
  if (at === -1) return undefined;
  return labels.slice(at + name.length + 1).split(',')[0];
}

/** Whether a label has this value, which may hold commas itself. */
export function hasLabel(labels: string, name: string, value: string): boolean {
  return `,${labels},`.includes(`,${name}=${value},`);
}

export function stackOf(labels: string): string | undefined {
  return labelOf(labels, 'trading-setup.stack');
}

export const PROJECT = LABELS.project;
export const WORKING_DIR = 'com.docker.compose.project.working_dir';

/** Every container of the engine, stopped ones too; none where no engine answers. */
export async function listedContainers(runner: Pick<Runner, 'run'>): Promise<readonly ContainerRow[]> {
  const { exitCode, stdout } = await runner.run(docker('ps', '--all', '--no-trunc', '--format', '{{json .}}'));
  if (exitCode !== 0) return [];
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => Row.parse(JSON.parse(line)));
}

/** Host ports that containers publish, and whose they are; a stopped one publishes none. */
export function portsOf(rows: readonly ContainerRow[]): readonly PortHolder[] {
  return rows.flatMap(({ Names, Ports, Labels }) => {
    const stack = stackOf(Labels);
    const who = `container ${Names}`;
    // `127.0.0.1:8080->8080/tcp, [::]:9000-9001->9000-9001/tcp`
    return [...Ports.matchAll(/:(\d+)(?:-(\d+))?->/g)].flatMap(([, first, last]) => {
      const from = Number(first);
      const count = Number(last ?? first) - from + 1;
      return Array.from({ length: count }, (_, index) => ({ port: from + index, who, ...(stack ? { stack } : {}) }));
    });
  });
}

/** Host ports that running containers publish, and whose they are. */
export async function publishedPorts(runner: Pick<Runner, 'run'>): Promise<readonly PortHolder[]> {
  return portsOf(await listedContainers(withDeadline(runner, LOOK_MS).runner));
}
