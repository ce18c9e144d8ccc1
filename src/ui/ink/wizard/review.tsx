import { Text } from 'ink';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { SetupStore } from '../../../flow/types.ts';
import type { Terminal } from '../../terminal.ts';
import { useKeys } from '../keys.ts';
import { Header } from '../parts/Header.tsx';
import { show } from '../session.tsx';
import { useTheme } from '../theme.tsx';
import { createWizard, type Wizard as Machine } from './machine.ts';
import { Wizard } from './Wizard.tsx';

type Answer = 'write' | 'quit';
/** A failed reading leaves the screen like an answer does; it is thrown when the terminal is given back. */
type End = { readonly answer: Answer } | { readonly error: unknown };

/** The wizard, on the screen from the first moment: what is still being read is said. */
export async function reviewOnScreen(terminal: Terminal, opening: Promise<SetupStore>): Promise<Answer> {
  const end = await show<End>(terminal, (done) => <Opening opening={opening} done={done} />);
  if ('error' in end) throw end.error;
  return end.answer;
}

interface OpeningProps {
  readonly opening: Promise<SetupStore>;
  readonly done: (end: End) => void;
}

function Opening({ opening, done }: OpeningProps): ReactNode {
  const [machine, setMachine] = useState<Machine>();
  // One listener from the first moment to the last: a key that is pressed while the screens change is not lost.
  const press = useRef<Machine['press']>((key) => {
    if (key.name === 'ctrl-c') done({ answer: 'quit' });
  });
  useKeys((key) => press.current(key));
  useEffect(() => {
    opening.then(
      (store) => {
        const made = createWizard(store, (answer) => done({ answer }));
        press.current = made.press;
        setMachine(made);
      },
      (error: unknown) => done({ error }),
    );
  }, [opening, done]);
  return machine ? <Wizard machine={machine} /> : <Reading />;
}

function Reading(): ReactNode {
  const { tone } = useTheme();
  return (
    <>
      <Header name="" mode={undefined} />
      <Text {...tone('dim')}> Reading the repository. Nothing of it is executed, nothing is changed.</Text>
    </>
  );
}
