import { involvedIn } from '../../secrets/check/subject.ts';
import type { Stack } from '../../stack/schema.ts';
import type { Context } from '../context.ts';
import { agreeToCommand, type CommandFlags } from '../trusted-command.ts';

/** The program's own command that gets both keys is agreed to before the rotation begins: its journal has it from then on. */
export async function agreeToReencrypt(
  context: Pick<Context, 'face' | 'interactive'>,
  stack: Stack,
  names: Iterable<string>,
  flags: CommandFlags,
): Promise<void> {
  const isNeeded = [...names].some((name) => involvedIn(stack, name).kind === 'encryption-key');
  if (isNeeded) await agreeToCommand(context, stack, 'reencrypt', flags);
}
