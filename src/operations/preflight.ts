import { z } from 'zod';
import { ask } from '../engine/ask.ts';
import { composeConfigJson } from '../engine/commands.ts';
import { SetupError } from '../errors.ts';
import { type MissingSecret, missingSecrets } from '../secrets/consumers.ts';
import { generateMissing } from '../secrets/fill.ts';
import { fingerprintKey } from '../secrets/fingerprint.ts';
import type { Stack } from '../stack/schema.ts';
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

/** The decision that a published port comes from; undefined for one of the operator's own. */
function decisionOf({ ports }: Stack, port: number): string | undefined {
  if (ports.api?.host === port) return 'ports.api.host';
  return ports.tui === port ? 'ports.tui' : undefined;
}

/** The one sentence about a port that something else holds, whenever that is noticed. */
export function portTaken(stack: Stack, port: number, who = 'another program'): SetupError {
  const decision = decisionOf(stack, port);
  const other =
    decision === undefined
      ? 'Or choose another one in .env or your own Compose file.'
      : `Or choose another one: trading-setup init --set ${decision}=${port + 1}`;
  return new SetupError('tool-failed', `Port ${port} is used by ${who}.`, {
    code: 'port-taken',
    next: [`Stop ${who}, then run the command again.`, other],
  });
}

/** Before a build of minutes: the ports are free, or held by this very stack. @throws SetupError `port-taken`. */
export async function checkPorts(bench: Workbench): Promise<void> {
  for (const port of await publishedPorts(bench)) {
    const holder = await bench.whoHolds(port);
    if (holder && holder.stack !== bench.stack.id) throw portTaken(bench.stack, port, holder.who);
  }
}

/**
 * Opens the store and makes the generated secrets before the first screen of the operation: a passphrase is asked for
 * while nothing else owns the terminal, and not after a build of minutes.
 */
export async function unlockSecrets({ stack, openStore }: Workbench): Promise<void> {
  const store = await openStore();
  await generateMissing(stack, store);
  await fingerprintKey(store);
}

/**
 * Before a build of minutes: what a person has to enter is entered. Generated secrets are made by the deploy itself.
 * Reads names only: nobody is asked for a passphrase. @throws SetupError `secret-missing`.
 */
export async function checkSecrets({ stack, openStore }: Workbench): Promise<void> {
  const entered = ({ name, required }: MissingSecret) => required && stack.secrets.entries[name]?.kind === 'entered';
  const needed = missingSecrets(stack, new Map()).filter(entered);
  if (needed.length === 0) return;
  const kept = new Set(await (await openStore()).names());
  const [missing, ...others] = needed.filter(({ name }) => !kept.has(name));
  if (missing === undefined) return;
  const names = [missing, ...others].map(({ name }) => name);
  const which = others.length === 0 ? `The secret ${missing.name} is` : `The secrets ${names.join(', ')} are`;
  const services = [...new Set([missing, ...others].flatMap((each) => each.services))];
  throw new SetupError('needs-you', `${which} required by ${services.join(', ')} and not set.`, {
    code: 'secret-missing',
    next: names.map((name) => `Set it: trading-setup secrets set ${name}`),
  });
}
