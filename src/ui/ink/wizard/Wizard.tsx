import { Box, Text } from 'ink';
import { type ReactNode, useSyncExternalStore } from 'react';
import { Header } from '../parts/Header.tsx';
import { type Hint, KeyHints } from '../parts/KeyHints.tsx';
import { List } from '../parts/List.tsx';
import { Rule } from '../parts/Rule.tsx';
import { useTheme } from '../theme.tsx';
import type { Wizard as WizardMachine } from './machine.ts';
import { Diff, Help } from './Overlays.tsx';
import { PaneRow } from './Rows.tsx';
import { reviewPane } from './review-rows.ts';
import { type Pane, sectionPane } from './rows.ts';
import { Sections } from './Sections.tsx';
import { onReview, sectionOf, type WizardView } from './view.ts';

/** Header, rule, rule and key hints. */
const FRAME_LINES = 4;

/** The review of a setup: sections on the left, the lines of one of them on the right. Keys reach the machine directly. */
export function Wizard({ machine }: { readonly machine: WizardMachine }): ReactNode {
  const { columns, rows, glyphs, tone } = useTheme();
  const view = useSyncExternalStore(machine.subscribe, machine.getView);
  const height = Math.max(1, rows - FRAME_LINES);
  const left = leftWidth(view, columns);
  return (
    <>
      <Header name={view.setup.name} mode={view.setup.mode}>
        <Text {...tone('dim')}>? help</Text>
      </Header>
      <Box height={height}>
        <Sections view={view} width={left} height={height} />
        <Text {...tone('dim')}>{`${glyphs.column}\n`.repeat(height).trimEnd()}</Text>
        <Box paddingLeft={1} flexDirection="column" width={columns - left - 1} height={height}>
          <RightPane view={view} width={columns - left - 3} height={height} />
        </Box>
      </Box>
      <Rule />
      <Bottom view={view} />
    </>
  );
}

interface RightPaneProps {
  readonly view: WizardView;
  readonly width: number;
  readonly height: number;
}

function RightPane({ view, width, height }: RightPaneProps): ReactNode {
  const { glyphs } = useTheme();
  if (view.overlay?.kind === 'help') return <Help setup={view.setup} width={width} />;
  if (view.overlay) return <Diff setup={view.setup} path={view.overlay.path} top={view.overlay.top} height={height} />;
  const section = sectionOf(view);
  const pane: Pane = section
    ? sectionPane(section, view.line, view.editing, width, glyphs)
    : reviewPane(view.setup, view.line, width, glyphs);
  const rows = pane.rows.map((row, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; it keeps no state
    <PaneRow key={index} row={row} width={width} />
  ));
  return <List rows={rows} height={height} focus={pane.focus} />;
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

function hintsOf(view: WizardView, glyphs: { readonly up: string; readonly down: string }): readonly Hint[] {
  const quit: Hint = ['ctrl-c', 'quit'];
  const move: Hint = [`${glyphs.up}${glyphs.down.length > 1 ? ' ' : ''}${glyphs.down}`, 'move'];
  if (view.overlay?.kind === 'help') return [['esc', 'back'], quit];
  if (view.overlay) return [[move[0], 'scroll'], ['esc', 'back'], quit];
  if (view.editing?.kind === 'choice') return [move, ['enter', 'take'], ['esc', 'leave'], quit];
  if (view.editing) return [['enter', 'keep'], ['esc', 'leave'], quit];
  const open: readonly Hint[] = view.setup.open > 0 ? [['o', 'next open']] : [];
  if (onReview(view))
    return [move, ['enter', view.line === 0 ? 'write' : 'show'], ['tab', 'next'], ...open, ['u', 'undo'], quit];
  return [move, ['enter', 'change'], ['tab', 'next'], ...open, ['w', 'write'], ['u', 'undo'], quit];
}

function leftWidth(view: WizardView, columns: number): number {
  const longest = Math.max(6, ...view.setup.sections.map(({ title }) => title.length));
  return Math.min(longest + 7, Math.max(14, Math.floor(columns * 0.27)));
}
