import { Box, Text } from 'ink';
import { type ReactNode, useRef, useState } from 'react';
import { expiryState } from '../../../events/expiry.ts';
import type { RotationRow, RotationState, RotationStore } from '../../../flow/rotation/types.ts';
import { COMPROMISED, endWords, LEAKED, rowDetails, WHICH } from '../../rotation-words.ts';
import { cutMiddle, filled, width, wrap } from '../../words.ts';
import { type Key, useKeys } from '../keys.ts';
import { Header } from '../parts/Header.tsx';
import { KeyHints } from '../parts/KeyHints.tsx';
import { List } from '../parts/List.tsx';
import { Rule } from '../parts/Rule.tsx';
import { useTheme } from '../theme.tsx';
import { useTick } from '../use-tick.ts';

export interface ChooseSecretsProps {
  readonly state: RotationState;
  readonly store: RotationStore;
  readonly now: () => number;
  readonly quit: () => void;
}

/** Header, question with blank lines around, rules, keys. */
const FRAME_LINES = 8;
const SECOND = 1000;

/** Every secret with a value; one or several are chosen. */
export function ChooseSecrets({ state, store, now, quit }: ChooseSecretsProps): ReactNode {
  const { columns, rows: screenRows, tone, glyphs } = useTheme();
  const [focus, paint] = useState(0);
  // Several keys may arrive before the next paint: each sees where the one before went.
  const at = useRef(0);
  useTick(SECOND);
  const { rows } = state;
  useKeys((key) => {
    if (key.name === 'ctrl-c' || key.name === 'escape' || key.text === 'q') return quit();
    if (key.text === 'c') return store.compromise();
    const row = rows[at.current];
    if (key.name === 'enter') {
      // Nothing is chosen: the line that is looked at is what is meant.
      if (row && !rows.some(({ chosen }) => chosen)) store.toggle(row.name);
      return store.choose();
    }
    if (key.text === ' ' && row) return store.toggle(row.name);
    at.current = Math.min(rows.length - 1, Math.max(0, at.current + stepOf(key)));
    return paint(at.current);
  });
  const focused = rows[focus];
  const details = focused
    ? rowDetails(focused, now(), state.compromised).flatMap((line) => wrap(line, columns - 2))
    : [];
  const leaked = state.compromised ? wrap(COMPROMISED, columns - 2) : [];
  const below = details.length + leaked.length + (state.problem === '' ? 0 : 1);
  const names = Math.max(0, ...rows.map(({ name }) => width(name)));
  const ends = Math.max(0, ...rows.map((row) => width(endWords(row, now()))));
  return (
    <>
      <Header name={state.name} mode={state.mode}>
        <Text>rotate</Text>
      </Header>
      <Box paddingX={1} marginTop={1} marginBottom={1} flexShrink={0}>
        <Text bold>{WHICH}</Text>
        {state.compromised && <Text {...tone('warn')}>{`  ${LEAKED}`}</Text>}
      </Box>
      <Box flexDirection="column" flexGrow={1} overflow="hidden">
        <List
          rows={rows.map((row, index) => (
            <SecretLine key={row.name} row={row} names={names} ends={ends} focused={index === focus} now={now()} />
          ))}
          height={Math.max(1, Math.min(rows.length, screenRows - FRAME_LINES - below))}
          focus={{ from: focus, to: focus }}
        />
      </Box>
      <Rule word={focused?.name ?? ''} />
      {details.map((line) => (
        <Text key={line} wrap="truncate">{` ${line}`}</Text>
      ))}
      {leaked.map((line) => (
        <Text key={line} {...tone('warn')} wrap="truncate">{` ${line}`}</Text>
      ))}
      {state.problem !== '' && <Text {...tone('bad')} wrap="truncate">{` ${state.problem}`}</Text>}
      <Rule />
      <KeyHints
        hints={[
          [`${glyphs.up}${glyphs.up.length > 1 ? ' ' : ''}${glyphs.down}`, 'move'],
          ['space', 'choose'],
          ['c', state.compromised ? 'none leaked' : 'all leaked'],
          ['enter', 'go on'],
          ['esc', 'leave'],
        ]}
      />
    </>
  );
}

interface SecretLineProps {
  readonly row: RotationRow;
  readonly names: number;
  readonly ends: number;
  readonly focused: boolean;
  readonly now: number;
}

const KIND = 23;
/** Before a name and between columns. */
const GAPS = 8;

function SecretLine({ row, names, ends, focused, now }: SecretLineProps): ReactNode {
  const { glyphs, tone, columns } = useTheme();
  const end = endWords(row, now);
  const endsSoon = row.expires !== undefined && expiryState(row.expires, now) !== 'ok';
  // Names tell rows apart; what a row is stands below the list too.
  const kind = columns - GAPS - ends - names >= KIND ? KIND : 0;
  const room = Math.min(names, Math.max(12, columns - GAPS - ends - kind));
  return (
    <Text wrap="truncate-end">
      <Text {...tone(focused ? 'accent' : 'plain')}>
        {` ${focused ? glyphs.current : ' '} ${row.chosen ? glyphs.chosen : glyphs.unchosen} `}
        {filled(cutMiddle(row.name, room, glyphs.more), room)}
      </Text>
      <Text {...tone('dim')}>{kind === 0 ? '  ' : `  ${filled(row.kind, kind, glyphs.more)} `}</Text>
      <Text {...tone(endsSoon ? 'warn' : 'dim')}>{end}</Text>
    </Text>
  );
}

function stepOf(key: Key): number {
  return key.name === 'up' || key.text === 'k' ? -1 : key.name === 'down' || key.text === 'j' ? 1 : 0;
}
