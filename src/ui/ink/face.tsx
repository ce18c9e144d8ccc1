import type { Face } from '../face.ts';
import type { Terminal } from '../terminal.ts';
import { AskSecret } from './ask/AskSecret.tsx';
import { Confirm } from './ask/Confirm.tsx';
import { watchBoard } from './board/watch.tsx';
import { operateOnScreen } from './build/operate.tsx';
import { show } from './session.tsx';
import { createWizard } from './wizard/machine.ts';
import { Wizard } from './wizard/Wizard.tsx';

/** The face of a person at a terminal: one full screen after the other, their outcome left in the scrollback. */
export function inkFace(terminal: Terminal): Face {
  return {
    kind: 'ink',
    review: (store) => show(terminal, (done) => <Wizard machine={createWizard(store, done)} />),
    operation: (events, cancel) => operateOnScreen(terminal, events, cancel),
    board: (boards, leave) => watchBoard(terminal, boards, leave),
    say(text) {
      terminal.output.write(`${text}\n`);
    },
    confirm: (question, fallback) =>
      show<boolean>(terminal, (done) => <Confirm question={question} fallback={fallback} done={done} />),
    askSecret: (question) => show(terminal, (done) => <AskSecret question={question} done={done} />),
  };
}
