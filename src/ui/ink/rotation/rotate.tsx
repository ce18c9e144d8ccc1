import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import type { RotationStage, RotationStore } from '../../../flow/rotation/types.ts';
import type { Terminal } from '../../terminal.ts';
import { show } from '../session.tsx';
import { ChooseSecrets } from './ChooseSecrets.tsx';
import { EnterValue } from './EnterValue.tsx';
import { PlanScreen } from './PlanScreen.tsx';

type Answer = 'unlock' | 'agreed' | 'quit';

/** The wizard of a rotation on a full screen, until it has to wait for something else than its own keys. */
export async function rotateOnScreen(terminal: Terminal, store: RotationStore): Promise<Answer> {
  const at = answerOf(store.getState().stage);
  if (at) return at;
  return show<Answer>(terminal, (done) => <RotateScreen store={store} now={terminal.now} done={done} />, {
    asks: true,
  });
}

interface RotateProps {
  readonly store: RotationStore;
  readonly now: () => number;
  readonly done: (answer: Answer) => void;
}

function RotateScreen({ store, now, done }: RotateProps): ReactNode {
  const state = useSyncExternalStore(store.subscribe, store.getState);
  const answer = answerOf(state.stage);
  useEffect(() => {
    if (answer) done(answer);
  }, [answer, done]);
  const quit = (): void => done('quit');
  switch (state.stage) {
    case 'enter':
      return state.entering ? (
        <EnterValue key={state.entering.name} state={state} entering={state.entering} store={store} quit={quit} />
      ) : null;
    case 'planning':
    case 'plan':
      return <PlanScreen state={state} store={store} quit={quit} />;
    default:
      return <ChooseSecrets state={state} store={store} now={now} quit={quit} />;
  }
}

function answerOf(stage: RotationStage): 'unlock' | 'agreed' | undefined {
  return stage === 'unlock' || stage === 'agreed' ? stage : undefined;
}
