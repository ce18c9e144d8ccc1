import { Box, Text } from 'ink';
import { type ReactNode, useRef, useState } from 'react';
import { Secret } from '../../../secret.ts';
import { type Key, useKeys } from '../keys.ts';
import { Frame } from '../parts/Frame.tsx';
import { type Field, fieldOf, textOf, typed } from '../parts/field.ts';
import { SecretField } from '../parts/SecretField.tsx';
import { useTheme } from '../theme.tsx';

export interface AskSecretProps {
  readonly question: string;
  readonly done: (answer: Secret | undefined) => void;
}

/** A masked question; escape, Ctrl-C and an empty field give up. */
export function AskSecret({ question, done }: AskSecretProps): ReactNode {
  const { columns } = useTheme();
  const [field, paint] = useState<Field>(fieldOf(''));
  // Several keys may arrive before the next paint: each builds on the one before.
  const now = useRef(field);
  useKeys((key: Key) => {
    if (key.name === 'ctrl-c' || key.name === 'escape') done(undefined);
    else if (key.name === 'enter') done(answerOf(now.current));
    else {
      now.current = typed(now.current, key, 'many');
      paint(now.current);
    }
  });
  return (
    <Frame
      hints={[
        ['enter', 'keep'],
        ['esc', 'give up'],
      ]}
    >
      <Text>{question}</Text>
      <Box marginTop={1}>
        <SecretField field={field} width={columns - 4} />
      </Box>
    </Frame>
  );
}

function answerOf(field: Field): Secret | undefined {
  return field.characters.length > 0 ? new Secret(textOf(field)) : undefined;
}
