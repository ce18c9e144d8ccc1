import type { OperationEvent } from '../../../events/operation.ts';
import type { Session } from '../session.ts';
import type { RotationStep } from '../steps.ts';
import { alter } from './alter.ts';
import { check } from './check.ts';
import { fillIn } from './deliver.ts';
import { askPerson } from './manual.ts';
import { prove } from './prove.ts';
import { ready } from './ready.ts';
import { restart } from './recreate.ts';
import { reencrypt } from './reencrypt.ts';
import { stop } from './stop.ts';
import { confirm, discard, promote, stage } from './store.ts';

/** Carries out one step; it decides nothing, and doing it again does no harm. */
export async function* perform(step: RotationStep, session: Session): AsyncGenerator<OperationEvent, void> {
  switch (step.kind) {
    case 'check':
      return yield* check(step, session);
    case 'stage':
      return stage(session, session.journal.now.secrets);
    case 'stop':
      return yield* stop(step, session);
    case 'manual':
      return yield* askPerson(step, session);
    case 'reencrypt':
      return yield* reencrypt(step, session);
    case 'deliver':
      return fillIn(step, session);
    case 'alter':
      return alter(step, session);
    case 'recreate':
      return yield* restart(step, session);
    case 'ready':
      return yield* ready(step, session);
    case 'prove':
      return yield* prove(step, session);
    case 'promote':
      return promote(session);
    case 'discard':
      return discard(session);
    case 'confirm':
      return confirm(session);
  }
}
