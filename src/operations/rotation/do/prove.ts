import { SetupError } from '../../../errors.ts';
import type { OperationEvent } from '../../../events/operation.ts';
import { proveDatabase } from '../prove/database.ts';
import { proveGate } from '../prove/gate.ts';
import { proveProviders } from '../prove/provider.ts';
import { proveReaders } from '../prove/readers.ts';
import type { Session } from '../session.ts';
import type { StepOf } from '../steps.ts';

/** What was tried, and whether it came out as it must. */
export interface Proof {
  readonly text: string;
  readonly good: boolean;
}

/** Tries whether the values of one side are in force, and the others are not. @throws SetupError `not-proven`. */
export async function* prove({ id, side }: StepOf<'prove'>, session: Session): AsyncGenerator<OperationEvent, void> {
  const failed: string[] = [];
  for (const ask of [proveDatabase, proveGate, proveReaders, proveProviders]) {
    for (const { text, good } of await ask(session, side)) {
      yield { type: 'proof', id, text, good };
      if (!good) failed.push(text);
    }
  }
  if (failed.length === 0) return;
  throw new SetupError('tool-failed', `Not proven: ${failed.join('; ')}.`, {
    code: 'not-proven',
    next: ['See what is true now, and finish or undo it: trading-setup rotate --resume'],
  });
}
