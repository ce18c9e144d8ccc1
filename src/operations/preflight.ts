import { z } from 'zod';
import { ask } from '../engine/ask.ts';
import { composeConfigJson } from '../engine/commands.ts';
import { SetupError } from '../errors.ts';
import type { Workbench } from './execute.ts';

const Config = z.object({
  services: z.record(
    z.string(),
    z.object({ ports: z.array(z.object({ published: z.coerce.number().optional() })).optional() }),
  ),
});

/** The host ports that Compose will publish, with the operator's overrides from `.env` and other Compose files. */
async function publishedPorts({ runner, dir }: Workbench): Promise<readonly number[]> {
  const { services } = Config.parse(JSON.parse(await ask(runner, composeConfigJson(dir))));
  return Object.values(services).flatMap(({ ports }) => (ports ?? []).flatMap(({ published }) => published ?? []));
}

export function portTaken(port: number, who: string | undefined): SetupError {
  return new SetupError('tool-failed', `Port ${port} is used by ${who ?? 'another program'}.`, {
    code: 'port-taken',
    next: [
      `Stop it, or choose another port, e.g. in .env (see .env.example) or: trading-setup init --set ports.…=${port + 1}`,
    ],
  });
}

/** Before a build of minutes: the ports are free, or held by this very stack. @throws SetupError `port-taken`. */
export async function checkPorts(bench: Workbench): Promise<void> {
  for (const port of await publishedPorts(bench)) {
    const holder = await bench.whoHolds(port);
    if (holder && holder.stack !== bench.stack.id) throw portTaken(port, holder.who);
  }
}
