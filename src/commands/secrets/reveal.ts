import { SetupError } from '../../errors.ts';
import { type CommonFlags, withStack } from '../context.ts';
import { giveUp } from '../give-up.ts';
import { entryOf } from './entry.ts';

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
