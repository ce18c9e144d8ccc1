import { Box, Text } from 'ink';
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Live } from '../../live.ts';
import type { Progress } from '../../progress.ts';
import { cut, width, wrap } from '../../words.ts';
import { type Key, useKeys } from '../keys.ts';
import { Badge } from '../parts/Badge.tsx';
import { type Hint, KeyHints } from '../parts/KeyHints.tsx';
import { List } from '../parts/List.tsx';
import { Rule } from '../parts/Rule.tsx';
import { useTheme } from '../theme.tsx';
import { useTitle } from '../title.ts';
import { useTick } from '../use-tick.ts';
import { LogPane } from './LogPane.tsx';
import { bottomOf, FOLLOW, isRead, type LogPlace, type LogView, pressed, searched } from './log-view.ts';
import { focusOf, type WorkRow, workRows } from './rows.ts';
import { WorkLine } from './WorkLine.tsx';
import { cancelWords, headWords } from './words.ts';

export interface OperationScreenProps {
  /** The newest state; asked as often as it is painted, for a build changes it thousands of times a second. */
  readonly latest: () => Progress;
  /** No event follows any more. */
  readonly ended: Live<boolean>;
  readonly now: () => number;
  /** Called for every Ctrl-C while the operation is at work. */
  readonly cancel: () => void;
  /** Called when the operation is over and nobody reads its log any more. */
  readonly leave: () => void;
}

/** Header, rules and key hints. */
const FRAME_LINES = 4;
const LEAST_LOG = 6;
const LEAST_ROWS = 3;
const MOST_END = 6;
const FRAME_MS = 100;

/** An operation at work: its steps, the stages of its build, and the log, which can be read and searched meanwhile. */
export function OperationScreen({ latest, ended, now, cancel, leave }: OperationScreenProps): ReactNode {
  const { rows: screenRows, columns } = useTheme();
  const over = useSyncExternalStore(ended.subscribe, ended.get);
  const tick = useTick(FRAME_MS);
  const progress = latest();
  const [asked, ask] = useState(0);
  const { log } = progress.operation.build;
  const rows = workRows(progress, now());
  const end = over ? endLines(progress, columns - 2) : [];
  const room = Math.max(1, screenRows - FRAME_LINES - end.length);
  const pane = log.size > 0 ? Math.max(room - rows.length - 1, Math.min(LEAST_LOG, room - LEAST_ROWS)) : 0;
  const place = { log, height: Math.max(0, pane - 1) };
  const [view, change] = useLogView(place);
  useLeaving(over, isRead(view.current), leave);
  useTitle(`${progress.operation.stack?.name ?? 'trading-setup'}: ${progress.operation.operation ?? 'starting'}`);
  useKeys((key) => {
    const next = pane > 1 ? pressed(view.current, key, place) : undefined;
    if (next) return change(next);
    if (over && leaves(key)) return leave();
    if (over || key.name !== 'ctrl-c') return undefined;
    ask((before) => before + 1);
    return cancel();
  });
  const focus = focusOf(rows);
  return (
    <>
      <Head progress={progress} now={now()} />
      <List
        rows={paintedRows(rows, tick)}
        height={Math.max(1, room - Math.max(0, pane))}
        focus={{ from: focus, to: focus }}
      />
      <EndLines lines={end} failed={progress.operation.outcome === 'failed'} />
      {pane > 1 && <LogPane view={view.current} place={place} />}
      <Rule />
      <Foot progress={progress} view={view.current} place={place} over={over} asked={asked} />
    </>
  );
}

/** Keys that leave a screen whose operation is over. */
function leaves(key: Key): boolean {
  return ['enter', 'escape', 'ctrl-c'].includes(key.name) || (key.name === 'text' && key.text === 'q');
}

/**
 * The view of the log, in a box: several keys may come before it is painted. A search goes on in small portions, for a
 * long log takes longer than a key may wait.
 */
function useLogView(place: LogPlace): readonly [{ readonly current: LogView }, (view: LogView) => void] {
  const view = useRef<LogView>(FOLLOW);
  const [, paint] = useState(0);
  const change = (next: LogView): void => {
    view.current = next;
    paint((before) => before + 1);
  };
  useEffect(() => {
    let turn: NodeJS.Immediate | undefined;
    const search = (): void => {
      const before = view.current;
      if (!before.search || before.search.isComplete(place.log)) return;
      const next = searched(before, place);
      if (next !== before) change(next);
      turn = setImmediate(search);
    };
    search();
    return () => clearImmediate(turn);
  });
  return [view, change];
}

/** Leaves the screen when the operation is over; who reads at that moment leaves it by a key. */
function useLeaving(over: boolean, reads: boolean, leave: () => void): void {
  const stays = useRef(false);
  useEffect(() => {
    if (!over || stays.current) return;
    if (reads) stays.current = true;
    else leave();
  }, [over, reads, leave]);
}

function Head({ progress, now }: { readonly progress: Progress; readonly now: number }): ReactNode {
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
function endLines({ operation }: Progress, columns: number): readonly string[] {
  const failed = operation.steps.find(({ state, text }) => state === 'failed' && text !== '');
  const said = [...(failed ? [failed.text.split('\n')[0] ?? ''] : []), operation.truth];
  return [...said, ...operation.next.map((step) => `Next: ${step}`)]
    .flatMap((line) => wrap(line, columns))
    .slice(0, MOST_END);
}

function EndLines({ lines, failed }: { readonly lines: readonly string[]; readonly failed: boolean }): ReactNode {
  const { tone } = useTheme();
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place on the screen; it keeps no state
    <Text key={index} {...(index === 0 && failed ? tone('bad') : {})} wrap="truncate">
      {` ${line}`}
    </Text>
  ));
}

interface FootProps {
  readonly progress: Progress;
  readonly view: LogView;
  readonly place: LogPlace;
  readonly over: boolean;
  readonly asked: number;
}

function Foot({ progress, view, place, over, asked }: FootProps): ReactNode {
  const { columns, glyphs, tone } = useTheme();
  if (over) return <KeyHints hints={[...scrollHints(view, place), ['q', 'leave']]} />;
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

function paintedRows(rows: readonly WorkRow[], tick: number): readonly ReactNode[] {
  return rows.map((row) => <WorkLine key={row.key} row={row} titles={titlesOf(rows, row.depth)} tick={tick} />);
}

function titlesOf(rows: readonly WorkRow[], depth: number): number {
  return Math.min(36, Math.max(8, ...rows.filter((row) => row.depth === depth).map(({ title }) => width(title))));
}
