import { SetupError } from '../../../errors.ts';
import type { OperationEvent } from '../../../events/operation.ts';
import type { Verdict } from '../../../secrets/check/verdict.ts';
import type { Journal } from '../journal.ts';
import { mayHaveEnded } from '../no-return.ts';
import { type Session, valuesOf } from '../session.ts';
import type { StepOf, When } from '../steps.ts';
import { learnEnds } from './store.ts';

/** What a person is to do for these secrets. */
export function itemsOf(
  { secrets }: Pick<Journal, 'secrets'>,
  names: readonly string[],
  when: When,
): readonly string[] {
  if (when === 'seen') return names.map(seeItem);
  return secrets.flatMap((secret) => (names.includes(secret.name) ? secret[when] : []));
}

function seeItem(name: string): string {
  return `Start what reads ${name} (trading-setup deploy), so that its new value is seen to work.`;
}

/** The worst first: as long as one is not right, all of it is not. */
const LEVELS: readonly Verdict['level'][] = ['bad', 'waiting', 'unknown', 'good'];

/** Whether the new values are seen to work, i.e. the person has done it; undefined where nobody can be asked. */
async function look(
  session: Pick<Session, 'bench' | 'all' | 'values'>,
  names: readonly string[],
  learn: (ends: ReadonlyMap<string, string>) => void = () => undefined,
): Promise<Verdict | undefined> {
  const values = valuesOf(session, 'new');
  const asked = await Promise.all(
    names.map(async (name) => ({ name, verdict: await session.bench.check(name, values, 'here') })),
  );
  learn(new Map(asked.flatMap(({ name, verdict }) => (verdict?.expires ? [[name, verdict.expires]] : []))));
  const known = asked.flatMap(({ verdict }) => verdict ?? []);
  return known.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))[0];
}

/** Waits for a person. @throws SetupError `manual-left` where nothing can go on before it is done. */
export async function* askPerson(step: StepOf<'manual'>, session: Session): AsyncGenerator<OperationEvent, void> {
  if (step.when === 'before') return yield* askBefore(step, session);
  const { id, when, names } = step;
  const { bench, journal, notes } = session;
  const { unproven = [] } = journal.now;
  const items = itemsOf(journal.now, when === 'seen' ? unproven : names, when);
  // What was not seen to work is seen at its next start, and no old value is revoked before that.
  if (notes.left.length > 0 && (when === 'after' || !notes.waited)) {
    if (when === 'after') notes.left = [...notes.left, ...items];
    return;
  }
  yield { type: 'manual', id, items };
  const answer = await bench.manual(id, items, undefined, { isNew: !notes.waited });
  notes.left = answer === 'done' ? [] : items;
  if (answer === 'later') yield { type: 'left', id };
}

async function* askBefore(
  { id, names, when }: StepOf<'manual'>,
  session: Session,
): AsyncGenerator<OperationEvent, void> {
  const { bench, journal } = session;
  const items = itemsOf(journal.now, names, when);
  let ends: ReadonlyMap<string, string> = new Map();
  const seen = () =>
    look(session, names, (found) => {
      ends = found;
    });
  yield { type: 'manual', id, items, checked: 'the provider takes the new value' };
  if ((await bench.manual(id, items, seen)) === 'done') return learnEnds(session, ends);
  yield { type: 'left', id };
  const back =
    mayHaveEnded(journal.now).length === 0 ? [] : ['Or go back, where it was not: trading-setup rotate --undo'];
  throw new SetupError('needs-you', 'The rotation waits for a person.', {
    code: 'manual-left',
    next: [...items, 'When it was done: trading-setup rotate --resume --manual-done', ...back],
  });
}

/**
 * A person wants the old values back after they were asked to approve the new ones, which ends the old: whoever knows is
 * asked whether that has happened, and where nobody does, the person does. @throws SetupError `rotation-forward-only`.
 */
export async function refuseApproved(
  session: Pick<Session, 'bench' | 'all' | 'values'>,
  journal: Pick<Journal, 'secrets' | 'begun' | 'done'>,
): Promise<void> {
  for (const name of mayHaveEnded(journal)) {
    if (!session.values.new.has(name)) continue;
    const verdict = await look(session, [name]);
    if (verdict?.level !== 'good') continue;
    throw new SetupError('usage', `It cannot go back: the new ${name} is approved already (${verdict.text}).`, {
      code: 'rotation-forward-only',
      next: ['Finish it: trading-setup rotate --resume --manual-done'],
    });
  }
}
