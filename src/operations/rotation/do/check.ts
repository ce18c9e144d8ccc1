import { SetupError } from '../../../errors.ts';
import type { OperationEvent } from '../../../events/operation.ts';
import { type Session, valuesOf } from '../session.ts';
import type { StepOf } from '../steps.ts';
import { learnEnds } from './store.ts';

/** Asks the provider of each new value, from this machine. @throws SetupError `credential-refused`. */
export async function* check({ id }: StepOf<'check'>, session: Session): AsyncGenerator<OperationEvent, void> {
  const values = valuesOf(session, 'new');
  for (const { name, before } of session.journal.now.secrets) {
    const verdict = await session.bench.check(name, values, 'here');
    if (!verdict) continue;
    const { level, text, expires } = verdict;
    if (expires !== undefined) await learnEnds(session, new Map([[name, expires]]));
    // What a person does first, e.g. approve it, is asked for in a step of its own.
    const isOpen = level === 'unknown' || (level === 'waiting' && before.length > 0);
    if (isOpen) yield { type: 'step-progress', id, text: `${name}: ${text}` };
    else yield { type: 'proof', id, text: `${name}: ${text}`, good: level === 'good' };
    if (isOpen || level === 'good') continue;
    throw new SetupError('needs-you', `The new value of ${name} does not work: ${text}.`, {
      code: 'credential-refused',
      next: [`Get another one, then run again: trading-setup rotate ${name}`],
    });
  }
}
