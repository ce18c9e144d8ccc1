import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { Desk } from '../../../flow/rotation/desk.ts';
import type { Live } from '../../live.ts';
import type { Progress } from '../../progress.ts';
import { type Key, useKeys } from '../keys.ts';
import { KeyHints } from '../parts/KeyHints.tsx';
import { List } from '../parts/List.tsx';
import { Rule } from '../parts/Rule.tsx';
import { useTheme } from '../theme.tsx';
import { useTitle } from '../title.ts';
import { useTick } from '../use-tick.ts';
import { DeskPanel, deskFrame, deskHints, deskLines } from './DeskPanel.tsx';
import { EndLines, endLines, Foot, Head } from './edges.tsx';
import { LogPane } from './LogPane.tsx';
import { FOLLOW, isRead, type LogPlace, type LogView, pressed, searched } from './log-view.ts';
import { focusOf, titleWidth, type WorkRow, workRows } from './rows.ts';
import { WorkLine } from './WorkLine.tsx';
import { windowTitle } from './window-title.ts';

export interface OperationScreenProps {
  /** The newest state; asked as often as it is painted, for a build changes it thousands of times a second. */
  readonly latest: () => Progress;
  /** No event follows any more. */
  readonly ended: Live<boolean>;
  readonly now: () => number;
  /** Called for every Ctrl-C while the operation is at work. */
  readonly cancel: () => void;
  /** Where a step waits for the person; absent for operations that never do. */
  readonly desk: Desk | undefined;
  /** Called when the operation is over and nobody reads its log any more. */
  readonly leave: () => void;
}

/** Header, rules and key hints. */
const FRAME_LINES = 4;
const LEAST_LOG = 6;
const LEAST_ROWS = 3;
const FRAME_MS = 100;

/** An operation at work: its steps, the stages of its build, and the log, which can be read and searched meanwhile. */
export function OperationScreen({ latest, ended, now, cancel, desk, leave }: OperationScreenProps): ReactNode {
  const { rows: screenRows, columns } = useTheme();
  const over = useSyncExternalStore(ended.subscribe, ended.get);
  const tick = useTick(FRAME_MS);
  const progress = latest();
  const waiting = useSyncExternalStore(desk?.subscribe ?? never, desk?.get ?? nothing);
  const [asked, ask] = useState(0);
  const [heldOn, holdOn] = useState(false);
  const { log } = progress.operation.build;
  const rows = workRows(progress, now(), columns);
  const end = over ? endLines(progress, columns - 2) : [];
  const asks = waiting ? deskLines(waiting, progress.operation.manual?.checked, columns) : [];
  const panel = waiting ? asks.length + deskFrame(waiting) : 0;
  const room = Math.max(1, screenRows - FRAME_LINES - end.length - panel);
  const pane = log.size > 0 ? Math.max(room - rows.length - 1, Math.min(LEAST_LOG, room - LEAST_ROWS)) : 0;
  const place = { log, height: Math.max(0, pane - 1) };
  const [view, change] = useLogView(place);
  useLeaving(over, isRead(view.current), leave);
  useTitle(windowTitle(progress.operation));
  useKeys((key) => {
    holdOn(!over && key.name === 'ctrl' && key.text === 'z');
    // The panel has the keys of its own.
    if (waiting && key.name !== 'ctrl-c') return undefined;
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
        rows={paintedRows(rows, tick, columns)}
        height={Math.max(1, room - Math.max(0, pane))}
        focus={{ from: focus, to: focus }}
      />
      <EndLines lines={end} failed={progress.operation.outcome === 'failed'} />
      {pane > 1 && <LogPane view={view.current} place={place} />}
      {desk && waiting && <DeskPanel desk={desk} waiting={waiting} lines={asks} />}
      <Rule />
      {waiting && asked === 0 ? (
        <KeyHints hints={deskHints(waiting)} />
      ) : (
        <Foot progress={progress} view={view.current} place={place} over={over} asked={asked} heldOn={heldOn} />
      )}
    </>
  );
}

/** An operation that never waits for a person. */
function never(): () => void {
  return () => undefined;
}

function nothing(): undefined {
  return undefined;
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

function paintedRows(rows: readonly WorkRow[], tick: number, columns: number): readonly ReactNode[] {
  return rows.map((row) => (
    <WorkLine key={row.key} row={row} titles={titlesOf(rows, row.depth, columns)} tick={tick} />
  ));
}

function titlesOf(rows: readonly WorkRow[], depth: number, columns: number): number {
  const same = rows.filter((row) => row.depth === depth && !row.said);
  return titleWidth(
    same.map(({ title }) => title),
    columns,
  );
}
