import { ask } from '../../../engine/ask.ts';
import { composeRunOnce, endContainer } from '../../../engine/commands.ts';
import type { OperationEvent } from '../../../events/operation.ts';
import { Secret } from '../../../secret.ts';
import { placeOf } from '../../place.ts';
import { otherSide, type Session } from '../session.ts';
import type { StepOf } from '../steps.ts';

/**
 * Has the program encrypt its data anew, in a container of its own with the service's volumes. It gets the key to read
 * with and the key to write with on standard input, a line each, and has to bear being run again on data of which a part
 * is done.
 */
export async function* reencrypt(
  { id, side }: StepOf<'reencrypt'>,
  { bench, journal, values }: Session,
): AsyncGenerator<OperationEvent, void> {
  const { reencrypt: command, secrets } = journal.now;
  const name = secrets.find(({ kind }) => kind === 'encryption-key')?.name ?? '';
  const [from, to] = [values[otherSide(side)].get(name), values[side].get(name)];
  if (!command || !from || !to) return;
  const container = `trading-setup-reencrypt-${bench.stack.id}`;
  // A run that was killed may have left it at work.
  await bench.runner.run(endContainer(container));
  yield { type: 'step-progress', id, text: command.run.join(' ') };
  const call = composeRunOnce(await placeOf(bench), container, command.service, command.run);
  await ask(bench.runner, { ...call, stdin: new Secret(`${from.reveal()}\n${to.reveal()}\n`) });
}
