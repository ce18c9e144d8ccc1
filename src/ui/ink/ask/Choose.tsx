import { Box, Text } from 'ink';
import { type ReactNode, useRef, useState } from 'react';
import type { ChooseOption } from '../../face.ts';
import { clean, folded, wrap } from '../../words.ts';
import { type Key, useKeys } from '../keys.ts';
import { Choice } from '../parts/Choice.tsx';
import { DiffLines } from '../parts/DiffLines.tsx';
import { Frame } from '../parts/Frame.tsx';
import { useTheme } from '../theme.tsx';

export interface ChooseProps<T extends string> {
  readonly question: string;
  readonly options: readonly ChooseOption<T>[];
  /** What to decide from; empty: nothing. */
  readonly details: string;
  /** Undefined when the person gave up. */
  readonly done: (answer: T | undefined) => void;
}

/** The frame, the space in it, and the blank lines between its parts. */
const AROUND = 7;
const PADDING = 4;

/** One of several options; escape and Ctrl-C give up. Details scroll by pages, so that the arrows stay with the options. */
export function Choose<T extends string>({ question, options, details, done }: ChooseProps<T>): ReactNode {
  const { columns, rows } = useTheme();
  const [{ focus, top }, paint] = useState({ focus: 0, top: 0 });
  // Several keys may arrive before the next paint: each sees where the one before went.
  const now = useRef({ focus, top });
  const lines = details === '' ? [] : details.split('\n').flatMap((line) => broken(clean(line), columns - PADDING));
  const words = options.map(({ label }) => wrap(label, columns - PADDING - 2));
  const asked = wrap(question, columns - PADDING);
  const height = Math.max(3, rows - AROUND - asked.length - words.flat().length);
  const last = Math.max(0, lines.length - height);
  useKeys((key) => {
    if (key.name === 'ctrl-c' || key.name === 'escape') return done(undefined);
    if (key.name === 'enter') return done(options[now.current.focus]?.value);
    const { focus: at, top: from } = now.current;
    now.current = {
      focus: (at + stepOf(key) + options.length) % options.length,
      top: Math.min(last, Math.max(0, from + pageOf(key) * (height - 1))),
    };
    paint(now.current);
  });
  return (
    <Frame
      hints={[
        ['up down', 'move'],
        ...(last > 0 ? [['pgup pgdn', 'scroll'] as const] : []),
        ['enter', 'take'],
        ['esc', 'give up'],
      ]}
    >
      {lines.length > 0 && (
        <Box marginBottom={1} flexShrink={0} flexDirection="column">
          <DiffLines lines={lines} top={top} height={Math.min(height, lines.length)} />
        </Box>
      )}
      {asked.map((line) => (
        <Text key={line}>{line}</Text>
      ))}
      <Box flexDirection="column" marginTop={1}>
        {options.map(({ value }, index) => (
          <Option key={value} words={words[index] ?? []} focused={index === focus} />
        ))}
      </Box>
    </Frame>
  );
}

/** A line as it is where it fits, else broken between words; what goes on stands further in. */
function broken(line: string, columns: number): readonly string[] {
  return folded(line, columns).split('\n');
}

/** An option whose words may take several lines. */
function Option({ words, focused }: { readonly words: readonly string[]; readonly focused: boolean }): ReactNode {
  const [first = '', ...more] = words;
  return (
    <>
      <Choice label={first} hint="" focused={focused} />
      {more.map((line) => (
        <Text key={line}>{`  ${line}`}</Text>
      ))}
    </>
  );
}

function stepOf(key: Key): number {
  return key.name === 'up' || key.text === 'k' ? -1 : key.name === 'down' || key.text === 'j' ? 1 : 0;
}

function pageOf(key: Key): number {
  return key.name === 'page-up' ? -1 : key.name === 'page-down' || key.text === ' ' ? 1 : 0;
}
