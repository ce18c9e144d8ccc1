import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { NO_STOP } from '../../no-stop.ts';
import type { Progress } from '../../progress.ts';
import { cut, wrap } from '../../words.ts';
import { Badge } from '../parts/Badge.tsx';
import { type Hint, KeyHints } from '../parts/KeyHints.tsx';
import { Rule } from '../parts/Rule.tsx';
import { useTheme } from '../theme.tsx';
import { bottomOf, type LogPlace, type LogView } from './log-view.ts';
import { cancelWords, headWords } from './words.ts';

const MOST_END = 6;

/** The first two lines: what is done, for how long, and how long it will still take. */
export function Head({ progress, now }: { readonly progress: Progress; readonly now: number }): ReactNode {
  const { columns, glyphs, tone } = useTheme();
  const { stack } = progress.operation;
  const [title, rest] = headWords(progress, now, glyphs);
  return (
    <Box flexDirection="column" width={columns} flexShrink={0}>
      <Box paddingX={1} justifyContent="space-between">
        <Box flexShrink={1} height={1}>
          <Text wrap="truncate-end">
            <Text bold>{title}</Text>
            <Text {...tone('dim')}>{rest}</Text>
          </Text>
        </Box>
        <Box flexShrink={0} marginLeft={2}>
          {stack && <Badge mode={stack.mode} />}
        </Box>
      </Box>
      <Rule />
    </Box>
  );
}

/** What failed and what to do, for who stays on the screen. */
export function endLines({ operation }: Progress, columns: number): readonly string[] {
  const failed = operation.steps.find(({ state, text }) => state === 'failed' && text !== '');
  const said = [...(failed ? [failed.text.split('\n')[0] ?? ''] : []), operation.truth];
  return [...said, ...operation.next.map((step) => `Next: ${step}`)]
    .flatMap((line) => wrap(line, columns))
    .slice(0, MOST_END);
}

/** The lines of `endLines`, painted. */
export function EndLines({
  lines,
  failed,
}: {
  readonly lines: readonly string[];
  readonly failed: boolean;
}): ReactNode {
  const { tone } = useTheme();
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen; it keeps no state
    <Text key={index} {...(index === 0 && failed ? tone('bad') : {})} wrap="truncate">
      {` ${line}`}
    </Text>
  ));
}

export interface FootProps {
  readonly progress: Progress;
  readonly view: LogView;
  readonly place: LogPlace;
  readonly over: boolean;
  readonly asked: number;
  /** Ctrl-Z was the last key. */
  readonly heldOn: boolean;
}

/** The last line: the keys, or what the end waits for. */
export function Foot({ progress, view, place, over, asked, heldOn }: FootProps): ReactNode {
  const { columns, glyphs, tone } = useTheme();
  if (over) return <KeyHints hints={[...scrollHints(view, place), ['q', 'leave']]} />;
  if (heldOn) return <Text {...tone('warn')}>{` ${cut(NO_STOP, columns - 2, glyphs.more)}`}</Text>;
  if (asked === 0) return <KeyHints hints={[...scrollHints(view, place), ['ctrl-c', 'cancel']]} />;
  return <Text {...tone('warn')}>{` ${cut(cancelWords(progress, asked, glyphs), columns - 2, glyphs.more)}`}</Text>;
}

function scrollHints(view: LogView, place: LogPlace): readonly Hint[] {
  if (place.height < 1) return [];
  const hints: readonly Hint[] = [
    ['↑↓ pgup pgdn', 'scroll'],
    ['home', 'first'],
  ];
  return bottomOf(view, place) < place.log.end ? [...hints, ['end', 'newest']] : hints;
}
