import { Box, Text } from 'ink';
import { type ReactNode, useRef, useState } from 'react';
import type { Entering, RotationState, RotationStore } from '../../../flow/rotation/types.ts';
import { Secret } from '../../../secret.ts';
import { enteringDetails, enteringTitle } from '../../rotation-words.ts';
import { wrap } from '../../words.ts';
import { type Key, useKeys } from '../keys.ts';
import { type Field, fieldOf, textOf, typed } from '../parts/field.ts';
import { Header } from '../parts/Header.tsx';
import { KeyHints } from '../parts/KeyHints.tsx';
import { Rule } from '../parts/Rule.tsx';
import { SecretField } from '../parts/SecretField.tsx';
import { type Tone, useTheme } from '../theme.tsx';

export interface EnterValueProps {
  readonly state: RotationState;
  readonly entering: Entering;
  readonly store: RotationStore;
  readonly quit: () => void;
}

const PADDING = 4;
const TONES: Readonly<Record<Entering['state'], Tone>> = {
  open: 'dim',
  asking: 'dim',
  bad: 'bad',
  good: 'good',
  warned: 'warn',
};

/** A new value, typed or pasted unseen, with what is known of it at once. */
export function EnterValue({ state, entering, store, quit }: EnterValueProps): ReactNode {
  const { columns, glyphs, tone } = useTheme();
  const [field, paint] = useState<Field>(fieldOf(''));
  // Several keys may arrive before the next paint: each builds on the one before.
  const now = useRef(field);
  useKeys((key: Key) => {
    if (key.name === 'ctrl-c') return quit();
    if (key.name === 'escape') return store.back();
    if (key.name === 'enter') return void store.enter(new Secret(textOf(now.current)));
    const before = textOf(now.current);
    now.current = typed(now.current, key, 'many');
    paint(now.current);
    const text = textOf(now.current);
    if (text !== before) store.look(text, key.name === 'text' && key.pasted === true);
    return undefined;
  });
  const signs = { open: ' ', asking: glyphs.waiting, bad: glyphs.failed, good: glyphs.done, warned: glyphs.open };
  const said = wrap(entering.said, columns - PADDING - 2);
  const again =
    entering.state === 'warned' ? wrap('Enter once more takes it all the same.', columns - PADDING - 2) : [];
  return (
    <>
      <Header name={state.name} mode={state.mode}>
        <Text>rotate</Text>
      </Header>
      <Box flexDirection="column" flexGrow={1} paddingX={2} paddingTop={1} overflow="hidden">
        <Text bold>{enteringTitle(entering)}</Text>
        <Box flexDirection="column" marginTop={1} flexShrink={0}>
          {enteringDetails(entering)
            .flatMap((line) => wrap(line, columns - PADDING))
            .map((line) => (
              <Text key={line} wrap="truncate">
                {line}
              </Text>
            ))}
        </Box>
        <Box marginTop={1} marginBottom={1} flexShrink={0}>
          <SecretField field={field} width={columns - PADDING} />
        </Box>
        {[...said, ...again].map((line, index) => (
          <Text key={line} {...tone(TONES[entering.state])} wrap="truncate">
            {`${index === 0 ? signs[entering.state] : ' '} ${line}`}
          </Text>
        ))}
      </Box>
      <Rule />
      <KeyHints
        hints={[
          ['enter', 'take it'],
          ['esc', 'back'],
          ['ctrl-c', 'leave, nothing is changed'],
        ]}
      />
    </>
  );
}
