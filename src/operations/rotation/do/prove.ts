import { SetupError } from '../../../errors.ts';
import type { OperationEvent } from '../../../events/operation.ts';
import { provable } from '../plan.ts';
import { proveDatabase } from '../prove/database.ts';
import { proveGate } from '../prove/gate.ts';
import { proveProviders } from '../prove/provider.ts';
import { proveReaders } from '../prove/readers.ts';
import type { Session } from '../session.ts';
import type { StepOf } from '../steps.ts';
import { itemsOf } from './manual.ts';

/** What was tried, and whether it came out as it must. */
export interface Proof {
  /** The secrets that it is about. */
  readonly names: readonly string[];
  readonly text: string;
  /** Undefined: it could not be tried, which shows nothing. */
  readonly good: boolean | undefined;
}

/**
 * Tries whether the values of one side are in force, and the others are not; writes down which of the new ones were not
 * seen to work. @throws SetupError `not-proven` as long as something can follow from it: the new ones are not the current
 * ones yet.
 */
export async function* prove({ id, side }: StepOf<'prove'>, session: Session): AsyncGenerator<OperationEvent, void> {
  const { journal, notes } = session;
  const tried: Proof[] = [];
  for (const ask of [proveDatabase, proveGate, proveReaders, proveProviders]) {
    for (const proof of await ask(session, side)) {
      const { text, good } = proof;
      tried.push(proof);
      if (good === undefined) yield { type: 'step-progress', id, text };
      else yield { type: 'proof', id, text, good };
    }
  }
  const failed = tried.filter(({ good }) => good === false);
  if (failed.length > 0 && !notes.waited) throw notProven(failed);
  if (side === 'old') return;
  const unproven = whatIsOpen(session).filter((name) => {
    const own = tried.filter(({ names }) => names.includes(name));
    return own.some(({ good }) => good === false) || !own.some(({ good }) => good);
  });
  await journal.change({ unproven });
  for (const name of unproven) yield { type: 'step-progress', id, text: `${name}: not proven yet` };
  if (!journal.now.done.includes('seen')) notes.left = itemsOf(journal.now, unproven, 'seen');
}

function whatIsOpen({ bench, journal, notes }: Session): readonly string[] {
  const all = provable(bench.stack, journal.now);
  return notes.waited ? all.filter((name) => journal.now.unproven?.includes(name)) : all;
}

function notProven(failed: readonly Proof[]): SetupError {
  return new SetupError('tool-failed', `Not proven: ${failed.map(({ text }) => text).join('; ')}.`, {
    code: 'not-proven',
    next: ['See what is true now, and finish or undo it: trading-setup rotate --resume'],
  });
}
