import { Text } from 'ink';
import type { ReactNode } from 'react';
import { DiffLines } from '../parts/DiffLines.tsx';
import { List } from '../parts/List.tsx';
import { useTheme } from '../theme.tsx';
import { helpRows } from './help-rows.ts';
import { changedFiles, DIFF_HEAD, linesOf } from './overlay.ts';
import { PaneRow } from './Rows.tsx';
import type { WizardView } from './view.ts';

export interface HelpProps {
  readonly view: WizardView;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** What the line under the cursor means, and what the keys do. */
export function Help({ view, top, width, height }: HelpProps): ReactNode {
  const all = helpRows(view, width);
  const start = Math.min(top, Math.max(0, all.length - height));
  const rows = all.slice(start).map((row, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; it keeps no state
    <PaneRow key={index} row={row} width={width} />
  ));
  return <List rows={rows} height={height} focus={{ from: 0, to: 0 }} />;
}

export interface DiffProps {
  readonly view: WizardView;
  readonly path: string;
  readonly top: number;
  readonly height: number;
}

/** What a write would change in one file. */
export function Diff({ view, path, top, height }: DiffProps): ReactNode {
  const { tone } = useTheme();
  const files = changedFiles(view);
  const at = files.findIndex((file) => file.path === path);
  const lines = linesOf(files[at]);
  const last = Math.min(lines.length, top + height - DIFF_HEAD);
  return (
    <>
      <Text wrap="truncate-end">
        <Text bold>{path}</Text>
        <Text
          {...tone('dim')}
        >{`  file ${at + 1} of ${files.length}, lines ${top + 1} to ${last} of ${lines.length}`}</Text>
      </Text>
      <Text> </Text>
      <DiffLines lines={lines} top={top} height={height - DIFF_HEAD} />
    </>
  );
}
