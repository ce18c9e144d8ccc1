import { Box, Text } from 'ink';
import { type ReactNode, useRef, useState } from 'react';
import type { RotationState, RotationStore } from '../../../flow/rotation/types.ts';
import { agreeWords, type PlanPart, planParts } from '../../rotation-words.ts';
import { clean, wrap } from '../../words.ts';
import { type Key, useKeys } from '../keys.ts';
import { type Field, fieldOf, textOf, typed } from '../parts/field.ts';
import { Header } from '../parts/Header.tsx';
import { type Hint, KeyHints } from '../parts/KeyHints.tsx';
import { List } from '../parts/List.tsx';
import { Rule } from '../parts/Rule.tsx';
import { TextField } from '../parts/TextField.tsx';
import { type Tone, useTheme } from '../theme.tsx';

export interface PlanScreenProps {
  readonly state: RotationState;
  readonly store: RotationStore;
  readonly quit: () => void;
}

interface Line {
  readonly text: string;
  readonly tone: Tone;
}

/** Header, rules and key hints. */
const FRAME_LINES = 4;
/** The question, the field and what is wrong with it. */
const ASKED_LINES = 3;

/** What will be done, and the agreement to it. */
export function PlanScreen({ state, store, quit }: PlanScreenProps): ReactNode {
  const { columns, rows: screenRows, glyphs, tone } = useTheme();
  const [{ top, field }, paint] = useState<{ top: number; field: Field }>({ top: 0, field: fieldOf('') });
  // Several keys may arrive before the next paint: each builds on the one before.
  const now = useRef({ top, field });
  const lines = linesOf(state, columns, glyphs.open);
  const { word } = state;
  const isReady = state.plan !== undefined && state.stage === 'plan';
  const asked = isReady ? ASKED_LINES : 0;
  const height = Math.max(1, screenRows - FRAME_LINES - asked);
  const last = Math.max(0, lines.length - height);
  useKeys((key) => {
    if (key.name === 'ctrl-c') return quit();
    if (key.name === 'escape') return store.back();
    if (isReady && word === undefined && key.text === 'y') return void store.agree('');
    if (isReady && word !== undefined && key.name === 'enter') return void store.agree(textOf(now.current.field));
    now.current = {
      top: Math.min(last, Math.max(0, now.current.top + stepOf(key, height))),
      field: word === undefined ? now.current.field : typed(now.current.field, key),
    };
    return paint(now.current);
  });
  const middle = Math.min(top, last) + Math.floor((height - 1) / 2);
  const move: Hint = [`${glyphs.up}${glyphs.up.length > 1 ? ' ' : ''}${glyphs.down}`, 'read on'];
  return (
    <>
      <Header name={state.name} mode={state.mode}>
        <Text>rotate</Text>
      </Header>
      <Box flexDirection="column" flexGrow={1} overflow="hidden">
        <List
          rows={lines.map(({ text, tone: name }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place in the plan; it keeps no state
            <Text key={index} {...tone(name)} wrap="truncate">
              {text === '' ? ' ' : text}
            </Text>
          ))}
          height={height}
          focus={{ from: middle, to: middle }}
        />
      </Box>
      <Rule />
      {isReady && (
        <Box flexDirection="column" flexShrink={0} height={ASKED_LINES}>
          <Text bold wrap="truncate-end">
            {` ${agreeWords(state)}`}
          </Text>
          <Box paddingX={1}>
            {word === undefined ? <Text> </Text> : <TextField field={field} width={columns - 2} />}
          </Box>
          <Text {...tone('bad')} wrap="truncate-end">
            {` ${state.problem}`}
          </Text>
        </Box>
      )}
      <KeyHints
        hints={[
          ...(isReady ? [word === undefined ? (['y', 'rotate'] as const) : (['enter', 'rotate'] as const)] : []),
          ...(last > 0 ? [move] : []),
          ['esc', 'back'],
          ['ctrl-c', 'leave, nothing is changed'],
        ]}
      />
    </>
  );
}

function linesOf(state: RotationState, columns: number, open: string): readonly Line[] {
  if (state.stage === 'planning') return [{ text: ' Looking at what runs.', tone: 'dim' }];
  if (!state.plan) {
    return [
      { text: ' This cannot be done now', tone: 'bad' },
      ...state.problem.split('\n').flatMap((line) => folded(line, '   ', columns, 'plain')),
    ];
  }
  return planParts(state.plan).flatMap((part, at) => partLines(part, at, columns, open));
}

function partLines({ title, lines, kind }: PlanPart, at: number, columns: number, open: string): readonly Line[] {
  const marks = { steps: '', words: '   ', warnings: ` ${open} `, items: '   [ ] ' };
  return [
    ...(at === 0 ? [] : [{ text: '', tone: 'plain' } as const]),
    { text: ` ${title}`, tone: 'strong' },
    ...lines.flatMap((line, index) =>
      folded(
        line,
        kind === 'steps' ? `${String(index + 1).padStart(4)} ` : marks[kind],
        columns,
        kind === 'warnings' ? 'warn' : 'plain',
      ),
    ),
  ];
}

function folded(text: string, mark: string, columns: number, tone: Tone): readonly Line[] {
  return wrap(clean(text), columns - mark.length - 1).map((line, index) => ({
    text: `${index === 0 ? mark : ' '.repeat(mark.length)}${line}`,
    tone,
  }));
}

function stepOf(key: Key, height: number): number {
  if (key.name === 'up') return -1;
  if (key.name === 'down') return 1;
  if (key.name === 'page-up') return 1 - height;
  return key.name === 'page-down' ? height - 1 : 0;
}
