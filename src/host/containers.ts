import { z } from 'zod';
import { docker } from '../engine/commands.ts';
import type { Runner } from '../system/run.ts';
import type { PortHolder } from './facts.ts';

const Row = z.object({ Names: z.string(), Ports: z.string(), Labels: z.string() });

function stackOf(labels: string): string | undefined {
  return /(?:^|,)trading-setup\.stack=([^,]+)/.exec(labels)?.[1];
}

/** Host ports that running containers publish, and whose they are. */
export async function publishedPorts(runner: Pick<Runner, 'run'>): Promise<readonly PortHolder[]> {
  const { exitCode, stdout } = await runner.run(docker('ps', '--no-trunc', '--format', '{{json .}}'));
  if (exitCode !== 0) return [];
  const rows = stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => Row.parse(JSON.parse(line)));
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
