import { Box, Text } from 'ink';
import { type ReactNode, useRef, useState } from 'react';
import type { Desk, Waiting } from '../../../flow/rotation/desk.ts';
import { Secret } from '../../../secret.ts';
import { clean, wrap } from '../../words.ts';
import { type Key, useKeys } from '../keys.ts';
import { type Field, fieldOf, textOf, typed } from '../parts/field.ts';
import type { Hint } from '../parts/KeyHints.tsx';
import { Rule } from '../parts/Rule.tsx';
import { SecretField } from '../parts/SecretField.tsx';
import { type Tone, useTheme } from '../theme.tsx';

/** A line of what is waited for. */
export interface DeskLine {
  readonly text: string;
  readonly tone: Tone;
}

const PADDING = 2;

/** What is waited for, in lines; `checked`: what is looked for meanwhile. */
export function deskLines(waiting: Waiting, checked: string | undefined, columns: number): readonly DeskLine[] {
  const fold = (text: string, tone: Tone, first = ' ', more = first): readonly DeskLine[] =>
    wrap(clean(text), columns - PADDING - more.length).map((line, at) => ({
      text: `${at === 0 ? first : more}${line}`,
      tone,
    }));
  if (waiting.kind === 'entry') {
    // An address is broken where the line ends and nowhere else, so that it can be taken as one.
    const said = waiting.lines.flatMap((line) =>
      line.includes('://')
        ? wrap(clean(line), columns).map((text) => ({ text, tone: 'plain' as const }))
        : fold(line, 'plain'),
    );
    return [...said, ...fold(waiting.question, 'strong')];
  }
  const looked = checked === undefined ? [] : fold(`Looked for every few seconds: ${checked}`, 'dim');
  return [
    ...waiting.items.flatMap((item) => fold(item, 'plain', ' [ ] ', '     ')),
    ...(waiting.polled ? looked : []),
    ...(waiting.said === '' ? [] : fold(waiting.said, 'warn')),
  ];
}

/** Keys of a screen that waits for a person. */
export function deskHints(waiting: Waiting): readonly Hint[] {
  if (waiting.kind === 'entry') {
    return [
      ['enter', 'send'],
      ['esc', 'give up'],
      ['ctrl-c', 'cancel'],
    ];
  }
  return [
    ['enter', 'done'],
    ['l', 'later'],
    ['ctrl-c', 'cancel'],
  ];
}

export interface DeskPanelProps {
  readonly desk: Desk;
  readonly waiting: Waiting;
  readonly lines: readonly DeskLine[];
}

/** Lines beside those of `deskLines`: the rule above, and for an entry the field and what is wrong with it. */
export function deskFrame(waiting: Waiting): number {
  return waiting.kind === 'entry' ? 3 : 1;
}

/** What the step at work waits for: a checklist, or a value that is typed unseen. */
export function DeskPanel({ desk, waiting, lines }: DeskPanelProps): ReactNode {
  const { tone } = useTheme();
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Rule word={waiting.kind === 'entry' ? 'Your part' : 'For you to do'} />
      {lines.map(({ text, tone: name }) => (
        <Text key={text} {...tone(name)} wrap="truncate">
          {text}
        </Text>
      ))}
      {waiting.kind === 'entry' ? <Entry key={waiting.question} desk={desk} /> : <Checklist desk={desk} />}
    </Box>
  );
}

function Checklist({ desk }: { readonly desk: Desk }): ReactNode {
  useKeys((key) => {
    if (key.name === 'enter') desk.done();
    else if (key.text === 'l') desk.later();
  });
  return null;
}

function Entry({ desk }: { readonly desk: Desk }): ReactNode {
  const { columns, tone } = useTheme();
  const [{ field, problem }, paint] = useState<{ field: Field; problem: string }>({ field: fieldOf(''), problem: '' });
  // Several keys may arrive before the next paint: each builds on the one before.
  const now = useRef(field);
  useKeys((key: Key) => {
    if (key.name === 'escape') return desk.later();
    if (key.name === 'enter') {
      const wrong = desk.enter(new Secret(textOf(now.current)));
      if (wrong !== undefined) now.current = fieldOf('');
      return paint({ field: now.current, problem: wrong ?? '' });
    }
    now.current = typed(now.current, key);
    return paint({ field: now.current, problem: '' });
  });
  return (
    <>
      <Box paddingX={1}>
        <SecretField field={field} width={columns - 4} />
      </Box>
      <Text {...tone('bad')} wrap="truncate-end">
        {` ${problem}`}
      </Text>
    </>
  );
}
