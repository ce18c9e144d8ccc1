import { volumeExists } from '../../engine/volumes.ts';
import { SetupError } from '../../errors.ts';
import { DATABASE_SUPERUSER_PASSWORD } from '../../secrets/consumers.ts';
import { overviewOf, type SecretRow } from '../../secrets/overview.ts';
import { rotationIn } from '../../stack/credentials.ts';
import { DATABASE, dataVolume, engineVolume } from '../../stack/names.ts';
import { type CommonFlags, type Context, withStack } from '../context.ts';
import { giveUp } from '../give-up.ts';
import { keptName, refuseUnfinished } from './entry.ts';

/** `secrets remove NAME`: forgets a value, after saying what that means. */
export async function removeSecret(name: string, flags: CommonFlags): Promise<void> {
  const context = await withStack(flags);
  const { stack, face } = context;
  const store = await context.openStore(stack);
  const kept = await store.list();
  keptName(stack, kept, name);
  await refuseUnfinished(stack, [name]);
  const row = overviewOf(stack, kept).find((each) => each.name === name);
  if (row === undefined || !kept.some((each) => each.name === name)) {
    return face.say(`${name} has no value in ${store.place}; nothing was removed.`);
  }
  if (name === DATABASE_SUPERUSER_PASSWORD) await refuseWithData(context, stack);
  const meaning = meaningOf(row, rotationIn(stack, name).unreadable);
  if (!context.interactive && !flags.yes) {
    throw new SetupError('needs-you', `${name} would be forgotten, and nobody can be asked. ${meaning}`, {
      code: 'remove-unconfirmed',
      next: [`Confirm it: trading-setup secrets remove ${name} --yes`],
    });
  }
  face.say(meaning);
  if (context.interactive && !((await face.confirm(`Forget the value of ${name}?`, false)) ?? giveUp())) return;
  // Again: a person was asked, and meanwhile a rotation may have begun.
  await refuseUnfinished(stack, [name]);
  await store.delete(name);
  face.say(`${name} is no longer in ${store.place}. What runs keeps it until: trading-setup deploy`);
}

function meaningOf({ name, kind, required, services }: SecretRow, unreadable: string | undefined): string {
  if (kind === 'left over') return `Nothing in this stack reads ${name}.`;
  const readers = services.length === 0 ? 'Nobody reads it' : `It is read by ${services.join(', ')}`;
  const lost = unreadable === undefined ? '' : ` Without it nobody can read this any more: ${unreadable}.`;
  if (kind === 'generated') return `${readers}. The next deploy makes a new one.${lost}`;
  const then = required
    ? 'Nothing that reads it starts without it.'
    : 'It is optional: what reads it starts without it.';
  return `${readers}. ${services.length === 0 ? '' : `${then} `}There is no copy: keep one, or get a new one where ${name} came from.${lost}`;
}

/** The next deploy would make another password for a database that keeps the first one. */
async function refuseWithData({ runner }: Context, stack: Parameters<typeof engineVolume>[0]): Promise<void> {
  const volume = engineVolume(stack, dataVolume(DATABASE));
  const there = stack.database.kind !== 'none' && (await volumeExists(runner, volume));
  if (!there) return;
  throw new SetupError(
    'usage',
    `${DATABASE_SUPERUSER_PASSWORD} is the password of a database that has data (${volume}), and nothing else knows it.`,
    {
      code: 'secret-in-force',
      next: [`Replace it in the database too: trading-setup rotate ${DATABASE_SUPERUSER_PASSWORD}`],
    },
  );
}
