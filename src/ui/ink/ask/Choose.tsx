import { Box, Text } from 'ink';
import { type ReactNode, useRef, useState } from 'react';
import type { ChooseOption } from '../../face.ts';
import { useKeys } from '../keys.ts';
import { Choice } from '../parts/Choice.tsx';
import { Frame } from '../parts/Frame.tsx';

export interface ChooseProps<T extends string> {
  readonly question: string;
  readonly options: readonly ChooseOption<T>[];
  /** Undefined when the person gave up. */
  readonly done: (answer: T | undefined) => void;
}

/** One of several options; escape and Ctrl-C give up. */
export function Choose<T extends string>({ question, options, done }: ChooseProps<T>): ReactNode {
  const [focus, paint] = useState(0);
  // Several keys may arrive before the next paint: each sees where the one before went.
  const now = useRef(focus);
  useKeys((key) => {
    if (key.name === 'ctrl-c' || key.name === 'escape') return done(undefined);
    if (key.name === 'enter') return done(options[now.current]?.value);
    const by = key.name === 'up' || key.text === 'k' ? -1 : key.name === 'down' || key.text === 'j' ? 1 : 0;
    now.current = (now.current + by + options.length) % options.length;
    paint(now.current);
  });
  return (
    <Frame
      hints={[
        ['up down', 'move'],
        ['enter', 'take'],
        ['esc', 'give up'],
      ]}
    >
      <Text>{question}</Text>
      <Box flexDirection="column" marginTop={1}>
        {options.map(({ value, label }, index) => (
          <Choice key={value} label={label} hint="" focused={index === focus} />
        ))}
      </Box>
    </Frame>
  );
}
