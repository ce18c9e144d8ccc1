import { Box, Text } from 'ink';
import { type ReactNode, useRef, useState } from 'react';
import { type Key, useKeys } from '../keys.ts';
import { Choice } from '../parts/Choice.tsx';
import { Frame } from '../parts/Frame.tsx';

export interface ConfirmProps {
  readonly question: string;
  readonly fallback: boolean;
  /** Undefined when the person gave up. */
  readonly done: (answer: boolean | undefined) => void;
}

/** A yes/no question; escape is a no, Ctrl-C gives up. */
export function Confirm({ question, fallback, done }: ConfirmProps): ReactNode {
  const [yes, paint] = useState(fallback);
  // Several keys may arrive before the next paint: each sees what the one before chose.
  const chosen = useRef(fallback);
  useKeys((key) => {
    if (key.name === 'ctrl-c') return done(undefined);
    const answer = answerOf(key);
    if (answer !== undefined) done(answer);
    else if (key.name === 'enter') done(chosen.current);
    else if (key.name !== 'text') {
      chosen.current = !chosen.current;
      paint(chosen.current);
    }
  });
  return (
    <Frame
      hints={[
        ['y', 'yes'],
        ['n', 'no'],
        ['enter', yes ? 'yes' : 'no'],
      ]}
    >
      <Text>{question}</Text>
      <Box flexDirection="column" marginTop={1}>
        <Choice label="Yes" hint="" focused={yes} />
        <Choice label="No" hint="" focused={!yes} />
      </Box>
    </Frame>
  );
}

function answerOf(key: Key): boolean | undefined {
  if (key.name === 'escape') return false;
  if (key.name !== 'text') return undefined;
  if (key.text === 'y' || key.text === 'Y') return true;
  return key.text === 'n' || key.text === 'N' ? false : undefined;
}
