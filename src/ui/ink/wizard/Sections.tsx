import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { filled } from '../../words.ts';
import { List } from '../parts/List.tsx';
import { useTheme } from '../theme.tsx';
import { openIn } from './navigate.ts';
import type { WizardView } from './view.ts';

export interface SectionsProps {
  readonly view: WizardView;
  readonly width: number;
  readonly height: number;
}

/** The left column: every section with its mark, "Review" last. */
export function Sections({ view, width, height }: SectionsProps): ReactNode {
  const sections = [
    ...view.setup.sections.map(({ title, lines }) => ({ title, open: openIn(lines) })),
    { title: 'Review', open: 0 },
  ];
  const last = sections.length - 1;
  const rows = sections.map(({ title, open }, index) => (
    <SectionRow
      key={title}
      title={title}
      open={open}
      current={index === view.section}
      last={index === last}
      width={width}
    />
  ));
  return (
    <Box width={width} flexShrink={0}>
      <List rows={rows} height={height} focus={{ from: view.section, to: view.section }} />
    </Box>
  );
}

interface SectionRowProps {
  readonly title: string;
  readonly open: number;
  readonly current: boolean;
  readonly last: boolean;
  readonly width: number;
}

function SectionRow({ title, open, current, last, width }: SectionRowProps): ReactNode {
  const { glyphs, tone } = useTheme();
  const mark = current ? glyphs.current : open > 0 ? glyphs.open : last ? ' ' : glyphs.done;
  const markTone = current ? 'accent' : open > 0 ? 'warn' : 'good';
  return (
    <Text wrap="truncate">
      <Text {...tone(markTone)}> {mark} </Text>
      <Text {...tone(current ? 'accent' : 'plain')}>{filled(title, width - 6, glyphs.more)}</Text>
      <Text {...tone('warn')}>{open > 0 ? ` ${open}` : ''}</Text>
    </Text>
  );
}
