import { checkFormat, credentialFor } from '../catalog/credentials/index.ts';
import { SetupError } from '../errors.ts';
import { planPush } from '../operations/plan.ts';
import { unlockSecrets } from '../operations/preflight.ts';
import { takeSnapshot } from '../operations/snapshot.ts';
import { Secret } from '../secret.ts';
import { DATABASE_PASSWORD, DATABASE_SUPERUSER_PASSWORD, secretConsumers } from '../secrets/consumers.ts';
import { renderDeliveries } from '../secrets/render.ts';
import type { SecretStore } from '../secrets/store.ts';
import { checkValue } from '../secrets/value.ts';
import type { Stack } from '../stack/schema.ts';
import { composeCommand } from '../stack/words.ts';
import { readInput } from '../system/input.ts';
import { hasKeyboard } from '../system/terminal.ts';
import { type CommonFlags, type Context, withStack } from './context.ts';
import { giveUp } from './give-up.ts';
import { operate } from './operate.ts';

function entryOf(stack: Stack, name: string) {
  const entry = stack.secrets.entries[name];
  if (entry) return entry;
  const known = Object.keys(stack.secrets.entries);
  throw new SetupError('usage', `${name} is not a secret of this stack.`, {
    code: 'secret-unknown',
    next: [known.length === 0 ? 'This stack has no secrets.' : `It has: ${known.join(', ')}`],
  });
}

async function askValue({ face }: Context, name: string): Promise<Secret> {
  const about = credentialFor(name)?.credential.about;
  return (await face.askSecret(`Value of ${name}${about ? ` (${about})` : ''}`)) ?? giveUp();
}

async function readValue(context: Context, name: string): Promise<Secret> {
  if (!context.interactive && hasKeyboard()) {
    throw new SetupError('needs-you', 'A value typed here would be shown: the output does not go to the terminal.', {
      code: 'no-masked-prompt',
      next: [`Run it with nothing behind it: trading-setup secrets set ${name}`],
    });
  }
  const typed = context.interactive ? await askValue(context, name) : new Secret(await readInput());
  if (typed.length === 0) {
    throw new SetupError('needs-you', `${name} got no value.`, {
      code: 'no-value',
      next: [
        `Type it on a terminal, or give it on standard input: printf %s "$VALUE" | trading-setup secrets set ${name}`,
      ],
    });
  }
  return checkValue(name, typed);
}

/** The database takes this password when it is made, and never again. */
async function refuseSuperuser(store: SecretStore, name: string): Promise<void> {
  if (name !== DATABASE_SUPERUSER_PASSWORD || !(await store.names()).includes(name)) return;
  throw new SetupError('usage', `${name} has a value already, and the database keeps the first one.`, {
    code: 'secret-generated',
    next: [`Change the password that the program uses instead: trading-setup secrets set ${DATABASE_PASSWORD}`],
  });
}

/** `secrets set NAME`: from a masked prompt or standard input, never from an argument. */
export async function setSecret(name: string, flags: CommonFlags): Promise<void> {
  const context = await withStack(flags);
  const { format } = entryOf(context.stack, name);
  const store = await context.openStore(context.stack);
  await refuseSuperuser(store, name);
  const value = await readValue(context, name);
  const problem = checkFormat(format, value.reveal());
  if (problem) {
    throw new SetupError('usage', `${name}: ${problem}.`, {
      code: 'secret-format',
      next: [`Check the value and set ${name} again.`],
    });
  }
  // What a deploy would refuse is refused now.
  renderDeliveries(context.stack, new Map([[name, value]]));
  await store.set(name, value);
  context.face.say(`${name} is in ${store.place}. Next: trading-setup deploy`);
}

/** `secrets list`: names, where, who reads them; never a value. */
export async function listSecrets(flags: CommonFlags): Promise<void> {
  const context = await withStack(flags);
  const { stack } = context;
  const store = await context.openStore(stack);
  const kept = new Set(await store.names());
  const readers = secretConsumers(stack);
  const rows = Object.entries(stack.secrets.entries).map(([name, { kind, required, about }]) => ({
    name,
    kind,
    required,
    state: kept.has(name) ? 'set' : kind === 'generated' ? 'generated at the next deploy' : 'not set',
    services: readers.get(name) ?? [],
    about,
  }));
  if (flags.json) {
    process.stdout.write(
      `${JSON.stringify({ version: 1, stack: stack.id, store: store.kind, place: store.place, secrets: rows }, null, 2)}\n`,
    );
    return;
  }
  context.face.say(`Kept in ${store.place}.`);
  const width = Math.max(...rows.map(({ name }) => name.length), 0);
  for (const { name, state, required, services } of rows) {
    context.face.say(
      `${name.padEnd(width)}  ${state}, ${required ? 'required' : 'optional'}, read by ${services.join(', ') || 'nobody'}`,
    );
  }
}

/** `secrets reveal NAME`: prints a value, after a question; `--yes` where nobody can be asked. */
export async function revealSecret(name: string, flags: CommonFlags): Promise<void> {
  const context = await withStack(flags);
  entryOf(context.stack, name);
  if (!context.interactive && !flags.yes) {
    throw new SetupError('needs-you', `${name} would be shown, and nobody can be asked.`, {
      code: 'reveal-unconfirmed',
      next: [`Confirm it: trading-setup secrets reveal ${name} --yes`],
    });
  }
  if (context.interactive && !((await context.face.confirm(`Show ${name} on this screen?`, false)) ?? giveUp())) return;
  const value = await (await context.openStore(context.stack)).get(name);
  if (!value) {
    throw new SetupError('needs-you', `${name} has no value yet.`, {
      code: 'no-value',
      next: [`Generated ones are made by: trading-setup deploy. Others: trading-setup secrets set ${name}`],
    });
  }
  process.stdout.write(`${value.reveal()}\n`);
}

/** `secrets push`: delivers the values to the engine again. */
export async function pushSecrets(flags: CommonFlags): Promise<void> {
  const context = await withStack(flags);
  const { runner, stack, dir } = context;
  await operate(
    context,
    stack,
    'push',
    async (bench) => {
      const steps = planPush(stack, await takeSnapshot(runner, stack, dir));
      await unlockSecrets(bench);
      return steps;
    },
    {
      truth: 'The secrets are on the engine; running services read them at their next start.',
      next: [`${composeCommand(stack)} up -d`],
    },
  );
}
