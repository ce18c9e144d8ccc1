import { Box, Text } from 'ink';
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { Header } from '../parts/Header.tsx';
import { KeyHints } from '../parts/KeyHints.tsx';
import { List } from '../parts/List.tsx';
import { Rule } from '../parts/Rule.tsx';
import { useTheme } from '../theme.tsx';
import { useTitle } from '../title.ts';
import { itemHelp } from './help-rows.ts';
import { hintsOf } from './hints.ts';
import type { Wizard as WizardMachine } from './machine.ts';
import { Diff, Help } from './Overlays.tsx';
import { PaneRow } from './Rows.tsx';
import { reviewPane } from './review-rows.ts';
import { type Row, sectionPane } from './rows.ts';
import { Sections } from './Sections.tsx';
import { sectionOf, type WizardView } from './view.ts';

/** Header, rule, rule and key hints. */
const FRAME_LINES = 4;
/** From here on there is room for help beside the lines. */
const WIDE = 116;

/** The review of a setup: sections on the left, the lines of one of them on the right. Keys reach the machine directly. */
export function Wizard({ machine }: { readonly machine: WizardMachine }): ReactNode {
  const { columns, rows, tone } = useTheme();
  const view = useSyncExternalStore(machine.subscribe, machine.getView);
  const height = Math.max(1, rows - FRAME_LINES);
  useEffect(() => machine.sized(height), [machine, height]);
  useTitle(`${view.setup.name}: setup`);
  // A difference needs every column that there is.
  const isWhole = view.overlay?.kind === 'diff';
  const left = isWhole ? -1 : leftWidth(view, columns);
  const beside = columns >= WIDE && !view.overlay ? Math.min(64, Math.floor((columns - left) * 0.34)) : 0;
  const pane = columns - left - 3 - (beside > 0 ? beside + 4 : 0);
  return (
    <>
      <Header name={view.setup.name} mode={view.setup.mode} proven={view.setup.proven}>
        <Text {...tone('dim')}>? help</Text>
      </Header>
      <Box height={height}>
        {isWhole ? null : (
          <>
            <Sections view={view} width={left} height={height} />
            <Divider height={height} />
          </>
        )}
        <Box paddingLeft={1} flexDirection="column" width={pane + 2} height={height} flexShrink={0}>
          <RightPane view={view} width={pane} height={height} beside={beside > 0} />
        </Box>
        {beside > 0 && (
          <>
            <Divider height={height} />
            <Box paddingLeft={1} flexDirection="column" width={beside + 2} height={height}>
              <Rows rows={itemHelp(view, beside)} width={beside} height={height} focus={{ from: 0, to: 0 }} />
            </Box>
          </>
        )}
      </Box>
      <Rule />
      <Bottom view={view} />
    </>
  );
}

function Divider({ height }: { readonly height: number }): ReactNode {
  const { glyphs, tone } = useTheme();
  return (
    <Box flexShrink={0} width={1}>
      <Text {...tone('dim')}>{`${glyphs.column}\n`.repeat(height).trimEnd()}</Text>
    </Box>
  );
}

interface PaneProps {
  readonly view: WizardView;
  readonly width: number;
  readonly height: number;
  readonly beside: boolean;
}

function RightPane({ view, width, height, beside }: PaneProps): ReactNode {
  const { glyphs } = useTheme();
  const { overlay } = view;
  if (overlay?.kind === 'help') return <Help view={view} top={overlay.top} width={width} height={height} />;
  if (overlay) return <Diff view={view} path={overlay.path} top={overlay.top} height={height} />;
  const section = sectionOf(view);
  const ground = { columns: width, glyphs, beside, lines: height };
  const pane = section ? sectionPane(section, view.line, view.editing, ground) : reviewPane(view, ground);
  return <Rows rows={pane.rows} width={width} height={height} focus={pane.focus} />;
}

interface RowsProps {
  readonly rows: readonly Row[];
  readonly width: number;
  readonly height: number;
  readonly focus: { readonly from: number; readonly to: number };
}

function Rows({ rows, width, height, focus }: RowsProps): ReactNode {
  const painted = rows.map((row, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; it keeps no state
    <PaneRow key={index} row={row} width={width} />
  ));
  return <List rows={painted} height={height} focus={focus} />;
}

function Bottom({ view }: { readonly view: WizardView }): ReactNode {
  const { tone, glyphs } = useTheme();
  if (view.message !== '') {
    return (
      <Text {...tone('warn')} wrap="truncate-end">
        {' '}
        {view.message}
      </Text>
    );
  }
  return <KeyHints hints={hintsOf(view, glyphs)} />;
}

function leftWidth(view: WizardView, columns: number): number {
  const longest = Math.max(6, ...view.setup.sections.map(({ title }) => title.length));
  return Math.min(longest + 7, Math.max(14, Math.floor(columns * 0.27)));
}
