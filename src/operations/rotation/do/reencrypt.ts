import { ask } from '../../../engine/ask.ts';
import { composeRunOnce, endContainer } from '../../../engine/commands.ts';
import type { OperationEvent } from '../../../events/operation.ts';
import { Secret } from '../../../secret.ts';
import { placeOf } from '../../place.ts';
import { otherSide, type Session } from '../session.ts';
import type { StepOf } from '../steps.ts';

/** Hands the key of before to the program beside the one in its volume. */
const SCRIPT = `IFS= read -r key
export "$1_PREVIOUS=$key"
shift
exec entrypoint "$@"`;

/**
 * Has the program encrypt its data anew, in a container of its own with the service's volumes: its key is the one of
 * `side`, and `NAME_PREVIOUS` is the other one. It has to bear being run again on data of which a part is done.
 */
export async function* reencrypt(
  { id, side }: StepOf<'reencrypt'>,
  { bench, journal, values }: Session,
): AsyncGenerator<OperationEvent, void> {
  const { reencrypt: command, secrets } = journal.now;
  const name = secrets.find(({ kind }) => kind === 'encryption-key')?.name;
  const previous = name === undefined ? undefined : values[otherSide(side)].get(name);
  if (!command || name === undefined || !previous) return;
  const container = `trading-setup-reencrypt-${bench.stack.id}`;
  // A run that was killed may have left it at work.
  await bench.runner.run(endContainer(container));
  const words = ['-euc', SCRIPT, 'reencrypt', name, ...command.run];
  yield { type: 'step-progress', id, text: command.run.join(' ') };
  await ask(bench.runner, {
    ...composeRunOnce(await placeOf(bench), { name: container, service: command.service, entrypoint: 'sh', words }),
    stdin: new Secret(`${previous.reveal()}\n`),
  });
}
