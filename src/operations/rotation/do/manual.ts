import { rotationOf } from '../../../catalog/credentials/index.ts';
import { SetupError } from '../../../errors.ts';
import type { OperationEvent } from '../../../events/operation.ts';
import type { Verdict } from '../../../secrets/check/verdict.ts';
import { type Session, valuesOf } from '../session.ts';
import type { StepOf } from '../steps.ts';

/** What a person is to do for these secrets. */
export function itemsOf(names: readonly string[], when: 'before' | 'after'): readonly string[] {
  return names.flatMap((name) => rotationOf(name)[when]);
}

/** The worst first: as long as one is not right, all of it is not. */
const LEVELS: readonly Verdict['level'][] = ['bad', 'waiting', 'unknown', 'good'];

/** Whether the new values are seen to work, i.e. the person has done it; undefined where nobody can be asked. */
async function look(session: Session, names: readonly string[]): Promise<Verdict | undefined> {
  const values = valuesOf(session, 'new');
  const verdicts = await Promise.all(names.map((name) => session.bench.check(name, values, 'here')));
  const known = verdicts.flatMap((verdict) => verdict ?? []);
  return known.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))[0];
}

/** Waits for a person. @throws SetupError `manual-left` where nothing can go on before it is done. */
export async function* askPerson(
  { id, when, names }: StepOf<'manual'>,
  session: Session,
): AsyncGenerator<OperationEvent, void> {
  const items = itemsOf(names, when);
  const seen = when === 'before' ? () => look(session, names) : undefined;
  yield { type: 'manual', id, items, ...(seen && { checked: 'the provider takes the new value' }) };
  if ((await session.bench.manual(id, items, seen)) === 'done') return;
  if (when === 'before') throw manualLeft(items);
  session.notes.left = items;
  await session.journal.change({ direction: 'waiting' });
}

function manualLeft(items: readonly string[]): SetupError {
  return new SetupError('needs-you', 'The rotation waits for a person.', {
    code: 'manual-left',
    next: [...items, 'Then run: trading-setup rotate --resume --manual-done'],
  });
}
