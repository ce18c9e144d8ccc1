import { Box, Text } from 'ink';
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import type { OperationState } from '../../../events/operation-fold.ts';
import type { Live } from '../../live.ts';
import type { Progress } from '../../progress.ts';
import { width } from '../../words.ts';
import { useKeys } from '../keys.ts';
import { Header } from '../parts/Header.tsx';
import { KeyHints } from '../parts/KeyHints.tsx';
import { List } from '../parts/List.tsx';
import { Rule } from '../parts/Rule.tsx';
import { useTheme } from '../theme.tsx';
import { useTick } from '../use-tick.ts';
import { LogTail } from './LogTail.tsx';
import { focusOf, type WorkRow, workRows } from './rows.ts';
import { WorkLine } from './WorkLine.tsx';

export interface OperationScreenProps {
  readonly live: Live<Progress>;
  readonly now: () => number;
  /** Called for every Ctrl-C. */
  readonly cancel: () => void;
}

/** Header, rule and key hints. */
const FRAME_LINES = 4;
const LEAST_LOG = 6;
const FRAME_MS = 100;

/** An operation at work: its steps, the stages of its build, the end of the log. */
export function OperationScreen({ live, now, cancel }: OperationScreenProps): ReactNode {
  const { rows: screenRows, tone } = useTheme();
  const progress = useSyncExternalStore(live.subscribe, live.get);
  const tick = useTick(FRAME_MS);
  const [cancelling, setCancelling] = useState(false);
  useKeys((key) => {
    if (key.name !== 'ctrl-c') return;
    setCancelling(true);
    cancel();
  });
  const { operation } = progress;
  const rows = workRows(progress, now());
  const room = Math.max(1, screenRows - FRAME_LINES);
  const log = operation.build.log.size > 0 ? Math.max(room - rows.length - 1, Math.min(LEAST_LOG, room - 3)) : 0;
  const height = Math.max(1, room - Math.max(0, log));
  const focus = focusOf(rows);
  return (
    <>
      <Header name={titleOf(operation)} mode={operation.stack?.mode} />
      <List rows={paintedRows(rows, tick)} height={height} focus={{ from: focus, to: focus }} />
      <LogTail log={operation.build.log} height={log} />
      <Rule />
      <Box>
        {cancelling ? <Text {...tone('warn')}> Cancelling…</Text> : <KeyHints hints={[['ctrl-c', 'cancel']]} />}
      </Box>
    </>
  );
}

/** e.g. `deploy algo-trade`. */
function titleOf({ operation, stack }: OperationState): string {
  return [operation, stack?.name].filter(Boolean).join(' ');
}

function paintedRows(rows: readonly WorkRow[], tick: number): readonly ReactNode[] {
  const titles = [titlesOf(rows, 0), titlesOf(rows, 1)] as const;
  return rows.map((row) => <WorkLine key={row.key} row={row} titles={titles[row.depth]} tick={tick} />);
}

function titlesOf(rows: readonly WorkRow[], depth: number): number {
  return Math.min(36, Math.max(8, ...rows.filter((row) => row.depth === depth).map(({ title }) => width(title))));
}
