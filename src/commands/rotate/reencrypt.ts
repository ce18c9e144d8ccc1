import { encryptionKeys, reencryptOf } from '../../stack/own-commands.ts';
import type { Stack } from '../../stack/schema.ts';
import type { Context } from '../context.ts';
import { agreeToCommand, type CommandFlags, runIn, trustIn } from '../trusted-command.ts';

/** The program's own command that gets both keys is agreed to before the rotation begins: its journal has it from then on. */
export async function agreeToReencrypt(
  context: Pick<Context, 'face' | 'interactive'>,
  stack: Stack,
  names: Iterable<string>,
  flags: CommandFlags,
): Promise<void> {
  const commands = encryptionKeys(stack, [...names]).flatMap((name) => reencryptOf(stack, name) ?? []);
  for (const { service } of commands) {
    const trust = trustIn(stack, 'reencrypt', service);
    await agreeToCommand(context, runIn(stack, 'reencrypt', service), 'reencrypt', flags, trust);
  }
}
