import { ask } from '../../../engine/ask.ts';
import { endContainer } from '../../../engine/commands.ts';
import { oneOff, reencryptContainer } from '../../../engine/one-off.ts';
import type { OperationEvent } from '../../../events/operation.ts';
import { Secret } from '../../../secret.ts';
import { cancelledByPerson } from '../../execute.ts';
import { placeOf } from '../../place.ts';
import { otherSide, type Session } from '../session.ts';
import type { StepOf } from '../steps.ts';
import { valueGone } from '../values.ts';

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
  if (!command) return;
  if (!from || !to) throw valueGone([name], from ? side : otherSide(side));
  const container = reencryptContainer(bench.stack.id);
  // A run that was killed may have left it at work.
  await bench.runner.run(endContainer(container));
  yield { type: 'step-progress', id, text: command.run.join(' ') };
  const call = oneOff(await placeOf(bench), command.service, command.run, { terminal: false, name: container });
  const stdin = new Secret(`${from.reveal()}\n${to.reveal()}\n`);
  try {
    await ask(bench.runner, { ...call, stdin }, { signal: bench.signal });
  } catch (error) {
    if (!bench.signal.aborted) throw error;
    // Who asked for it is gone; nothing else may touch the data while it is at work.
    await bench.runner.run(endContainer(container));
    throw cancelledByPerson();
  }
}
