import { Box, Text } from 'ink';
import { type ReactNode, useRef, useState } from 'react';
import { type Key, useKeys } from '../keys.ts';
import { Frame } from '../parts/Frame.tsx';
import { type Field, fieldOf, textOf, typed } from '../parts/field.ts';
import { SecretField } from '../parts/SecretField.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useTheme } from '../theme.tsx';

export interface AskLineProps {
  readonly question: string;
  readonly masked: boolean;
  /** Undefined when the person gave up. */
  readonly done: (answer: string | undefined) => void;
}

/** A question answered in words; escape and Ctrl-C give up. */
export function AskLine({ question, masked, done }: AskLineProps): ReactNode {
  const { columns } = useTheme();
  const [field, paint] = useState<Field>(fieldOf(''));
  // Several keys may arrive before the next paint: each builds on the one before.
  const now = useRef(field);
  useKeys((key: Key) => {
    if (key.name === 'ctrl-c' || key.name === 'escape') done(undefined);
    else if (key.name === 'enter') done(textOf(now.current));
    else {
      now.current = typed(now.current, key, masked ? 'many' : 'one');
      paint(now.current);
    }
  });
  const Entry = masked ? SecretField : TextField;
  return (
    <Frame
      hints={[
        ['enter', 'keep'],
        ['esc', 'give up'],
      ]}
    >
      <Text>{question}</Text>
      <Box marginTop={1}>
        <Entry field={field} width={columns - 4} />
      </Box>
    </Frame>
  );
}
