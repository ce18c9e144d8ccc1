import { join } from 'node:path';
import * as z from 'zod';
import { planWrites } from '../artifacts/plan.ts';
import { readDisk } from '../artifacts/read-disk.ts';
import { type Artifact, render } from '../artifacts/render.ts';
import { checkRivals } from '../artifacts/rivals.ts';
import { ask } from '../engine/ask.ts';
import { composeConfigJson } from '../engine/commands.ts';
import { volumeExists } from '../engine/volumes.ts';
import { SetupError } from '../errors.ts';
import { type MissingSecret, missingSecrets } from '../secrets/consumers.ts';
import { generateMissing } from '../secrets/fill.ts';
import { FINGERPRINT_KEY, fingerprintKey } from '../secrets/fingerprint.ts';
import type { SecretStore } from '../secrets/store.ts';
import { API_PORT, engineVolume, portVariable, volumesOf } from '../stack/names.ts';
import type { Stack } from '../stack/schema.ts';
import { readText } from '../system/files.ts';
import { isDelivered, readDelivery } from './deliver.ts';
import { readRevisions } from './env-file.ts';
import type { Workbench } from './execute.ts';
import { placeOf } from './place.ts';
import { refuseHalfRotated } from './rotation/refuse.ts';
import type { Step } from './step.ts';

const Config = z.object({
  services: z.record(
    z.string(),
    z.object({ ports: z.array(z.object({ published: z.string().optional() })).optional() }),
  ),
});

/** `8080`, or a range such as `8000-8010`. */
function portsOf(published = ''): readonly number[] {
  const [first = 0, last = first] = published.split('-').map(Number);
  return first === 0 ? [] : Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The host ports that Compose will publish, with the operator's overrides from `.env` and other Compose files. */
async function hostPorts(bench: Workbench): Promise<readonly number[]> {
  const { services } = Config.parse(JSON.parse(await ask(bench.runner, composeConfigJson(await placeOf(bench)))));
  return Object.values(services).flatMap(({ ports }) => (ports ?? []).flatMap(({ published }) => portsOf(published)));
}

/** The decision that a published port comes from; undefined for one of the operator's own. */
function decisionOf({ ports }: Stack, port: number): string | undefined {
  if (ports.api?.host === port) return 'ports.api.host';
  const further = Object.entries(ports.api?.instances ?? {}).find(([, each]) => each === port)?.[0];
  if (further !== undefined) return `ports.api.instances.${further}`;
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
  for (const port of await hostPorts(bench)) {
    const holder = await bench.whoHolds(port);
    if (holder && holder.stack !== bench.stack.id) throw portTaken(bench.stack, port, holder.who);
  }
}

/** A port in `.env` that no instance is published on: it was that of the only service, and is nobody's now. */
export async function unreadPort({ dir, stack }: Pick<Workbench, 'dir' | 'stack'>): Promise<readonly string[]> {
  const first = stack.ports.api?.service;
  if (first === undefined || portVariable(stack, first) === API_PORT) return [];
  const text = (await readText(join(dir, '.env'))) ?? '';
  if (!new RegExp(`^[ \\t]*(?:export[ \\t]+)?${API_PORT}[ \\t]*=`, 'm').test(text)) return [];
  return [
    `${API_PORT} in .env publishes nothing, because there are instances: that of ${first} is ${portVariable(stack, first)}.`,
  ];
}

/**
 * Opens the store and makes the generated secrets before the first screen of the operation: a passphrase is asked for
 * while nothing else owns the terminal, and not after a build of minutes. Where nothing is left to deliver nobody is asked.
 * @returns the steps that are left of a plan.
 */
export async function unlockSecrets(bench: Workbench, plan: readonly Step[]): Promise<readonly Step[]> {
  const { runner, stack, dir } = bench;
  await refuseHalfRotated(bench);
  const store = await bench.openStore();
  await checkStore(bench, store);
  const services = plan.flatMap((step) => (step.kind === 'deliver' ? step.services : []));
  if (await isDelivered(runner, stack, store, await readRevisions(dir, services))) {
    return plan.filter(({ kind }) => kind !== 'deliver');
  }
  await generateMissing(stack, store);
  await fingerprintKey(store);
  return plan;
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

/** Files whose content decides what is built and started. */
function isDecisive({ path, form }: Artifact): boolean {
  return form === 'file' && path !== '.env.example' && path !== 'trading-setup.yaml';
}

/** What is built and started is what trading-setup.yaml says. @throws SetupError `artifacts-stale`. */
export async function checkArtifacts({ dir, stack }: Pick<Workbench, 'dir' | 'stack'>): Promise<void> {
  await checkRivals(dir, stack.files);
  const artifacts = render(stack);
  const decisive = new Set(artifacts.filter(isDecisive).map(({ path }) => path));
  const { changes } = planWrites(artifacts, await readDisk(dir, artifacts));
  // An edit that stays is the person's will; one that has to be merged or decided first is not known to work.
  const stale = changes
    .filter(({ path, action }) => decisive.has(path) && action !== 'unchanged' && action !== 'kept')
    .map(({ path }) => path);
  if (stale.length === 0) return;
  throw new SetupError('needs-you', `${stale.join(', ')}: not as trading-setup.yaml says.`, {
    code: 'artifacts-stale',
    next: ['Write them again: trading-setup init --no-start', 'Then run the same command again.'],
  });
}

/**
 * The secrets on the engine came from this store. A deploy from another one would make new passwords for a database
 * that keeps its old ones, and take keys from a running trader. @throws SetupError `secrets-elsewhere`.
 */
async function checkStore({ runner, stack }: Workbench, store: SecretStore): Promise<void> {
  const names = new Set(await store.names());
  if (names.has(FINGERPRINT_KEY)) return;
  const generated = Object.entries(stack.secrets.entries).filter(([, { kind }]) => kind === 'generated');
  if (generated.every(([name]) => names.has(name))) return;
  for (const { service, kind, volume } of volumesOf(stack)) {
    if (kind !== 'secrets' || !(await volumeExists(runner, engineVolume(stack, volume)))) continue;
    if (!(await readDelivery(runner, stack, service))?.paths.length) continue;
    throw new SetupError(
      'needs-you',
      `The secrets of this stack were delivered from another store than ${store.place}.`,
      {
        code: 'secrets-elsewhere',
        next: [
          'Run the command as the person, and on the machine, whose store has them.',
          `Or copy each value from there into this one: trading-setup secrets set NAME`,
        ],
      },
    );
  }
}
