import { Text } from 'ink';
import type { ReactNode } from 'react';
import type { SetupState } from '../../../flow/types.ts';
import { wrap } from '../../words.ts';
import { DiffLines } from '../parts/DiffLines.tsx';
import { useTheme } from '../theme.tsx';

const KEYS: readonly (readonly [string, string])[] = [
  ['up down', 'the line above or below (also k and j)'],
  ['tab', 'the next section (also right); shift-tab goes back'],
  ['enter', 'change the line; on a file, show what changes'],
  ['o', 'the next line that waits for an answer'],
  ['u', 'take the last change back'],
  ['w', 'go to the review; there, write the files'],
  ['esc', 'leave a field as it was'],
  ['ctrl-c', 'quit; nothing is written'],
];

/** What the keys do, and why the mode is what it is. */
export function Help({ setup, width }: { readonly setup: SetupState; readonly width: number }): ReactNode {
  const { tone } = useTheme();
  return (
    <>
      {KEYS.map(([key, does]) => (
        <Text key={key} wrap="truncate-end">
          <Text bold>{key.padEnd(9)}</Text>
          {does}
        </Text>
      ))}
      <Text> </Text>
      {wrap(setup.modeReason, width).map((line) => (
        <Text key={line} {...tone('dim')}>
          {line}
        </Text>
      ))}
    </>
  );
}

export interface DiffProps {
  readonly setup: SetupState;
  readonly path: string;
  readonly top: number;
  readonly height: number;
}

/** What a write would change in one file. */
export function Diff({ setup, path, top, height }: DiffProps): ReactNode {
  const lines = setup.files.find((file) => file.path === path)?.diff.split('\n') ?? [];
  return (
    <>
      <Text bold wrap="truncate-end">
        {path}
      </Text>
      <Text> </Text>
      <DiffLines lines={lines} top={top} height={height - 2} />
    </>
  );
}
