import type { Journal } from './journal.ts';
import { manualNames, type Planned } from './plan.ts';
import type { RotationStep } from './steps.ts';

/** Names whose old value ends when the new one is approved. */
function ending({ secrets }: Pick<Journal, 'secrets'>): readonly string[] {
  return secrets.flatMap(({ name, comesBack }) => (comesBack === 'never' ? [name] : []));
}

/** Whether beginning this step is what cannot be taken back. */
export function passesNoReturn(planned: Planned, { id }: RotationStep): boolean {
  return id === 'promote' || (id === 'deliver' && (planned.compromised || ending(planned).length > 0));
}

/** Whether the end of this step is: what a person has approved has ended the old value. */
export function hasPassedNoReturn(planned: Pick<Journal, 'secrets'>, { id }: RotationStep): boolean {
  return id === 'before' && approvable(planned).length > 0;
}

/** Names whose old value a person ends by approving the new one. */
function approvable(planned: Pick<Journal, 'secrets'>): readonly string[] {
  const ends = ending(planned);
  return manualNames(planned, 'before').filter((name) => ends.includes(name));
}

/** Names whose old value may have ended: a person was asked to approve the new one, and has not said that it is done. */
export function mayHaveEnded(journal: Pick<Journal, 'secrets' | 'begun' | 'done'>): readonly string[] {
  return journal.begun.includes('before') && !journal.done.includes('before') ? approvable(journal) : [];
}

/**
 * Secrets that another new value can be given to in the middle: not the key of data that was encrypted anew, for nothing
 * else reads it.
 */
export function replaceable({ secrets, begun }: Pick<Journal, 'secrets' | 'begun'>): Journal['secrets'] {
  return begun.includes('reencrypt') ? secrets.filter(({ kind }) => kind !== 'encryption-key') : secrets;
}
